#include "base/file_descriptor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/handed_files.h"

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

Status check_regular(const std::filesystem::path& path, mode_t mode) {
  if (S_ISREG(mode)) return {};
  if (S_ISDIR(mode)) return unreadable(path, "it is a folder", EISDIR);
  return unreadable(path, "it is not a regular file", 0);
}

}  // namespace

Result<FileDescriptor> open_for_reading(const std::filesystem::path& path) {
  struct stat status {};
  if (auto handed = HandedFiles::duplicate(path.string())) {
    if (!handed->valid()) return unreadable(path, reason_of(errno), errno);
    return std::move(*handed);
  }
  if (::stat(path.c_str(), &status) != 0) return unreadable(path, reason_of(errno), errno);
  TOKPREP_TRY(check_regular(path, status.st_mode));
  // O_NONBLOCK: what took its place meanwhile must not hang us either.
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid() || ::fstat(file.get(), &status) != 0) return unreadable(path, reason_of(errno), errno);
  TOKPREP_TRY(check_regular(path, status.st_mode));
  return file;
}

Result<FileDescriptor> open_found(const FileDescriptor& found, const std::filesystem::path& name) {
  if (!found.valid()) return unreadable(name, reason_of(errno), errno);
  struct stat status {};
  if (::fstat(found.get(), &status) != 0) return unreadable(name, reason_of(errno), errno);
  TOKPREP_TRY(check_regular(name, status.st_mode));
  FileDescriptor file(::open(fmt::format("/proc/self/fd/{}", found.get()).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return unreadable(name, reason_of(errno), errno);
  return file;
}

Result<FileDescriptor> open_for_writing(const std::filesystem::path& path) {
  auto handed = HandedFiles::duplicate(path.string());
  FileDescriptor file =
      handed ? std::move(*handed) : FileDescriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  struct stat status {};
  if (!file.valid() || ::fstat(file.get(), &status) != 0) return write_failure(path, "write", errno);
  // Not of an empty one: ext4 takes a cut to nothing as a sign to write everything to disk at closing.
  if (status.st_size > 0 && ::ftruncate(file.get(), 0) != 0) return write_failure(path, "write", errno);
  return file;
}

Result<std::uint64_t> size_of_file(const std::filesystem::path& path) {
  TOKPREP_ASSIGN(const FileDescriptor file, open_for_reading(path));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return unreadable(path, reason_of(errno), errno);
  return static_cast<std::uint64_t>(status.st_size);
}

Result<std::string> read_at(const FileDescriptor& file, std::uint64_t offset, std::size_t count,
                            const std::filesystem::path& name) {
  std::string bytes(count, '\0');
  std::size_t filled = 0;
  while (filled < count) {
    const ssize_t got = ::pread(file.get(), bytes.data() + filled, count - filled, static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return fail(ErrorCode::kIo, fmt::format("cannot read {}: {}", name.string(), std::strerror(errno)), errno);
    }
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

Status write_at(const FileDescriptor& file, std::uint64_t offset, std::string_view bytes,
                const std::filesystem::path& name) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return write_failure(name, "write", errno);
    offset += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::string> read_head(const std::filesystem::path& path, std::size_t limit_bytes) {
  TOKPREP_ASSIGN(const FileDescriptor file, open_for_reading(path));
  return read_head(file, limit_bytes, path);
}

Result<std::string> read_head(const FileDescriptor& file, std::size_t limit_bytes, const std::filesystem::path& name) {
  static constexpr std::size_t kStepBytes = std::size_t{64} << 10;  // of a file whose size is not told, as in /proc
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return unreadable(name, reason_of(errno), errno);
  const auto size_bytes = static_cast<std::size_t>(status.st_size);
  if (size_bytes > 0) return read_at(file, 0, std::min(limit_bytes, size_bytes), name);
  std::string bytes;
  while (bytes.size() < limit_bytes) {
    const std::size_t wanted = std::min(limit_bytes - bytes.size(), kStepBytes);
    TOKPREP_ASSIGN(const std::string more, read_at(file, bytes.size(), wanted, name));
    bytes += more;
    if (more.size() < wanted) break;
  }
  return bytes;
}

Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t limit_bytes) {
  TOKPREP_ASSIGN(const FileDescriptor file, open_for_reading(path));
  return read_text_file(file, path, limit_bytes);
}

Result<std::string> read_text_file(const FileDescriptor& file, const std::filesystem::path& name,
                                   std::size_t limit_bytes) {
  TOKPREP_ASSIGN(std::string text, read_head(file, limit_bytes + 1, name));
  if (text.size() > limit_bytes) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{} is larger than {} bytes", name.string(), limit_bytes));
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

tl::unexpected<Error> write_failure(const std::filesystem::path& path, const char* what, int error_number) {
  Error error;
  error.code = code_of_write_errno(error_number);
  error.message = fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(error_number));
  error.native = error_number;
  error.file = path.string();
  if (error.code == ErrorCode::kNoSpace) error.fix = "free some space on that disk and run again";
  return fail(std::move(error));
}

}  // namespace tokprep
