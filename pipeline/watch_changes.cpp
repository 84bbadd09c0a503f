#include "pipeline/watch_changes.h"

#include <fmt/format.h>
#include <linux/magic.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/units.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

/// File systems whose other users' changes the kernel does not hear of.
struct RemoteKind {
  std::uint32_t magic;
  const char* name;
};
constexpr std::array kRemote = {
    RemoteKind{NFS_SUPER_MAGIC, "nfs"}, RemoteKind{SMB_SUPER_MAGIC, "smb"}, RemoteKind{0xFF534D42, "cifs"},
    RemoteKind{0xFE534D42, "smb2"},     RemoteKind{0x65735546, "fuse"},     RemoteKind{V9FS_MAGIC, "9p"},
    RemoteKind{0x00C36400, "ceph"},     RemoteKind{AFS_FS_MAGIC, "afs"},    RemoteKind{CODA_SUPER_MAGIC, "coda"},
    RemoteKind{0x0BD00BD0, "lustre"},   RemoteKind{0x786F4256, "vboxsf"}};

/// The name of the remote file system a folder lies on; null for a local one.
const char* remote_kind_of(const fs::path& folder) {
  struct statfs status {};
  if (::statfs(folder.c_str(), &status) != 0) return nullptr;
  const auto* kind = std::ranges::find(kRemote, static_cast<std::uint32_t>(status.f_type), &RemoteKind::magic);
  return kind == kRemote.end() ? nullptr : kind->name;
}

bool is_shortage(int number) { return number == ENOSPC || number == EMFILE || number == ENFILE || number == ENOMEM; }

/// Looks are all there is: something may have changed whenever it is time for one.
class PolledChanges final : public FolderChanges {
 public:
  PolledChanges(std::chrono::milliseconds interval, std::string why) : interval_(interval), why_(std::move(why)) {}

  bool wait(const Wakeup& bell, std::chrono::milliseconds patience) override {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_ - std::chrono::steady_clock::now());
    bell.wait(std::clamp(left, std::chrono::milliseconds(0), patience));
    if (std::chrono::steady_clock::now() < next_) return false;
    next_ = std::chrono::steady_clock::now() + interval_;
    return true;
  }

  [[nodiscard]] bool is_closed(const fs::path& /*file*/) const override { return true; }
  [[nodiscard]] std::string how() const override {
    return fmt::format("a look every {}: {}", format_duration(interval_), why_);
  }
  [[nodiscard]] bool is_exhausted() const override { return false; }

 private:
  std::chrono::milliseconds interval_;
  std::string why_;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace

Wakeup::Wakeup() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Wakeup::ring() const noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(event_.get(), &one, sizeof one);
}

void Wakeup::hush() const noexcept {
  std::uint64_t rung = 0;
  [[maybe_unused]] const auto got = ::read(event_.get(), &rung, sizeof rung);
}

void Wakeup::wait(std::chrono::milliseconds patience) const noexcept {
  pollfd ready{event_.get(), POLLIN, 0};
  if (::poll(&ready, 1, static_cast<int>(patience.count())) > 0) hush();
}

Result<std::unique_ptr<FolderChanges>> open_changes(const ChangesOptions& options) {
  std::error_code error;
  if (!fs::is_directory(options.folder, error)) {
    return fail(ErrorCode::kInputUnreadable, fmt::format("there is no folder {}", options.folder.string()));
  }
  const auto polled = [&](std::string why) {
    return std::unique_ptr<FolderChanges>(std::make_unique<PolledChanges>(options.poll, std::move(why)));
  };
  if (options.must_poll) return polled("--poll was given");
  if (const char* kind = remote_kind_of(options.folder); kind != nullptr)
    return polled(fmt::format("the file system {} tells nothing", kind));
  auto told = InotifyChanges::open(options);
  if (told) return std::unique_ptr<FolderChanges>(std::move(*told));
  if (!is_shortage(told.error().native)) return fail(std::move(told).error());
  return polled(fmt::format("{} (sysctl fs.inotify.max_user_watches)", told.error().message));
}

}  // namespace tokprep
