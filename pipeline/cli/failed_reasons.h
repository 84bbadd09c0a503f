#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "pipeline/event.h"
#include "pipeline/folder.h"

namespace tokprep::cli {

/// The failures of a watched folder as files: `OUT/failed/beach.reason.json` stands as long as beach.mov could not be
/// done. Holds the item, the time, the typed error and the findings, as `item_failed` has them.
class FailedReasons {
 public:
  explicit FailedReasons(std::filesystem::path output_dir) : folder_(std::move(output_dir) / "failed") {}

  /// Errors: kOutputUnwritable, kNoSpace, kIo.
  [[nodiscard]] Status write(const ItemFailed& failed, const std::filesystem::path& output_stem) const;

  /// After a success; nothing happens where there is none. Folders that are empty then go as well.
  void remove(const std::filesystem::path& output_stem) const;

 private:
  [[nodiscard]] std::filesystem::path path_of(const std::filesystem::path& output_stem) const;

  std::filesystem::path folder_;
};

}  // namespace tokprep::cli
