#include "pipeline/earlier_result.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/digest.h"
#include "base/file_descriptor.h"
#include "base/json_parts.h"
#include "base/pending_file.h"
#include "base/pending_part.h"
#include "base/text.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

/// Facts, findings and plans of the assets, which are most of a certificate, say nothing about what is on the disk.
bool is_compared(std::span<const std::string> keys) {
  return keys.size() != 2 || keys.front() != "assets" || keys.back() == "source";
}

/// What of it is compared; nothing where there is none that can be read.
std::optional<Json> read_certificate(const fs::path& path) {
  const auto text = read_text_file(path, kCertificateMaxBytes);
  if (!text) return std::nullopt;
  auto document = parse_json_parts(*text, "certificate", is_compared);
  return document ? std::optional(std::move(*document)) : std::nullopt;
}

/// Where an output is that a certificate in `folder` names.
fs::path path_of(const Json& output, const fs::path& folder) {
  return (folder / bytes_of_name(output.at("path").get<std::string>())).lexically_normal();
}

/// True where the file that was noted lies here now, and nothing lies where it was. The folder's place is asked once
/// for all the files in it.
bool was_moved(const SourceMark& mark, const fs::path& file) {
  struct Folder {
    fs::path given;
    fs::path place;
  };
  thread_local std::optional<Folder> last;
  if (!last || last->given != file.parent_path())
    last = Folder{file.parent_path(), fs::path(place_of(file)).parent_path()};
  if (mark.path == text_of_name((last->place / file.filename()).native())) return false;
  std::error_code failed;
  return !fs::exists(bytes_of_name(mark.path), failed);
}

/// A certificate, compared with what lies on the disk now. Throws Json::exception where it is none of ours.
class Comparison {
 public:
  Comparison(Json& document, bool by_digests, const RunContext& run)
      : document_(document), by_digests_(by_digests), run_(run) {}

  /// True once anything had to be read: the document has new times.
  [[nodiscard]] bool refreshed() const { return refreshed_; }

  bool same_sources(const Item& item) {
    std::vector<fs::path> files = item.sources;
    if (item.cover) files.push_back(*item.cover);
    Json& assets = document_.at("assets");
    if (assets.size() != files.size()) return false;
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (!same_source(assets.at(i).at("source"), files[i])) return false;
    }
    return true;
  }

  /// Nothing where one of them is not as it was made.
  std::optional<std::vector<OutputFile>> whole_outputs(const fs::path& folder) {
    std::vector<OutputFile> outputs;
    for (Json& output : document_.at("outputs")) {
      const fs::path path = path_of(output, folder);
      if (!whole_output(output, path, folder)) return std::nullopt;
      outputs.push_back({output.at("role"), path.string(), output.at("mime"), output.at("size_bytes")});
    }
    return outputs.empty() ? std::nullopt : std::optional(std::move(outputs));
  }

 private:
  bool same_source(Json& source, const fs::path& file) {
    const auto mark = source.get<SourceMark>();
    SourceMark now;
    const Sameness sameness = compare(mark, file, by_digests_, run_, now);
    const bool has_moved = sameness == Sameness::kUntouched && was_moved(mark, file);
    if (has_moved) now.path = place_of(file);
    if (has_moved || sameness == Sameness::kSameBytes) {
      source = now;
      refreshed_ = true;
    }
    return sameness != Sameness::kChanged;
  }

  bool whole_output(Json& output, const fs::path& path, const fs::path& folder) {
    std::error_code error;
    // A certificate may be anybody's file, and what it names is uploaded.
    if (!is_below(path, folder) || !fs::is_regular_file(fs::symlink_status(path, error))) return false;
    const auto size_bytes = fs::file_size(path, error);
    if (error || size_bytes != output.at("size_bytes").get<std::uint64_t>()) return false;
    const std::int64_t modified_ns = modified_ns_of(path);
    const bool untouched = modified_ns == output.value("modified_ns", std::int64_t{0});
    if (untouched && !by_digests_) return true;
    const auto digest = sha256_of_file(path, run_);
    if (!digest || *digest != output.at("sha256")) return false;
    if (!untouched) refreshed_ = true;
    output["modified_ns"] = modified_ns;
    return true;
  }

  Json& document_;
  bool by_digests_;
  const RunContext& run_;
  bool refreshed_ = false;
};

