#pragma once

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <span>

#include "base/file_descriptor.h"
#include "base/result.h"

namespace tokprep {

/// A file while it is sent. Its size is promised to the server when it is opened, so a file that changes
/// afterwards must end the transfer: what arrived would be neither the old file nor the new one.
class BodyFile {
 public:
  /// Error: kInputUnreadable.
  static Result<BodyFile> open(const std::filesystem::path& path);

  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }
  [[nodiscard]] std::uint64_t position_bytes() const { return position_bytes_; }
  [[nodiscard]] std::uint64_t left_bytes() const { return size_bytes_ - position_bytes_; }

  /// The next bytes; 0 only at the end. Error: kIo (the disk failed, or the file was changed meanwhile).
  Result<std::size_t> read(std::span<char> into);

  /// Goes on from `position_bytes`, which must lie inside the file; false otherwise.
  bool seek(std::uint64_t position_bytes);

 private:
  [[nodiscard]] Status check_unchanged() const;

  std::filesystem::path path_;
  FileDescriptor file_;
  std::uint64_t size_bytes_ = 0;
  std::uint64_t position_bytes_ = 0;
  timespec modified_{};
};

}  // namespace tokprep
