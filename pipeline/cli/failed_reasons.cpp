#include "pipeline/cli/failed_reasons.h"

#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/file_descriptor.h"
#include "base/json.h"
#include "base/pending_file.h"

namespace tokprep::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kSuffix = ".reason.json";
constexpr std::size_t kReasonMaxBytes = std::size_t{1} << 20;

/// As `write` makes them.
bool is_reason(const fs::path& file) {
  std::error_code error;
  if (!fs::is_regular_file(fs::symlink_status(file, error))) return false;
  const auto text = read_text_file(file, kReasonMaxBytes);
  const auto reason = text ? parse_json(*text, "reason") : Result<Json>(fail(text.error()));
  if (!reason || !reason->is_object()) return false;
  const auto is_text = [&](const char* key) { return reason->contains(key) && reason->at(key).is_string(); };
  return is_text("type") && reason->at("type") == "item_failed" && is_text("item") && is_text("at") &&
         reason->contains("error") && reason->at("error").is_object();
}

}  // namespace

fs::path FailedReasons::path_of(const fs::path& output_stem) const {
  return folder_ / (output_stem.string() + std::string(kSuffix));
}

Status FailedReasons::write(const ItemFailed& failed, const fs::path& output_stem) const {
  Json reason = to_json_line(failed);
  reason["at"] = to_iso8601(system_clock().now());
  return write_file(path_of(output_stem), reason.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void FailedReasons::remove(const fs::path& output_stem) const {
  const fs::path path = path_of(output_stem);
  std::error_code error;
  if (!fs::remove(path, error)) return;
  for (fs::path folder = path.parent_path(); fs::remove(folder, error); folder = folder.parent_path()) {
    if (folder == folder_) break;
  }
}

void FailedReasons::keep_only(const std::unordered_set<std::string>& output_stems) const {
  std::vector<fs::path> gone;
  std::error_code error;
  constexpr auto kOptions = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator file(folder_, kOptions, error), end; !error && file != end;
       file.increment(error)) {
    std::string stem = file->path().lexically_relative(folder_).native();
    if (!stem.ends_with(kSuffix)) continue;
    stem.resize(stem.size() - kSuffix.size());
    if (!output_stems.contains(stem) && is_reason(file->path())) gone.emplace_back(std::move(stem));
  }
  for (const fs::path& stem : gone) remove(stem);
}

}  // namespace tokprep::cli
