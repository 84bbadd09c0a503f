#include "base/file_descriptor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tokprep {

FileDescriptor::~FileDescriptor() { reset(); }

void FileDescriptor::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

namespace {

tl::unexpected<Error> unreadable(const std::filesystem::path& path, std::string why, int error_number) {
  Error error;
  error.code = ErrorCode::kInputUnreadable;
  error.message = fmt::format("cannot read {}: {}", path.string(), why);
  error.native = error_number;
  error.file = path.string();
  return fail(std::move(error));
}

std::string reason_of(int error_number) {
  if (error_number == ENOENT) return "no such file";
  if (error_number == EACCES) return "no permission";
  return std::strerror(error_number);
}

}  // namespace

Result<FileDescriptor> open_for_reading(const std::filesystem::path& path) {
  // O_NONBLOCK: a FIFO must not hang us before we see that it is one.
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid()) return unreadable(path, reason_of(errno), errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return unreadable(path, reason_of(errno), errno);
  if (S_ISDIR(status.st_mode)) return unreadable(path, "it is a folder", EISDIR);
  if (!S_ISREG(status.st_mode)) return unreadable(path, "it is not a regular file", 0);
  return file;
}

Result<std::uint64_t> size_of_file(const std::filesystem::path& path) {
  TOKPREP_ASSIGN(const FileDescriptor file, open_for_reading(path));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return unreadable(path, reason_of(errno), errno);
  return static_cast<std::uint64_t>(status.st_size);
}

Result<std::string> read_head(const std::filesystem::path& path, std::size_t limit_bytes) {
  static constexpr std::size_t kStepBytes = std::size_t{64} << 10;  // limits are often far above the file's size
  TOKPREP_ASSIGN(const FileDescriptor file, open_for_reading(path));
  std::string bytes;
  while (bytes.size() < limit_bytes) {
    const std::size_t filled = bytes.size();
    bytes.resize(std::min(limit_bytes, filled + kStepBytes));
    const ssize_t got = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
    const int error_number = errno;
    bytes.resize(filled + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && error_number == EINTR) continue;
    if (got < 0) {
      return fail(ErrorCode::kIo, fmt::format("cannot read {}: {}", path.string(), std::strerror(error_number)),
                  error_number);
    }
    if (got == 0) break;
  }
  return bytes;
}

Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t limit_bytes) {
  TOKPREP_ASSIGN(std::string text, read_head(path, limit_bytes + 1));
  if (text.size() > limit_bytes) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{} is larger than {} bytes", path.string(), limit_bytes));
  }
  return text;
}

ErrorCode code_of_write_errno(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
      return ErrorCode::kNoSpace;
    case EACCES:
    case EPERM:
    case EROFS:
    case EISDIR:
    case ENOTDIR:
    case ENAMETOOLONG:
    case ENOENT:
    case EEXIST:
      return ErrorCode::kOutputUnwritable;
    default:
      return ErrorCode::kIo;
  }
}

}  // namespace tokprep
