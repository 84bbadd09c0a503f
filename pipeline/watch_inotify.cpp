#include <fmt/format.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/file_descriptor.h"
#include "pipeline/open_writers.h"
#include "pipeline/watch_changes.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kTold = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_MODIFY |
                                IN_ATTRIB | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK;

constexpr int kBurstMs = 50;

// After this time without a write, whether a file is still open is asked.
constexpr std::chrono::seconds kSilence{2};

bool is_hidden(const std::string& name) { return name.starts_with('.'); }

bool is_below(const fs::path& path, const fs::path& folder) {
  const auto [end_of_folder, rest] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end_of_folder == folder.end();
}

}  // namespace

Result<std::unique_ptr<InotifyChanges>> InotifyChanges::open(const ChangesOptions& options) {
  std::unique_ptr<InotifyChanges> changes(new InotifyChanges(options));
  TOKPREP_TRY(changes->begin());
  return changes;
}

Status InotifyChanges::begin() {
  folders_.clear();
  written_.clear();
  inotify_ = FileDescriptor(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!inotify_.valid()) return fail(ErrorCode::kIo, fmt::format("inotify: {}", std::strerror(errno)), errno);
  return watch(options_.folder);
}

Status InotifyChanges::watch(const fs::path& folder) {
  std::error_code error;
  if (!options_.left_out.empty() && fs::equivalent(folder, options_.left_out, error)) return {};
  const int watch_descriptor = ::inotify_add_watch(inotify_.get(), folder.c_str(), kTold);
  if (watch_descriptor < 0) {
    // A folder below that is gone by now, or that may not be read, has nothing to tell.
    const bool is_lost = errno == ENOSPC || errno == ENOMEM || folder == options_.folder;
    if (!is_lost) return {};
    return fail(ErrorCode::kIo, fmt::format("no more inotify watches at {}: {}", folder.string(), std::strerror(errno)),
                errno);
  }
  folders_[watch_descriptor] = folder;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code gone;
    if (is_hidden(at->path().filename().string()) || at->is_symlink(gone) || !at->is_directory(gone)) continue;
    TOKPREP_TRY(watch(at->path()));
  }
  return {};
}

void InotifyChanges::forget(const fs::path& folder) {
  std::erase_if(folders_, [&](const auto& one) {
    if (!is_below(one.second, folder)) return false;
    ::inotify_rm_watch(inotify_.get(), one.first);
    return true;
  });
  std::erase_if(written_, [&](const auto& one) { return is_below(one.first, folder); });
}

/// A new time of modification alone is told as a write, too, and no closing follows it (touch -m, and many a copier).
bool InotifyChanges::is_closed(const fs::path& file) const {
  const auto place = written_.find(file);
  if (place == written_.end()) return true;
  if (std::chrono::steady_clock::now() - place->second < kSilence) return false;
  const auto opened = open_for_reading(file);
  return !opened || !is_open_for_writing(*opened);
}

bool InotifyChanges::wait(const Wakeup& bell, std::chrono::milliseconds patience) {
  std::array<pollfd, 2> ready{pollfd{inotify_.get(), POLLIN, 0}, pollfd{bell.fd(), POLLIN, 0}};
  if (::poll(ready.data(), ready.size(), static_cast<int>(patience.count())) <= 0) return false;
  if (ready[1].revents != 0) bell.hush();
  // Changes come in bursts, and writes one by one: a moment later all of them are taken at once.
  if (ready[0].revents != 0) ::poll(&ready[1], 1, kBurstMs);
  bool changed = false;
  alignas(inotify_event) std::array<char, 64 << 10> buffer{};
  for (ssize_t got = 0; (got = ::read(inotify_.get(), buffer.data(), buffer.size())) > 0;) {
    changed = take({buffer.data(), static_cast<std::size_t>(got)}) || changed;
  }
  return changed;
}

bool InotifyChanges::take(std::string_view events) {
  bool changed = false;
  while (events.size() >= sizeof(inotify_event)) {
    inotify_event event{};
    std::memcpy(&event, events.data(), sizeof event);
    const std::string_view name = events.substr(sizeof event, event.len);
    changed = take_one(event.wd, event.mask, std::string(name.substr(0, name.find('\0')))) || changed;
    events.remove_prefix(std::min(events.size(), sizeof event + event.len));
  }
  return changed;
}

bool InotifyChanges::take_one(int watch_descriptor, std::uint32_t what, const std::string& name) {
  if ((what & IN_Q_OVERFLOW) != 0) {
    exhausted_ = !begin();
    return true;
  }
  const auto place = folders_.find(watch_descriptor);
  if (place == folders_.end()) return false;
  if ((what & IN_IGNORED) != 0) {
    // A folder that is made anew at once may have the inode of the one before: nothing else tells that it is another.
    if (place->second == options_.folder) exhausted_ = true;
    folders_.erase(place);
    return true;
  }
  if (is_hidden(name)) return false;
  const fs::path path = place->second / name;
  if ((what & IN_ISDIR) != 0) {
    if ((what & (IN_MOVED_FROM | IN_DELETE)) != 0) forget(path);
    if ((what & (IN_MOVED_TO | IN_CREATE)) != 0) exhausted_ = !watch(path) || exhausted_;
    return true;
  }
  if ((what & IN_MODIFY) != 0) written_[path] = std::chrono::steady_clock::now();
  if ((what & (IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE)) != 0) written_.erase(path);
  return (what & IN_MODIFY) == 0;  // its end is worth a look, each write is not
}

}  // namespace tokprep
