#include "pipeline/folder_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "base/file_descriptor.h"
#include "base/text.h"
#include "pipeline/own_results.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

std::string reason_without_use(const FolderEntry& sidecar, bool has_media) {
  switch (sidecar.parsed.role) {
    case NameRole::kCaption:
      return fmt::format("caption {} has no media file", sidecar.name);
    case NameRole::kOptions:
      return fmt::format("options {} have no media file", sidecar.name);
    default:
      return has_media ? fmt::format("cover {}: only a video has a cover", sidecar.name)
                       : fmt::format("cover {} has no media file", sidecar.name);
  }
}

std::string reason_among_photos(const FolderEntry& sidecar) {
  if (sidecar.parsed.role == NameRole::kCover) return "a photo item has no cover file; see imageCoverIndex";
  return "this folder is one photo item: its caption is caption.txt, its options are post.json";
}

/// "drop/" and "drop" are the same folder, and are named alike.
fs::path without_slash(const fs::path& folder) { return folder.has_filename() ? folder : folder.parent_path(); }

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

/// Where the outputs of the named folder itself go.
fs::path stem_of_folder(const fs::path& relative, const fs::path& tree) {
  if (!relative.empty()) return relative;
  return tree.has_filename() ? tree.filename() : fs::path("photos");
}

}  // namespace

bool FolderWalk::is_output(const fs::path& folder) const {
  std::error_code failed;
  return options_.output && fs::equivalent(folder, *options_.output, failed);
}

bool FolderWalk::is_new(const fs::path& whole) { return !overlapping_ || seen_.insert(whole.string()).second; }

/// Nothing where there are none.
Boxed<Sidecars> FolderWalk::sidecars_of(const SidecarGroups& groups, const std::string& stem,
                                        std::optional<MediaKind> kind,
                                        const std::shared_ptr<const FolderBounds>& bounds) {
  Sidecars picked = pick_sidecars(groups, stem, left_out);
  if (kind == MediaKind::kImage) picked.cover.reset();
  if (!picked.caption && !picked.options && !picked.cover) return {};
  picked.bounds = bounds;
  return picked;
}

Status FolderWalk::add_folder(const fs::path& folder) {
  std::error_code failed;
  const fs::path tree = fs::canonical(folder, failed);
  found_media_ = false;
  TOKPREP_TRY(walk({without_slash(folder), failed ? folder : tree, {}, std::make_shared<const FolderBounds>(folder)}));
  if (found_media_) return {};
  Error error;
  error.code = ErrorCode::kUnsupportedInput;
  error.message = fmt::format("no media in the folder {}", folder.string());
  error.file = folder.string();
  return fail(std::move(error));
}

Status FolderWalk::walk(const Place& place) {
  if (stop_.stop_requested()) return fail(ErrorCode::kCancelled, "stopped");
  auto contents = read_contents(place.folder, place.tree, *place.bounds, left_out, stop_);
  const bool is_stopped = !contents && contents.error().code == ErrorCode::kCancelled;
  if (!contents && (place.relative.empty() || is_stopped)) return fail(std::move(contents).error());
  const bool is_nothing = !contents && (contents.error().native == ENOENT || place.folder.filename() == "lost+found");
  if (is_nothing) {
    left_out.push_back({place.folder, contents.error().message});
    return {};
  }
  if (!contents) {
    add_unreadable(place, std::move(contents).error());
    return {};
  }
  std::ranges::move(contents->unplaced, std::back_inserter(unplaced_));
  const Sidecars own = contents->own_sidecars();
  const bool only_images = contents->has(MediaKind::kImage) && !contents->has(MediaKind::kVideo);
  const bool is_photo_item = only_images && (!place.relative.empty() || own.caption || own.options);
  if (!contents->media.empty()) found_media_ = true;
  leave_out_unused(*contents, is_photo_item);
  if (is_photo_item) add_photos(*contents, place);
  return walk_entries(*contents, place, is_photo_item);
}

/// Nobody knows what is in it, so the run cannot count as all done: the folder fails like a file that cannot be read.
void FolderWalk::add_unreadable(const Place& place, Error error) {
  found_media_ = true;  // for all that is known
  if (!is_new(place.tree / place.relative)) return;
  Candidate candidate;
  candidate.item.name = text_of_name(place.folder.native());
  candidate.item.kind = MediaKind::kVideo;  // of what is never opened
  candidate.item.sources = {place.folder};
  candidate.item.output_stem = place.relative;
  candidate.item.bounds = place.bounds;
  candidate.item.error = std::move(error);
  candidates.push_back(std::move(candidate));
}

