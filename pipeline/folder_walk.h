#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "base/run_context.h"
#include "pipeline/folder.h"
#include "pipeline/folder_scan.h"
#include "pipeline/folder_settle.h"
#include "pipeline/output_stems.h"

namespace tokprep {

/// Media files that were named one by one: folder and stem. Sidecars of theirs that are named too are no items.
using NamedMedia = std::set<std::filesystem::path>;
NamedMedia named_media(const std::vector<std::filesystem::path>& files);

/// Gathers candidates, input by input, in the order in which they are to be handled.
class FolderWalk {
 public:
  /// `overlapping`: several inputs, so that a file may be met twice.
  FolderWalk(const CollectOptions& options, bool overlapping, std::stop_token stop)
      : options_(options), overlapping_(overlapping), stop_(std::move(stop)) {}

  /// A folder named by the user. Errors: kInputUnreadable, kUnsupportedInput (no media in it), kCancelled.
  Status add_folder(const std::filesystem::path& folder);

  /// A file named by the user. Errors: kInputUnreadable, kCancelled.
  Status add_file(const std::filesystem::path& file, const NamedMedia& named);

  /// Once all is gathered: leaves out what tokprep made of sources that lie elsewhere in the named folders than where
  /// they were noted, as in one that was moved or copied.
  void leave_out_own_results();

  std::deque<Candidate> candidates;
  std::vector<LeftOut> left_out;

 private:
  struct Place {
    std::filesystem::path folder;                ///< as the user would write it
    std::filesystem::path tree;                  ///< the named folder, canonical: links must not leave it
    std::filesystem::path relative;              ///< of the folder in the tree; empty for the named one
    std::shared_ptr<const FolderBounds> bounds;  ///< of the tree
  };
  /// What lies around files that were named one by one.
  struct Neighbours {
    std::vector<FolderEntry> entries;
    SidecarGroups sidecars;
    std::shared_ptr<const FolderBounds> bounds;
    std::optional<Error> error;  ///< the folder cannot be listed
  };

  Status walk(const Place& place);
  void add_unreadable(const Place& place, Error error);
  Status walk_entries(const FolderContents& contents, const Place& place, bool is_photo_item);
  void add_photos(const FolderContents& contents, const Place& place);
  void add_media(const FolderEntry& entry, MediaKind kind, const Place& place, const FolderContents& contents);
  void leave_out_unused(const FolderContents& contents, bool is_photo_item);
  void leave_out_own_cover(const Neighbours& neighbours, const std::filesystem::path& file);
  [[nodiscard]] std::map<std::string, std::filesystem::path> own_results(const RunContext& run) const;
  Neighbours& neighbours_of(const std::filesystem::path& folder, const std::filesystem::path& tree);
  Boxed<Sidecars> sidecars_of(const SidecarGroups& groups, const std::string& stem, std::optional<MediaKind> kind,
                              const std::shared_ptr<const FolderBounds>& bounds);
  bool is_new(const std::filesystem::path& whole);
  [[nodiscard]] bool is_output(const std::filesystem::path& folder) const;

  const CollectOptions& options_;
  bool overlapping_;
  std::stop_token stop_;
  OutputStems stems_;
  std::unordered_set<std::string> seen_;  // canonical: what is a candidate already
  std::map<std::filesystem::path, Neighbours> neighbours_;
  std::vector<UnplacedResult> unplaced_;
  std::unordered_set<std::string> named_;  // files, as they were named
  bool found_media_ = false;               // in the folder that is being added
};

}  // namespace tokprep
