#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
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

/// Opens a regular file; what is none (a FIFO, a device, a folder) is refused before it is opened, as opening can do
/// things already. Gives the descriptor that was handed over for this path, where one was (base/handed_files.h): then
/// its offset is shared, so read at offsets (`read_at`, pread), never from where the last read ended.
/// Errors: kInputUnreadable (missing, a folder, no permission), named for people.
Result<FileDescriptor> open_for_reading(const std::filesystem::path& path);

/// Opens for reading what `found`, an O_PATH descriptor, holds: that file and no other, whatever has become of its
/// name. Errors: those of `open_for_reading`, from errno where `found` is not valid; `name` is for the message.
Result<FileDescriptor> open_found(const FileDescriptor& found, const std::filesystem::path& name);

/// Opens a file to be written anew, and read back: made where it is missing, emptied where it is not. What was handed
/// over for this path comes first here too: write at offsets (`write_at`, pwrite).
/// Errors: kOutputUnwritable, kNoSpace, kIo.
Result<FileDescriptor> open_for_writing(const std::filesystem::path& path);

/// Up to `count` bytes from `offset` on: fewer at the end of the file. `name` is for the message.
/// Error: kIo.
Result<std::string> read_at(const FileDescriptor& file, std::uint64_t offset, std::size_t count,
                            const std::filesystem::path& name);

/// Writes all of `bytes` from `offset` on. Errors: those of `write_failure`.
Status write_at(const FileDescriptor& file, std::uint64_t offset, std::string_view bytes,
                const std::filesystem::path& name);

/// The size of a regular file that can be opened. Errors as `open_for_reading`.
Result<std::uint64_t> size_of_file(const std::filesystem::path& path);

/// The first `limit_bytes` of a file, or all of it where it is shorter. Errors: kInputUnreadable, kIo.
Result<std::string> read_head(const std::filesystem::path& path, std::size_t limit_bytes);

/// The same of an open one. Error: kIo.
Result<std::string> read_head(const FileDescriptor& file, std::size_t limit_bytes, const std::filesystem::path& name);

/// A whole small text file. Errors: kInputUnreadable; kInvalidArgument above `limit_bytes`.
Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t limit_bytes = 1 << 20);
Result<std::string> read_text_file(const FileDescriptor& file, const std::filesystem::path& name,
                                   std::size_t limit_bytes = 1 << 20);

/// The right code for a failed write: kNoSpace, kOutputUnwritable or kIo.
ErrorCode code_of_write_errno(int error_number);

/// "cannot `what` beach.mp4: No space left on device", with the code of `code_of_write_errno` and what to do.
tl::unexpected<Error> write_failure(const std::filesystem::path& path, const char* what, int error_number);

}  // namespace tokprep