Status FolderWalk::walk_entries(const FolderContents& contents, const Place& place, bool is_photo_item) {
  auto media = contents.media.begin();
  for (const FolderEntry& entry : contents.entries) {
    const bool is_media = media != contents.media.end() && media->entry == &entry;
    if (is_media) {
      if (!is_photo_item) add_media(entry, media->kind, place, contents);
      ++media;
    } else if (entry.is_folder && entry.parsed.role == NameRole::kHidden) {
      left_out.push_back({entry.path, "hidden"});
    } else if (entry.is_folder && is_output(entry.path)) {
      left_out.push_back({entry.path, "the folder of the outputs"});
    } else if (entry.is_folder) {
      TOKPREP_TRY(walk({entry.path, place.tree, place.relative / entry.name, place.bounds}));
    }
  }
  return {};
}

void FolderWalk::leave_out_unused(const FolderContents& contents, bool is_photo_item) {
  if (contents.sidecars.empty()) return;
  std::unordered_set<std::string_view> stems;
  std::unordered_set<std::string_view> video_stems;
  for (const MediaEntry& media : contents.media) {
    stems.insert(media.entry->parsed.stem);
    if (media.kind == MediaKind::kVideo) video_stems.insert(media.entry->parsed.stem);
  }
  const Sidecars own = is_photo_item ? contents.own_sidecars() : Sidecars{};
  const auto is_own = [](const std::optional<Sidecar>& sidecar, const FolderEntry& entry) {
    return sidecar && sidecar->path == entry.path;
  };
  for (const auto& [stem, group] : contents.sidecars) {
    for (const FolderEntry* entry : group) {
      const bool has_media = stems.contains(stem) && !stem.empty();
      const bool is_cover = entry->parsed.role == NameRole::kCover;
      if (is_photo_item) {
        if (is_own(own.caption, *entry) || is_own(own.options, *entry)) continue;
        left_out.push_back({entry->path, reason_among_photos(*entry)});
      } else if (!has_media || (is_cover && !video_stems.contains(stem))) {
        left_out.push_back({entry->path, reason_without_use(*entry, has_media)});
      }
    }
  }
}

void FolderWalk::add_photos(const FolderContents& contents, const Place& place) {
  const fs::path whole = place.relative.empty() ? place.tree : place.tree / place.relative;
  if (!is_new(whole)) return;
  Candidate candidate;
  candidate.item.name = text_of_name(place.folder.native());
  candidate.item.photo_folder = true;
  candidate.item.kind = MediaKind::kImage;
  for (const MediaEntry& media : contents.media) candidate.item.sources.push_back(media.entry->path);
  candidate.item.output_stem = stems_.claim(stem_of_folder(place.relative, place.tree), "", OutputShape::kPhotos);
  candidate.item.bounds = place.bounds;
  Sidecars own = contents.own_sidecars();
  own.bounds = place.bounds;
  candidate.sidecars = std::move(own);
  candidates.push_back(std::move(candidate));
}

void FolderWalk::add_media(const FolderEntry& entry, MediaKind kind, const Place& place,
                           const FolderContents& contents) {
  if (!is_new(place.tree / place.relative / entry.name)) return;
  Candidate candidate;
  candidate.item.name = text_of_name(entry.path);
  candidate.item.kind = kind;
  candidate.item.sources = {entry.path};
  candidate.item.output_stem =
      stems_.claim(place.relative / entry.parsed.stem, fs::path(entry.name).extension().string(), shape_of(kind));
  candidate.item.bounds = place.bounds;
  candidate.sidecars = sidecars_of(contents.sidecars, entry.parsed.stem, kind, place.bounds);
  candidates.push_back(std::move(candidate));
}

FolderWalk::Neighbours& FolderWalk::neighbours_of(const fs::path& folder, const fs::path& tree) {
  const auto [place, is_new] = neighbours_.try_emplace(tree);
  Neighbours& neighbours = place->second;
  if (!is_new) return neighbours;
  if (auto names = scan_folder(folder, tree, stop_)) neighbours.entries = std::move(names->entries);
  else neighbours.error = std::move(names).error();
  neighbours.sidecars = sidecars_by_stem(neighbours.entries);
  neighbours.bounds = std::make_shared<const FolderBounds>(folder);
  return neighbours;
}

