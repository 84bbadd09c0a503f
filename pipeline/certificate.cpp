#include "pipeline/certificate.h"

#include <algorithm>
#include <optional>

#include "base/clock.h"
#include "base/digest.h"
#include "base/text.h"
#include "base/version.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

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

/// Without the list of places to cut at, which of hours of key frames alone would be most of the certificate.
Json facts(const MediaInfo& info) {
  Json facts = without_nulls(Json(info));
  if (const auto video = facts.find("video"); video != facts.end() && video->is_array()) {
    for (Json& stream : *video) {
      if (const auto timing = stream.find("timing"); timing != stream.end()) timing->erase("clean_starts_us");
    }
  }
  return facts;
}

Json to_document(const AssetRecord& asset, const Rules& rules) {
  Json document = {{"source", Json(asset.source)},
                   {"facts_before", facts(asset.before)},
                   {"rules_before", verdicts(asset.findings, asset.before.kind, rules)},
                   {"findings", asset.findings},
                   {"plan", asset.plan},
                   {"notes", asset.notes}};
  document["facts_after"] = one_or_list(asset.after, facts);
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
  struct Known {
    ConvertOptions options;
    std::string rules;
    bool own_cover = false;
    std::string digest;
  };
  thread_local std::optional<Known> last;  // nearly always that of the item before
  const bool own_cover = item.cover.has_value();
  if (last && last->own_cover == own_cover && last->rules == rules.digest() && last->options == options) {
    return last->digest;
  }
  const Json document = {{"version", kVersion},
                         {"options", options_document(options)},
                         {"rules", rules.digest()},
                         {"own_cover", own_cover}};  // what it shows is told by its digest
  last = Known{options, rules.digest(), own_cover, sha256_of(to_line(document))};
  return last->digest;
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
                       {"path", text_of_name(fs::path(output.file.path).lexically_relative(folder).string())},
                       {"mime", output.file.mime},
                       {"size_bytes", output.file.size_bytes},
                       {"modified_ns", output.modified_ns},
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

}  // namespace tokprep
