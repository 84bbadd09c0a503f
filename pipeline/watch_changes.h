#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/file_descriptor.h"
#include "base/result.h"

namespace tokprep {

/// A bell that wakes one waiting thread, from any other thread.
class Wakeup {
 public:
  Wakeup();
  void ring() const noexcept;
  void hush() const noexcept;
  /// Returns when it was rung, or after `patience`.
  void wait(std::chrono::milliseconds patience) const noexcept;
  [[nodiscard]] int fd() const { return event_.get(); }

 private:
  FileDescriptor event_;
};

/// Tells that something in a folder has, or may have, changed. What it is now only a look tells: events are lost and
/// doubled, and that must not matter.
class FolderChanges {
 public:
  virtual ~FolderChanges() = default;

  /// Returns when something may have changed, `patience` has passed, or `bell` was rung; true for the first.
  virtual bool wait(const Wakeup& bell, std::chrono::milliseconds patience) = 0;

  /// False where somebody is known to hold the file open for writing.
  [[nodiscard]] virtual bool is_closed(const std::filesystem::path& file) const = 0;

  /// For people: "told by inotify", "a look every 5 s: the file system nfs tells nothing".
  [[nodiscard]] virtual std::string how() const = 0;

  /// True once it can no longer tell everything and another is to be opened.
  [[nodiscard]] virtual bool is_exhausted() const = 0;
};

struct ChangesOptions {
  std::filesystem::path folder;
  std::filesystem::path left_out;  ///< a folder in it that is none of its business
  std::chrono::milliseconds poll{5'000};
  bool must_poll = false;
};

/// By inotify; by looking every `poll` where that was asked for, on network file systems, and where the system has no
/// more watches to give. Errors: kInputUnreadable: the folder is not there.
Result<std::unique_ptr<FolderChanges>> open_changes(const ChangesOptions& options);

/// By inotify, in every folder below `folder` that is not hidden.
///
/// Files that were written to and not yet closed are remembered. After more events than the system keeps (an overflow)
/// everything is watched anew, and everything may have changed.
class InotifyChanges final : public FolderChanges {
 public:
  /// Errors: kIo, with ENOSPC, EMFILE or ENFILE as `native` where the system gives no more watches.
  static Result<std::unique_ptr<InotifyChanges>> open(const ChangesOptions& options);

  bool wait(const Wakeup& bell, std::chrono::milliseconds patience) override;
  [[nodiscard]] bool is_closed(const std::filesystem::path& file) const override;
  [[nodiscard]] std::string how() const override { return "told by inotify"; }
  [[nodiscard]] bool is_exhausted() const override { return exhausted_; }

  /// Events as the system writes them; true where one of them says that something changed.
  bool take(std::string_view events);

  [[nodiscard]] std::size_t folders() const { return folders_.size(); }

 private:
  explicit InotifyChanges(ChangesOptions options) : options_(std::move(options)) {}
  Status begin();
  Status watch(const std::filesystem::path& folder);
  void forget(const std::filesystem::path& folder);
  bool take_one(int watch, std::uint32_t what, const std::string& name);

  ChangesOptions options_;
  FileDescriptor inotify_;
  std::map<int, std::filesystem::path> folders_;  // by watch descriptor
  /// Written to and not yet closed, and when that was told last.
  std::map<std::filesystem::path, std::chrono::steady_clock::time_point> written_;
  bool exhausted_ = false;
};

}  // namespace tokprep
