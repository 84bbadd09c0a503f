#include "base/pending_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/input_files.h"
#include "base/pending_part.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

// A process that was killed while it started another leaves the lock to that one for a moment.
constexpr std::chrono::milliseconds kLockPatience{500};
constexpr std::chrono::milliseconds kLockRetry{10};

/// The lock is on the file, not the name: after taking it, the name must still lead to the same file.
bool still_named(const FileDescriptor& file, const fs::path& path) {
  struct stat held {};
  struct stat named {};
  return ::fstat(file.get(), &held) == 0 && ::stat(path.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
         held.st_dev == named.st_dev;
}

/// Takes the lock of a file that is there by this name. False: the name has gone, or leads elsewhere by now.
/// Error: kIo, which passes, while another process holds it.
Result<bool> lock_named(const FileDescriptor& file, const fs::path& part) {
  const auto deadline = std::chrono::steady_clock::now() + kLockPatience;
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    const int why = errno;
    // Some network mounts know no locks: there the name alone must do.
    if (why == ENOSYS || why == EOPNOTSUPP) break;
    if (why != EWOULDBLOCK && why != EINTR) return write_failure(part, "lock", why);
    if (std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(kLockRetry);
      continue;
    }
    Error error;
    error.code = ErrorCode::kIo;
    error.message = fmt::format("{} is being written by another process", part.string());
    error.native = why;
    error.file = part.string();
    error.fix = "run again once that one has ended";
    return fail(std::move(error));
  }
  return still_named(file, part);
}

