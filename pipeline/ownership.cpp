#include "pipeline/ownership.h"

#include <algorithm>
#include <string>
#include <system_error>

#include "base/digest.h"
#include "base/pending_part.h"
#include "base/text.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

bool shares_a_place(const NotedItem& noted, const std::vector<fs::path>& sources) {
  return std::ranges::any_of(sources, [&](const fs::path& source) {
    const std::string place = place_of(source);
    return std::ranges::any_of(noted.sources,
                               [&](const SourceMark& mark) { return place_of(bytes_of_name(mark.path)) == place; });
  });
}

/// "drop/look [1/2]", a part of what is split, is called "look".
std::string last_name(std::string item) {
  if (item.ends_with(']')) item.resize(std::min(item.rfind(" ["), item.size()));
  return fs::path(bytes_of_name(item)).filename().native();
}

bool is_same_folder(const NotedItem& noted, const Item& item) {
  if (!item.photo_folder || last_name(noted.name) != last_name(item.name)) return false;
  const fs::path folder = fs::path(place_of(item.sources.front())).parent_path();
  return std::ranges::all_of(noted.sources,
                             [&](const SourceMark& mark) { return fs::path(mark.path).parent_path() == folder; });
}

bool has_content(const fs::path& file, const SourceMark& mark, const RunContext& run) {
  std::error_code failed;
  if (fs::file_size(file, failed) != mark.size_bytes || failed) return false;
  const auto digest = sha256_of_file(file, run);
  return digest && *digest == mark.sha256;
}

bool has_content_of(const NotedItem& noted, const Item& item, const Originals* originals, const RunContext& run) {
  return std::ranges::all_of(noted.sources, [&](const SourceMark& mark) {
    if (originals != nullptr && originals->contains(bytes_of_name(mark.path))) return false;
    return std::ranges::any_of(item.sources, [&](const fs::path& source) { return has_content(source, mark, run); });
  });
}

}  // namespace

bool is_made_of(const NotedItem& noted, const Item& item, const Originals* originals, const RunContext& run) {
  if (noted.sources.empty() || item.sources.empty()) return false;
  return shares_a_place(noted, item.sources) || is_same_folder(noted, item) ||
         has_content_of(noted, item, originals, run);
}

Standing standing_at(const fs::path& certificate, const Item& item, const Originals* originals, const RunContext& run) {
  const fs::path folder = certificate.parent_path();
  // Another process may be at it: the part becomes the certificate in one step, so one of the three looks sees it.
  for (const fs::path& file : {certificate, part_of(certificate), certificate}) {
    const NotedItem noted = read_noted_item(file, folder);
    if (noted.outputs.empty()) continue;
    if (is_made_of(noted, item, originals, run)) return {Owner::kThisItem, {}};
    return {Owner::kOther, noted.sources.empty() ? fs::path() : fs::path(bytes_of_name(noted.sources.front().path))};
  }
  std::error_code failed;
  const bool is_there = fs::exists(fs::symlink_status(certificate, failed));
  return {is_there ? Owner::kStranger : Owner::kNobody, {}};
}

}  // namespace tokprep
