#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <unordered_set>

#include "base/result.h"
#include "pipeline/event.h"
#include "pipeline/folder.h"

namespace tokprep::cli {

/// The failures of a watched folder as files: `OUT/failed/beach.reason.json` stands as long as beach.mov could not be
/// done. Holds the item, the time, the typed error and the findings, as `item_failed` has them.
class FailedReasons {
 public:
  explicit FailedReasons(const std::filesystem::path& output_dir) : folder_(output_dir / "failed") {}

  /// Errors: kOutputUnwritable, kNoSpace, kIo.
  [[nodiscard]] Status write(const ItemFailed& failed, const std::filesystem::path& output_stem) const;

  /// After a success; nothing happens where there is none. Folders that are empty then go as well.
  void remove(const std::filesystem::path& output_stem) const;

  /// Removes those of items that are gone: whose output stem is none of these. Files that were not written by `write`
  /// stay.
  void keep_only(const std::unordered_set<std::string>& output_stems) const;

 private:
  [[nodiscard]] std::filesystem::path path_of(const std::filesystem::path& output_stem) const;

  std::filesystem::path folder_;
};

}  // namespace tokprep::cli
