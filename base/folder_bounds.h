#pragma once

#include <filesystem>
#include <string>

#include "base/file_descriptor.h"
#include "base/result.h"

namespace tokprep {

/// A folder as the limit of what is found in it: its files are opened by names below it and through links that stay
/// inside, never what lies elsewhere.
///
/// Who may write to such a folder may change it at any time, its sub-folders too, so what a name leads to is judged
/// when it is opened and on the very file that is then read. Needs /proc. Safe from several threads.
class FolderBounds {
 public:
  /// As it is now: a link may lead to it, and what that leads to is the limit.
  explicit FolderBounds(std::filesystem::path folder);

  /// Opens a regular file in the folder, without a moment in which another could take its place.
  /// Errors: those of `open_for_reading`, and kInputUnreadable for what lies outside.
  [[nodiscard]] Result<FileDescriptor> open(const std::filesystem::path& file) const;

 private:
  std::filesystem::path folder_;  // as it was named
  std::string real_;              // as the kernel names it; empty where that cannot be told
};

/// Opens `file` inside `bounds`; null: the user named it, and links are followed. Errors: those of both.
Result<FileDescriptor> open_within(const FolderBounds* bounds, const std::filesystem::path& file);

}  // namespace tokprep
