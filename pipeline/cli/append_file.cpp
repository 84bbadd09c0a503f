#include "pipeline/cli/append_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace tokprep::cli {
namespace {

Error failed_write(const std::filesystem::path& path, int number) {
  Error error;
  error.code = code_of_write_errno(number);
  error.message = fmt::format("cannot write to {}: {}", path.string(), std::strerror(number));
  error.file = path.string();
  error.native = number;
  return error;
}

Result<FileDescriptor> open_at_end(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return fail(failed_write(path, errno));
  return FileDescriptor(fd);
}

/// Only regular files are looked into: what else there is (a terminal, a pipe) holds nothing that could be lost.
Status check_kind(const std::filesystem::path& path, const AppendFile::Kind& kind) {
  constexpr std::size_t kHeadBytes = 64;
  std::error_code failed;
  if (!std::filesystem::is_regular_file(path, failed)) return {};
  const auto head = read_head(path, kHeadBytes);
  if (head && (head->empty() || kind.begins(*head))) return {};
  Error error;
  error.code = ErrorCode::kOutputUnwritable;
  error.file = path.string();
  error.message =
      head ? fmt::format("{} is there and is no {} of tokprep's", path.string(), kind.name)
           : fmt::format("{} is there and cannot be read, to see whether it is a {}", path.string(), kind.name);
  error.fix = "name another file, or remove this one";
  return fail(std::move(error));
}

}  // namespace

AppendFile::AppendFile(std::filesystem::path path, FileDescriptor file, OnFailure on_failure)
    : path_(std::move(path)), on_failure_(std::move(on_failure)), file_(std::move(file)) {}

AppendFile::AppendFile(AppendFile&& other) noexcept
    : path_(std::move(other.path_)),
      on_failure_(std::move(other.on_failure_)),
      file_(std::move(other.file_)),
      torn_(other.torn_),
      told_(other.told_) {}

Result<AppendFile> AppendFile::open(const std::filesystem::path& path, const Kind& kind, OnFailure on_failure) {
  TOKPREP_TRY(check_kind(path, kind));
  TOKPREP_ASSIGN(FileDescriptor file, open_at_end(path));
  // Fails only for what is no regular file.
  if (kind.afresh) (void)!::ftruncate(file.get(), 0);
  return AppendFile(path, std::move(file), std::move(on_failure));
}

void AppendFile::write(std::string_view line) {
  int number = 0;
  {
    const std::lock_guard lock(mutex_);
    const std::string text = (torn_ ? "\n" : "") + std::string(line) + "\n";
    ssize_t written = 0;
    do {
      written = ::write(file_.get(), text.data(), text.size());
    } while (written < 0 && errno == EINTR);
    if (written == static_cast<ssize_t>(text.size())) {
      torn_ = false;
      return;
    }
    number = written < 0 ? errno : ENOSPC;  // a disk that fills up takes a part first
    torn_ = torn_ || written > 0;
    if (std::exchange(told_, true)) return;
  }
  if (on_failure_) on_failure_(failed_write(path_, number));
}

Status AppendFile::reopen() {
  TOKPREP_ASSIGN(FileDescriptor file, open_at_end(path_));
  const std::lock_guard lock(mutex_);
  file_ = std::move(file);
  torn_ = false;
  return {};
}

}  // namespace tokprep::cli