/// True where a part that a killed run left names outputs that the certificate does not: it is all that tells whose
/// they are (`OutputPlace`), so nothing may take its place yet.
bool names_more(const fs::path& part, const fs::path& certificate) {
  const auto left = noted_outputs(part);
  if (left.empty()) return false;
  const auto known = noted_outputs(certificate);
  return !std::ranges::all_of(left, [&](const NotedOutput& output) {
    return std::ranges::find(known, output.path, &NotedOutput::path) != known.end();
  });
}

/// Writes the new times of what was compared into the certificate. Without them the next run reads again, and comes to
/// the same.
void refresh(const fs::path& path, Json& compared) {
  if (names_more(part_of(path), path)) return;
  const auto text = read_text_file(path, kCertificateMaxBytes);
  auto whole = text ? parse_json(*text, "certificate") : fail(ErrorCode::kIo, "gone");
  if (!whole) return;
  Json& assets = whole->at("assets");
  for (std::size_t i = 0; i < assets.size(); ++i)
    assets[i]["source"] = std::move(compared.at("assets").at(i)["source"]);
  (*whole)["outputs"] = std::move(compared["outputs"]);
  (void)write_file(path, to_pretty_text(*whole) + "\n");
}

std::vector<std::string> source_digests(const Json& document) {
  std::vector<std::string> digests;
  for (const Json& asset : document.at("assets")) digests.push_back(asset.at("source").at("sha256"));
  return digests;
}

}  // namespace

std::optional<EarlierResult> earlier_result(const Item& item, const fs::path& output_dir, const std::string& settings,
                                            bool by_digests, const RunContext& run) {
  const fs::path path = certificate_path(item, output_dir);
  auto document = read_certificate(path);
  if (!document) return std::nullopt;
  try {
    if (document->at("settings") != settings) return std::nullopt;
    Comparison comparison(*document, by_digests, run);
    if (!comparison.same_sources(item)) return std::nullopt;
    auto outputs = comparison.whole_outputs(path.parent_path());
    if (!outputs) return std::nullopt;
    EarlierResult result{document->at("kind"),      std::move(*outputs),
                         source_digests(*document), document->at("duration_us").get<std::optional<std::int64_t>>(),
                         document->at("plan"),      document->at("summary")};
    if (comparison.refreshed()) refresh(path, *document);
    return result;
  } catch (const Json::exception&) {
    return std::nullopt;  // not one of ours, or damaged: do the work again
  }
}

Result<std::vector<std::string>> source_digests_of(const Item& item, const fs::path& output_dir,
                                                   const RunContext& run) {
  const fs::path certificate = certificate_path(item, output_dir);
  const std::vector<SourceMark> marks = read_noted_item(certificate, certificate.parent_path()).sources;
  std::vector<std::string> digests;
  for (std::size_t i = 0; i < item.sources.size(); ++i) {
    SourceMark now;
    if (i >= marks.size() || compare(marks[i], item.sources[i], false, run, now) == Sameness::kChanged) {
      TOKPREP_ASSIGN(now, mark_source(item.sources[i], run));
    }
    digests.push_back(std::move(now.sha256));
  }
  return digests;
}

void remove_outdated(const fs::path& path, const std::vector<OutputRecord>& outputs,
                     const std::function<bool(const fs::path&)>& is_original, const RunContext& run) {
  for (const NotedOutput& noted : noted_outputs(path)) {
    if (is_original && is_original(noted.path)) continue;
    const bool still_made = std::ranges::any_of(
        outputs, [&](const OutputRecord& one) { return fs::path(one.file.path).lexically_normal() == noted.path; });
    if (still_made) continue;
    const auto digest = sha256_of_file(noted.path, run);
    std::error_code gone;
    if (digest && *digest == noted.sha256) fs::remove(noted.path, gone);
  }
}

}  // namespace tokprep
