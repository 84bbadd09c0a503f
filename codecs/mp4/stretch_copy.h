#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "base/result.h"
#include "base/run_context.h"
#include "codecs/mp4/mp4_index.h"

namespace tokprep::mp4 {

/// A file that is written from its start to its end, once.
class NewFile {
 public:
  /// Empties the file where it exists. Errors: kOutputUnwritable, kNoSpace, kIo.
  static Result<NewFile> create(const std::filesystem::path& path);

  /// Writes at the end. Errors: kNoSpace, kIo.
  Status write(std::string_view bytes);

  /// Appends these stretches of `source`, which lie there one behind the other. Long ones are copied inside the
  /// kernel where it can; short ones are read many at a time. Looks for a stop and reports progress (stage "remux")
  /// every few megabytes.
  /// Errors: kCorruptInput where the source ends early, kNoSpace, kIo, kCancelled.
  Status append(const FileDescriptor& source, const std::vector<Extent>& stretches, const RunContext& run);

 private:
  NewFile(std::filesystem::path path, FileDescriptor file) : path_(std::move(path)), file_(std::move(file)) {}
  Result<std::uint64_t> append_part(const FileDescriptor& source, const Extent& stretch);
  Status append_window(const FileDescriptor& source, std::span<const Extent> stretches);

  std::filesystem::path path_;
  FileDescriptor file_;
  std::uint64_t size_bytes_ = 0;  // written so far
  std::string buffer_;
  bool in_kernel_ = true;  // until the kernel says that it cannot
};

}  // namespace tokprep::mp4