/// A cover that we made of the very media it was named with (`post *`) is not used, which is said.
void FolderWalk::leave_out_own_cover(const Neighbours& neighbours, const fs::path& file) {
  const std::string name = file.filename().string();
  const auto entry = std::ranges::lower_bound(neighbours.entries, name, natural_less, &FolderEntry::name);
  const bool is_own = entry != neighbours.entries.end() && entry->name == name && entry->is_own_result;
  if (is_own) left_out.push_back({file, entry->problem});
}

Status FolderWalk::add_file(const fs::path& file, const NamedMedia& named) {
  if (stop_.stop_requested()) return fail(ErrorCode::kCancelled, "stopped");
  TOKPREP_TRY(open_for_reading(file));
  named_.insert(file.native());
  const fs::path folder = folder_of(file);
  std::error_code failed;
  const fs::path tree = fs::canonical(folder, failed);
  const FileName parsed = read_file_name(file.filename().string());
  const bool is_media = parsed.role == NameRole::kPlain;
  const bool is_sidecar = !is_media && !parsed.stem.empty() && named.contains(folder / parsed.stem);
  if (!is_new(tree / file.filename())) return {};
  Neighbours& neighbours = neighbours_of(folder, tree);
  if (is_sidecar) {
    leave_out_own_cover(neighbours, file);
    return {};
  }

  Candidate candidate;
  candidate.item.name = text_of_name(file.native());
  candidate.item.kind = kind_of_file(file);
  candidate.item.sources = {file};
  candidate.is_named = true;
  const fs::path stem = parsed.stem.empty() ? file.stem() : fs::path(parsed.stem);
  candidate.item.output_stem = stems_.claim(stem, file.extension().string(), shape_of(candidate.item.kind));
  candidate.item.error = neighbours.error;
  if (is_media)
    candidate.sidecars = sidecars_of(neighbours.sidecars, parsed.stem, candidate.item.kind, neighbours.bounds);
  candidates.push_back(std::move(candidate));
  return {};
}

std::map<std::string, fs::path> FolderWalk::own_results(const RunContext& run) const {
  std::unordered_set<std::string_view> made;
  for (const UnplacedResult& result : unplaced_) made.insert(result.path);
  std::unordered_map<std::string, std::vector<const fs::path*>> files;  // by name
  for (const Candidate& candidate : candidates) {
    for (const fs::path& source : candidate.item.sources) {
      if (!made.contains(source.native())) files[source.filename().native()].push_back(&source);
    }
  }
  std::map<std::string, fs::path> ours;
  std::unordered_map<const NotedItem*, const fs::path*> sources;  // what has been looked for already
  for (const UnplacedResult& result : unplaced_) {
    if (named_.contains(result.path)) continue;  // meant
    const auto [source, is_new] = sources.try_emplace(result.made.get(), nullptr);
    for (const SourceMark& mark : result.made->sources) {
      if (!is_new || source->second != nullptr) break;
      const auto named = files.find(fs::path(bytes_of_name(mark.path)).filename().native());
      if (named != files.end()) source->second = find_source(*result.made, named->second, run);
    }
    if (source->second != nullptr) ours.emplace(result.path, *source->second);
  }
  return ours;
}

void FolderWalk::leave_out_own_results() {
  if (unplaced_.empty()) return;
  RunContext run;
  run.stop = stop_;
  const auto ours = own_results(run);
  const auto leave_out = [&](const fs::path& file) {
    const auto found = ours.find(file.native());
    if (found == ours.end()) return false;
    left_out.push_back({file, reason_of_own_result(found->second)});
    return true;
  };
  std::erase_if(candidates, [&](Candidate& candidate) {
    std::erase_if(candidate.item.sources, leave_out);
    const auto& cover = candidate.sidecars.or_default().cover;
    if (cover && leave_out(cover->path)) candidate.sidecars.edit().cover.reset();
    return candidate.item.sources.empty();
  });
}

NamedMedia named_media(const std::vector<fs::path>& files) {
  NamedMedia named;
  for (const fs::path& file : files) {
    const FileName parsed = read_file_name(file.filename().string());
    if (parsed.role == NameRole::kPlain) named.insert(folder_of(file) / parsed.stem);
  }
  return named;
}

}  // namespace tokprep
