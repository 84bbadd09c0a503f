#include "pipeline/certificate.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file_descriptor.h"
#include "base/version.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

Json to_document(const SourceMark& mark) {
  return {
      {"path", mark.path}, {"size_bytes", mark.size_bytes}, {"modified_ns", mark.modified_ns}, {"sha256", mark.sha256}};
}

/// Which rules can be broken by an asset of this kind at all.
bool applies(const Rule& rule, MediaKind kind) {
  const std::string family = rule.id.substr(0, rule.id.find('.'));
  if (family == "metadata") return true;
  if (kind == MediaKind::kImage) return family == "image";
  return family == "container" || family == "streams" || family == "media" || family == "video" || family == "audio";
}

/// Verdict of every rule that applies, by id: "pass" or "fail".
Json verdicts(const std::vector<Finding>& findings, MediaKind kind, const Rules& rules) {
  Json verdict = Json::object();
  for (const Rule& rule : rules.all()) {
    if (!applies(rule, kind)) continue;
    verdict[rule.id] = std::ranges::find(findings, rule.id, &Finding::rule) == findings.end() ? "pass" : "fail";
  }
  return verdict;
}

/// What belongs to one output each: an object, or a list of them where a video was split.
template <class T, class Describe>
Json one_or_list(const std::vector<T>& values, Describe describe) {
  if (values.size() == 1) return describe(values.front());
  Json list = Json::array();
  for (const T& value : values) list.push_back(describe(value));
  return list;
}

Json to_document(const AssetRecord& asset, const Rules& rules) {
  Json document = {{"source", to_document(asset.source)},
                   {"facts_before", without_nulls(Json(asset.before))},
                   {"rules_before", verdicts(asset.findings, asset.before.kind, rules)},
                   {"findings", asset.findings},
                   {"plan", asset.plan},
                   {"notes", asset.notes}};
  document["facts_after"] = one_or_list(asset.after, [](const MediaInfo& info) { return without_nulls(Json(info)); });
  document["rules_after"] =
      one_or_list(asset.after, [&](const MediaInfo& info) { return verdicts(check(info, rules), info.kind, rules); });
  if (!asset.likeness.empty()) {
    document["likeness"] = one_or_list(asset.likeness, [](const Likeness& likeness) { return Json(likeness); });
  }
  if (!asset.sound.empty()) {
    document["sound"] = one_or_list(asset.sound, [](const SoundMeasure& sound) { return without_nulls(Json(sound)); });
  }
  return document;
}

bool same_source(const Json& source, const RunContext& run) {
  const fs::path path = source.value("path", "");
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return false;
  if (static_cast<std::uint64_t>(status.st_size) != source.value("size_bytes", std::uint64_t{0})) return false;
  const std::int64_t modified_ns = status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec;
  if (modified_ns == source.value("modified_ns", std::int64_t{0})) return true;
  const auto digest = sha256_of_file(path, run);  // touched, perhaps not changed
  return digest && *digest == source.value("sha256", "");
}

bool same_sources(const Json& document, const Item& item, const RunContext& run) {
  std::vector<std::string> wanted;
  for (const fs::path& path : item.sources) wanted.push_back(path.string());
  if (item.cover) wanted.push_back(item.cover->string());
  const Json& assets = document.at("assets");
  if (assets.size() != wanted.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Json& source = assets.at(i).at("source");
    if (source.at("path") != wanted[i] || !same_source(source, run)) return false;
  }
  return true;
}

std::vector<std::string> source_digests(const Json& document) {
  std::vector<std::string> digests;
  for (const Json& asset : document.at("assets")) digests.push_back(asset.at("source").at("sha256"));
  return digests;
}

std::optional<std::vector<OutputFile>> whole_outputs(const Json& document, const fs::path& folder) {
  std::vector<OutputFile> outputs;
  for (const Json& output : document.at("outputs")) {
    const fs::path path = folder / output.at("path").get<std::string>();
    std::error_code error;
    const auto size_bytes = fs::file_size(path, error);
    if (error || size_bytes != output.at("size_bytes").get<std::uint64_t>()) return std::nullopt;
    outputs.push_back({output.at("role"), path.string(), output.at("mime"), size_bytes});
  }
  return outputs;
}

