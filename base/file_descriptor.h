#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "base/result.h"

namespace tokprep {

/// Owns a POSIX file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }
  void reset();

 private:
  int fd_ = -1;
};

/// Opens a regular file. Errors: kInputUnreadable (missing, a folder, no permission), named for people.
Result<FileDescriptor> open_for_reading(const std::filesystem::path& path);

/// The size of a regular file that can be opened. Errors as `open_for_reading`.
Result<std::uint64_t> size_of_file(const std::filesystem::path& path);

/// The first `limit_bytes` of a file, or all of it where it is shorter. Errors: kInputUnreadable, kIo.
Result<std::string> read_head(const std::filesystem::path& path, std::size_t limit_bytes);

/// A whole small text file. Errors: kInputUnreadable; kInvalidArgument above `limit_bytes`.
Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t limit_bytes = 1 << 20);

/// The right code for a failed write: kNoSpace, kOutputUnwritable or kIo.
ErrorCode code_of_write_errno(int error_number);

}  // namespace tokprep
