#include "pipeline/scratch_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <string>
#include <system_error>
#include <utility>

namespace tokprep {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "tokprep-worker-";
constexpr std::time_t kYoung_s = 60;

FileDescriptor open_folder(const fs::path& path) {
  return FileDescriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

bool is_stale(const FileDescriptor& folder) {
  struct stat status {};
  if (::fstat(folder.get(), &status) != 0 || status.st_uid != ::geteuid()) return false;
  if (std::time(nullptr) - status.st_mtim.tv_sec < kYoung_s) return false;
  return ::flock(folder.get(), LOCK_EX | LOCK_NB) == 0;
}

/// A setting of the user's, most likely.
tl::unexpected<Error> no_temporary_folder(const std::error_code& why) {
  const char* variable = "TMPDIR";
  for (const char* one : {"TEMPDIR", "TEMP", "TMP", "TMPDIR"}) {  // as `temp_directory_path` asks them, the last first
    if (std::getenv(one) != nullptr) variable = one;
  }
  const char* set = std::getenv(variable);
  const std::string name = set != nullptr ? set : "/tmp";
  Error error;
  error.code = code_of_write_errno(why.value());
  error.file = name;
  error.native = why.value();
  error.message = fmt::format("cannot use {} as the folder for temporary files: {}", name, why.message());
  error.fix = fmt::format("set {} to a folder that is there", variable);
  return fail(std::move(error));
}

}  // namespace

ScratchFolder::ScratchFolder(fs::path path, FileDescriptor lock) : path_(std::move(path)), lock_(std::move(lock)) {}

ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}

ScratchFolder& ScratchFolder::operator=(ScratchFolder&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(lock_, other.lock_);
  return *this;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Result<ScratchFolder> ScratchFolder::create() {
  std::error_code error;
  const fs::path place = fs::temp_directory_path(error);
  if (error) return no_temporary_folder(error);
  sweep();
  std::string path = (place / (std::string(kPrefix) + "XXXXXX")).string();
  if (::mkdtemp(path.data()) == nullptr) return write_failure(path, "make", errno);
  ScratchFolder folder(path, open_folder(path));
  if (!folder.lock_.valid() || ::flock(folder.lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    return write_failure(path, "lock", errno);
  }
  return folder;
}

void ScratchFolder::sweep() {
  static SweepTimes sweeps;
  std::error_code error;
  const fs::path place = fs::temp_directory_path(error);
  if (!error && sweeps.is_due(std::chrono::steady_clock::now())) remove_stale_scratch(place);
}

ScratchUse ScratchFolder::use() const {
  ScratchUse use;
  std::error_code ignored;  // files come and go meanwhile
  for (fs::recursive_directory_iterator entry(path_, ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    struct stat status {};
    if (::lstat(entry->path().c_str(), &status) == 0) use.bytes += static_cast<std::uint64_t>(status.st_blocks) * 512;
    use.depth = std::max(use.depth, entry.depth());
    if (++use.files > ScratchUse::kMostFiles || use.depth > ScratchUse::kDeepest) break;
  }
  return use;
}

bool SweepTimes::is_due(std::chrono::steady_clock::time_point now) {
  auto next = next_.load();
  return now >= next && next_.compare_exchange_strong(next, now + std::chrono::seconds(kYoung_s));
}

void remove_stale_scratch(const fs::path& place) {
  std::error_code ignored;
  for (fs::directory_iterator entry(place, ignored), end; !ignored && entry != end; entry.increment(ignored)) {
    if (!entry->path().filename().string().starts_with(kPrefix)) continue;
    const FileDescriptor folder = open_folder(entry->path());
    std::error_code failed;
    if (folder.valid() && is_stale(folder)) fs::remove_all(entry->path(), failed);
  }
}

}  // namespace tokprep