Json options_document(const ConvertOptions& options) {
  return {
      {"fit", options.fit},
      {"pad_color", options.pad_color},
      {"max_size", options.max_size},
      {"image_format", options.image_format},
      {"canvas", {options.canvas.kind, options.canvas.shape.width, options.canvas.shape.height, options.canvas.size}},
      {"max_bytes", options.max_bytes},
      {"too_long", options.too_long},
      {"too_short", options.too_short},
      {"loudness_lufs", options.loudness_lufs},
      {"background", options.background},
      {"keep_metadata", options.keep_metadata},
      {"thumbnail_offset_ms", options.thumbnail_offset_ms},
      {"thumbnail_auto", options.thumbnail_auto},
      {"quality", options.quality},
      {"preset", options.preset},
      {"encoder", options.encoder},
      {"min_ssim", options.min_ssim},
      {"audio_track", options.audio_track},
      {"silent_audio", options.silent_audio},
      {"max_loss", {{"seconds", options.max_loss.seconds}, {"share", options.max_loss.share}}}};
}

}  // namespace

std::string settings_digest(const Item& item, const ConvertOptions& options, const Rules& rules) {
  Json document = {{"version", kVersion}, {"options", options_document(options)}, {"rules", rules.all()}};
  document["cover"] = item.cover ? Json(item.cover->string()) : Json();
  return sha256_of(to_line(document));
}

Result<SourceMark> mark_source(const fs::path& file, const RunContext& run) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) {
    return fail(ErrorCode::kInputUnreadable, "cannot read " + file.string() + ": it is gone", errno);
  }
  TOKPREP_ASSIGN(std::string digest, sha256_of_file(file, run));
  return SourceMark{file.string(), static_cast<std::uint64_t>(status.st_size),
                    status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec, std::move(digest)};
}

fs::path certificate_path(const Item& item, const fs::path& output_dir) {
  fs::path path = output_dir / item.output_stem;
  path += ".tokprep.json";
  return path;
}

Json to_document(const Certificate& certificate, const fs::path& folder, const Rules& rules) {
  Json assets = Json::array();
  for (const AssetRecord& asset : certificate.assets) assets.push_back(to_document(asset, rules));
  Json outputs = Json::array();
  for (const OutputRecord& output : certificate.outputs) {
    outputs.push_back({{"role", output.file.role},
                       {"path", fs::path(output.file.path).lexically_relative(folder).string()},
                       {"mime", output.file.mime},
                       {"size_bytes", output.file.size_bytes},
                       {"sha256", output.sha256}});
  }
  return {{"v", 1},
          {"tokprep", kVersion},
          {"rules_version", rules_version(rules)},
          {"made", to_iso8601(system_clock().now())},
          {"item", certificate.item},
          {"kind", certificate.kind},
          {"settings", certificate.settings},
          {"assets", assets},
          {"outputs", outputs},
          {"duration_us", certificate.duration_us},
          {"plan", certificate.plan},
          {"summary", certificate.summary}};
}

std::optional<EarlierResult> earlier_result(const Item& item, const fs::path& output_dir, const std::string& settings,
                                            const RunContext& run) {
  const fs::path path = certificate_path(item, output_dir);
  const auto text = read_text_file(path, std::size_t{64} << 20);
  if (!text) return std::nullopt;
  const auto document = parse_json(*text, path.string());
  if (!document) return std::nullopt;
  try {
    if (document->at("settings") != settings || !same_sources(*document, item, run)) return std::nullopt;
    auto outputs = whole_outputs(*document, path.parent_path());
    if (!outputs || outputs->empty()) return std::nullopt;
    return EarlierResult{document->at("kind"),      std::move(*outputs),
                         source_digests(*document), document->at("duration_us").get<std::optional<std::int64_t>>(),
                         document->at("plan"),      document->at("summary")};
  } catch (const Json::exception&) {
    return std::nullopt;  // not one of ours, or damaged: do the work again
  }
}

}  // namespace tokprep
