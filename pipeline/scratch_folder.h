#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>

#include "base/file_descriptor.h"
#include "base/result.h"

namespace tokprep {

/// What a scratch folder holds. A walk through a hostile one ends above these, having counted what it saw.
struct ScratchUse {
  static constexpr int kMostFiles = 1000;  ///< folders too; a job makes a handful
  static constexpr int kDeepest = 8;

  std::uint64_t bytes = 0;  ///< on the disk
  int files = 0;
  int depth = 0;  ///< of folders within folders
};

/// A private folder (mode 0700) under $TMPDIR, else /tmp, for what a worker must write by name. Gone with this.
///
/// It is locked while this lives, so that what a killed run left can be told from one in use: `sweep`, and making one,
/// remove those that nobody holds any more, once a minute at most.
class ScratchFolder {
 public:
  /// Errors: kOutputUnwritable, kNoSpace, kIo.
  static Result<ScratchFolder> create();

  /// Removes what killed runs left, unless that was done less than a minute ago: for runs that may need no worker.
  static void sweep();

  ScratchFolder(ScratchFolder&& other) noexcept;
  ScratchFolder& operator=(ScratchFolder&& other) noexcept;
  ~ScratchFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  [[nodiscard]] ScratchUse use() const;

 private:
  ScratchFolder(std::filesystem::path path, FileDescriptor lock);

  std::filesystem::path path_;  // empty when moved from
  FileDescriptor lock_;
};

/// When to look for what killed runs left: a process that lives long meets folders that were too young before.
class SweepTimes {
 public:
  /// The first time, and again a minute after the last time this was so. Thread-safe: one of several callers is told.
  bool is_due(std::chrono::steady_clock::time_point now);

 private:
  std::atomic<std::chrono::steady_clock::time_point> next_{std::chrono::steady_clock::time_point::min()};
};

/// Removes the scratch folders of this user in `place` that nobody holds and that are a minute old: between making
/// and locking one, nobody holds it either.
void remove_stale_scratch(const std::filesystem::path& place);

}  // namespace tokprep
