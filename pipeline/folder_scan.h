#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "codecs/media_info.h"
#include "pipeline/folder.h"
#include "pipeline/folder_names.h"
#include "pipeline/folder_sidecars.h"

namespace tokprep {

/// One name in a folder.
struct FolderEntry {
  std::string name;
  std::string path;  ///< as text: a folder may hold 100,000, and fs::path keeps each of its parts by itself
  bool is_folder = false;
  bool is_own_result = false;  ///< `mark_own_results`
  std::string problem;         ///< why it is of no use: no regular file, a link to a folder or out of the tree
  FileName parsed;
};

struct NotedItem;

/// A file that a certificate says tokprep made, of a source that was not found where it was noted.
struct UnplacedResult {
  std::string path;  ///< as the entry's
  std::shared_ptr<const NotedItem> made;
};

/// All names of a folder.
struct FolderNames {
  std::vector<FolderEntry> entries;      ///< natural order, our own results among them marked
  std::vector<UnplacedResult> unplaced;  ///< `mark_own_results`
};

/// `tree` is the canonical folder that links must not leave. Errors: kInputUnreadable, kCancelled.
Result<FolderNames> scan_folder(const std::filesystem::path& folder, const std::filesystem::path& tree,
                                const std::stop_token& stop);

/// What a file is, by its first bytes, or by the promise of its name where these say nothing; nothing for a file that
/// is no media either way. A file that cannot be read counts as what its name promises.
/// With `bounds`, so does one that leads out of these.
std::optional<MediaKind> kind_of_file(const std::filesystem::path& path, const FolderBounds* bounds = nullptr);

/// Captions, options and covers by the stem of the media they are for, in natural order.
using SidecarGroups = std::map<std::string, std::vector<const FolderEntry*>>;
SidecarGroups sidecars_by_stem(const std::vector<FolderEntry>& entries);

/// Those for one stem. A second one for the same use goes to `left_out`.
Sidecars pick_sidecars(const SidecarGroups& groups, const std::string& stem, std::vector<LeftOut>& left_out);

struct MediaEntry {
  const FolderEntry* entry = nullptr;
  MediaKind kind = MediaKind::kVideo;
};

/// The names of one folder, sorted by what they are good for. Points into `entries`: not to be copied.
struct FolderContents {
  std::vector<FolderEntry> entries;
  std::vector<UnplacedResult> unplaced;
  std::vector<MediaEntry> media;  ///< natural order
  SidecarGroups sidecars;

  [[nodiscard]] bool has(MediaKind kind) const;
  /// The folder's own caption.txt and post.json, as far as they are there.
  [[nodiscard]] Sidecars own_sidecars() const;
};

/// Scans a folder and looks into its files. What is neither media, sidecar nor folder goes to `left_out`.
/// Errors: kInputUnreadable, kCancelled.
Result<FolderContents> read_contents(const std::filesystem::path& folder, const std::filesystem::path& tree,
                                     const FolderBounds& bounds, std::vector<LeftOut>& left_out,
                                     const std::stop_token& stop);

}  // namespace tokprep
