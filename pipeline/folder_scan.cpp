#include "pipeline/folder_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/file_descriptor.h"
#include "base/text.h"
#include "codecs/sniff.h"
#include "pipeline/own_results.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> unreadable(const fs::path& folder, const std::error_code& why) {
  Error error;
  error.code = ErrorCode::kInputUnreadable;
  error.message = fmt::format("cannot read the folder {}: {}", folder.string(), why.message());
  error.native = why.value();
  error.file = folder.string();
  return fail(std::move(error));
}

bool is_inside(const fs::path& path, const fs::path& tree) {
  return std::ranges::mismatch(tree, path).in1 == tree.end();
}

/// Why a link must not be followed; empty if it may.
std::string problem_of_link(const fs::path& link, const fs::path& tree) {
  std::error_code failed;
  const fs::path target = fs::canonical(link, failed);
  if (failed) return "a link that leads nowhere";
  if (fs::is_directory(target, failed)) return "a link to a folder";
  if (!is_inside(target, tree)) return "a link that leads out of the folder";
  return fs::is_regular_file(target, failed) ? "" : "not a regular file";
}

FolderEntry describe_entry(const fs::directory_entry& found, const fs::path& tree) {
  FolderEntry entry;
  entry.path = found.path().native();
  entry.name = found.path().filename().native();
  entry.parsed = read_file_name(entry.name);
  std::error_code failed;  // what the folder itself says of its entries is known without another call
  if (found.is_symlink(failed)) entry.problem = problem_of_link(entry.path, tree);
  else if (found.is_directory(failed)) entry.is_folder = true;
  else if (!found.is_regular_file(failed)) entry.problem = "not a regular file";
  return entry;
}

bool is_sidecar(const FolderEntry& entry) {
  if (entry.is_own_result) return false;
  const NameRole role = entry.parsed.role;
  return role == NameRole::kCaption || role == NameRole::kOptions || role == NameRole::kCover;
}

/// Why a file is left out whatever it holds; empty for one to look into.
std::string reason_by_name(const FolderEntry& entry) {
  switch (entry.parsed.role) {
    case NameRole::kHidden:
      return "hidden";
    case NameRole::kPartial:
      return "a part of a file";
    case NameRole::kRecord:
      return "a record of tokprep's own";
    default:
      return entry.problem.empty() ? std::string(reason_unfit(entry.name)) : entry.problem;
  }
}

/// A file, and what it turns out to be.
struct Found {
  const FolderEntry* entry = nullptr;
  std::string reason_against;
  std::optional<MediaKind> kind;
};

/// Looks into the files that nothing speaks against.
void look_into(std::vector<Found>& files, const FolderBounds& bounds, const std::stop_token& stop) {
  for_each_aside(files.size(), [&](std::size_t i) {
    if (files[i].reason_against.empty() && !stop.stop_requested())
      files[i].kind = kind_of_file(files[i].entry->path, &bounds);
  });
}

}  // namespace

Result<FolderNames> scan_folder(const fs::path& folder, const fs::path& tree, const std::stop_token& stop) {
  FolderNames names;
  std::vector<FolderEntry>& entries = names.entries;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "stopped");
    entries.push_back(describe_entry(*at, tree));
  }
  if (failed) return unreadable(folder, failed);
  std::ranges::sort(entries, natural_less, &FolderEntry::name);
  names.unplaced = mark_own_results(entries, folder, tree);
  return names;
}

std::optional<MediaKind> kind_of_file(const fs::path& path, const FolderBounds* bounds) {
  const std::string name = path.filename().string();
  const auto opened = open_within(bounds, path);
  const auto head = opened ? read_head(*opened, kSniffBytes, path) : fail(opened.error());
  switch (head ? sniff(*head) : Sniffed::kUnknown) {
    case Sniffed::kImage:
      return MediaKind::kImage;
    case Sniffed::kVideo:
      return MediaKind::kVideo;
    case Sniffed::kUnknown:
    case Sniffed::kText:
      break;
  }
  return promised_kind(name);
}

SidecarGroups sidecars_by_stem(const std::vector<FolderEntry>& entries) {
  SidecarGroups groups;
  for (const FolderEntry& entry : entries) {
    if (!entry.is_folder && is_sidecar(entry)) groups[entry.parsed.stem].push_back(&entry);
  }
  return groups;
}

Sidecars pick_sidecars(const SidecarGroups& groups, const std::string& stem, std::vector<LeftOut>& left_out) {
  Sidecars picked;
  const auto group = groups.find(stem);
  if (group == groups.end()) return picked;
  for (const FolderEntry* entry : group->second) {
    std::optional<Sidecar>& place = entry->parsed.role == NameRole::kCaption   ? picked.caption
                                    : entry->parsed.role == NameRole::kOptions ? picked.options
                                                                               : picked.cover;
    if (place) left_out.push_back({entry->path, fmt::format("{} is used instead", place->path.filename().string())});
    else place = Sidecar{entry->path, entry->problem};
  }
  return picked;
}

bool FolderContents::has(MediaKind kind) const {
  return std::ranges::find(media, kind, &MediaEntry::kind) != media.end();
}

Sidecars FolderContents::own_sidecars() const {
  Sidecars own;
  for (const FolderEntry& entry : entries) {
    const std::string name = to_lower(entry.name);
    if (entry.is_folder) continue;
    if (name == "caption.txt") own.caption = Sidecar{entry.path, entry.problem};
    if (name == "post.json") own.options = Sidecar{entry.path, entry.problem};
  }
  return own;
}

Result<FolderContents> read_contents(const fs::path& folder, const fs::path& tree, const FolderBounds& bounds,
                                     std::vector<LeftOut>& left_out, const std::stop_token& stop) {
  FolderContents contents;
  TOKPREP_ASSIGN(FolderNames names, scan_folder(folder, tree, stop));
  contents.entries = std::move(names.entries);
  contents.unplaced = std::move(names.unplaced);
  contents.sidecars = sidecars_by_stem(contents.entries);
  std::vector<Found> files;
  for (const FolderEntry& entry : contents.entries) {
    if (entry.is_folder || is_sidecar(entry) || entry.parsed.role == NameRole::kSettings) continue;
    files.push_back({&entry, reason_by_name(entry), std::nullopt});
  }
  look_into(files, bounds, stop);
  if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "stopped");
  for (const auto& [entry, reason, kind] : files) {
    if (kind) contents.media.push_back({entry, *kind});
    else left_out.push_back({entry->path, reason.empty() ? "not media" : reason});
  }
  return contents;
}

}  // namespace tokprep
