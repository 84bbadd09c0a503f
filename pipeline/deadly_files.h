#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"
#include "base/result.h"

namespace tokprep {

/// Remembers across runs which files workers have crashed or hung on: one that two workers did so on is not tried
/// again. A limit that was passed and can be raised does not count. Where one of them only hung, a machine or a disk in
/// trouble may have been the cause: such a file gets another chance after a day.
///
/// A file is known by device, inode, size and time of change, so that it may be renamed, and starts afresh once it is
/// replaced. One small JSON file each, in `folder`. Everything here is best effort: where nothing can be kept, nothing
/// is remembered. Thread-safe, across processes too.
class DeadlyFiles {
 public:
  /// `folder` need not be there; empty: nothing is remembered. `forced`: what is remembered refuses nothing.
  DeadlyFiles(std::filesystem::path folder, bool forced);

  /// Error: kWorkerFailed for a file that has killed two workers, saying how, and how to try again.
  [[nodiscard]] Status check(const std::filesystem::path& file) const;

  /// One more worker has died of the file. `may_pass`: the cause may have been another.
  void remember(const std::filesystem::path& file, const Error& death, bool may_pass) const;

  /// It was not the file after all.
  void forget(const std::filesystem::path& file) const;

 private:
  /// Where this file's deaths are written down; empty where nothing is remembered.
  [[nodiscard]] std::filesystem::path record_of(const std::filesystem::path& file) const;

  std::filesystem::path folder_;
  bool forced_ = false;
};

}  // namespace tokprep