FileDescriptor open_part(const fs::path& part) {
  return FileDescriptor(::open(part.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
}

/// Removes what a crash left. Never taken over: a worker that outlives its supervisor for a moment still writes into
/// the file it was given.
Status remove_left_over(const fs::path& part) {
  const FileDescriptor old = open_part(part);
  if (!old.valid()) {
    if (errno == ENOENT) return {};
    return write_failure(part, "create", errno);
  }
  TOKPREP_ASSIGN(const bool is_ours, lock_named(old, part));
  if (is_ours && ::unlink(part.c_str()) != 0 && errno != ENOENT) return write_failure(part, "create", errno);
  return {};
}

fs::path link_of(const fs::path& target) { return target.parent_path() / ("." + target.filename().string() + ".link"); }

Result<FileDescriptor> create_locked(const fs::path& part) {
  while (true) {
    FileDescriptor file(::open(part.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!file.valid() && errno != EEXIST) return write_failure(part, "create", errno);
    if (!file.valid()) {
      TOKPREP_TRY(remove_left_over(part));
      continue;
    }
    TOKPREP_ASSIGN(const bool is_ours, lock_named(file, part));  // another may have removed it as left over
    if (is_ours) return file;
  }
}

}  // namespace

PendingFile::PendingFile(fs::path target, fs::path part, FileDescriptor file)
    : target_(std::move(target)), part_(std::move(part)), file_(std::move(file)) {}

PendingFile::PendingFile(PendingFile&& other) noexcept
    : target_(std::move(other.target_)),
      part_(std::exchange(other.part_, {})),
      link_(std::exchange(other.link_, {})),
      file_(std::move(other.file_)) {}

PendingFile& PendingFile::operator=(PendingFile&& other) noexcept {
  std::swap(target_, other.target_);
  std::swap(part_, other.part_);
  std::swap(link_, other.link_);
  std::swap(file_, other.file_);
  return *this;
}

PendingFile::~PendingFile() { discard(); }

void PendingFile::discard() noexcept {
  if (!link_.empty()) ::unlink(link_.c_str());
  if (!part_.empty()) ::unlink(part_.c_str());
  link_.clear();
  part_.clear();
}

fs::path part_of(const fs::path& target) {
  const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
  return folder / ("." + target.filename().string() + ".part");
}

Status with_left_over(const fs::path& target, const std::function<void(const fs::path& part)>& action) {
  const fs::path part = part_of(target);
  const FileDescriptor old = open_part(part);
  if (!old.valid() && errno == ENOENT) return {};
  if (!old.valid()) return write_failure(part, "open", errno);
  TOKPREP_ASSIGN(const bool is_left_over, lock_named(old, part));
  if (is_left_over) action(part);
  return {};
}

void remove_unheld(const fs::path& target) {
  const fs::path part = part_of(target);
  const FileDescriptor old = open_part(part);
  if (!old.valid() && errno != ENOENT) return;
  if (old.valid()) {
    const bool is_held = ::flock(old.get(), LOCK_EX | LOCK_NB) != 0;
    struct stat status {};
    if (is_held || !still_named(old, part) || ::fstat(old.get(), &status) != 0 || !S_ISREG(status.st_mode)) return;
    ::unlink(link_of(target).c_str());
    ::unlink(part.c_str());
    return;
  }
  ::unlink(link_of(target).c_str());
}

Result<PendingFile> PendingFile::create(const fs::path& target) {
  const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return write_failure(folder, "make the folder", error.value());
  if (fs::is_directory(target, error)) return write_failure(target, "write", EISDIR);
  fs::path part = part_of(target);
  TOKPREP_ASSIGN(FileDescriptor file, create_locked(part));
  ::unlink(link_of(target).c_str());  // left by a crash: it would keep the blocks of a source that is deleted
  return PendingFile(target, std::move(part), std::move(file));
}

Status PendingFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return write_failure(target_, "write", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Status PendingFile::copy_from(const fs::path& source, const RunContext& run) {
  TOKPREP_ASSIGN(const FileDescriptor input, open_input(source, run));
  return copy_from(input, run);
}

Status PendingFile::copy_from(const FileDescriptor& input, const RunContext& run) {
  static constexpr std::size_t kStepBytes = std::size_t{16} << 20;  // how soon a stop is noticed
  if (::ioctl(file_.get(), FICLONE, input.get()) == 0) return {};
  while (true) {
    TOKPREP_TRY(run.check_stop());
    const ssize_t copied = ::copy_file_range(input.get(), nullptr, file_.get(), nullptr, kStepBytes, 0);
    if (copied == 0) return {};
    if (copied > 0 || errno == EINTR) continue;
    // Across some file systems the kernel cannot copy by itself; nothing has moved then.
    if (errno == EXDEV || errno == EINVAL || errno == EOPNOTSUPP || errno == ENOSYS) return copy_by_hand(input, run);
    return write_failure(target_, "write", errno);
  }
}

Status PendingFile::link_to(const fs::path& source, const RunContext& run) {
  // Beside the part, which keeps our lock until the end.
  const fs::path link = link_of(target_);
  ::unlink(link.c_str());
  // Of the file that is open, not of what its name leads to by now.
  TOKPREP_ASSIGN(const FileDescriptor input, open_input(source, run));
  const std::string opened = fmt::format("/proc/self/fd/{}", input.get());
  if (::linkat(AT_FDCWD, opened.c_str(), AT_FDCWD, link.c_str(), AT_SYMLINK_FOLLOW) != 0) return copy_from(input, run);
  link_ = link;
  return {};
}

Status PendingFile::copy_by_hand(const FileDescriptor& input, const RunContext& run) {
  std::vector<char> buffer(std::size_t{1} << 20);
  while (true) {
    TOKPREP_TRY(run.check_stop());
    const ssize_t got = ::read(input.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorCode::kIo, fmt::format("cannot read the source: {}", std::strerror(errno)), errno);
    if (got == 0) return {};
    TOKPREP_TRY(write({buffer.data(), static_cast<std::size_t>(got)}));
  }
}

void PendingFile::flush_ahead() const noexcept { (void)::sync_file_range(file_.get(), 0, 0, SYNC_FILE_RANGE_WRITE); }

Status PendingFile::commit() {
  if (::fsync(file_.get()) != 0) return write_failure(target_, "write", errno);
  if (::rename(path().c_str(), target_.c_str()) != 0) return write_failure(target_, "rename to", errno);
  // The part, which held the lock; and the link, which stays where it was another name of the target already.
  if (!link_.empty()) discard();
  part_.clear();
  const fs::path folder = target_.has_parent_path() ? target_.parent_path() : fs::path(".");
  const FileDescriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.valid()) ::fsync(directory.get());  // best effort: the rename itself has happened
  return {};
}

Status write_file(const fs::path& target, std::string_view bytes) {
  TOKPREP_ASSIGN(PendingFile file, PendingFile::create(target));
  TOKPREP_TRY(file.write(bytes));
  return file.commit();
}

}  // namespace tokprep
