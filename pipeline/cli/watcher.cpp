#include "pipeline/cli/watcher.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "pipeline/cli/inputs.h"

namespace tokprep::cli {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds kHeartbeat{2'000};
constexpr milliseconds kPauseWhileGone{1'000};
constexpr milliseconds kDefaultPoll{5'000};
constexpr std::chrono::seconds kLongestWithoutLook{60};  // should an event ever be lost

/// "drop/" and "./drop" are "drop", as the walk of a folder names its files.
fs::path plain(const fs::path& folder) {
  const fs::path normal = folder.lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

std::optional<std::pair<dev_t, ino_t>> id_of(const fs::path& folder) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return std::nullopt;
  return std::pair{status.st_dev, status.st_ino};
}

}  // namespace

Watcher::Watcher(const WatchCommand& command, Session& session)
    : command_(command),
      outer_(session),
      out_(session.out, command.output_dir, !session.options.dry_run),
      session_{session.options, session.settings, session.rules, session.keys, out_, session.signals, session.observer},
      inputs_{plain(command.folder)} {}

int Watcher::run() {
  if (Status begun = begin(); !begun) return outer_.give_up(begun.error());
  const std::stop_callback on_stop(outer_.signals.token(), [this] {
    stop_.request_stop();
    bell_.ring();
  });
  const auto hangup = outer_.signals.on_hangup([this] {
    reload_ = true;
    bell_.ring();
  });
  queue_ = std::make_unique<ItemQueue>(queue_options(), out_, stop_.get_token());
  manager_.ready();
  while (!outer_.signals.token().stop_requested()) {
    if (Status locked = keep_outputs_locked(); !locked) return give_up(locked.error());
    turn();
    if (command_.once && failure_) return finish(exit_code(failure_->code));
    if (command_.once && is_over()) return finish(0);
  }
  manager_.stopping();
  return finish(exit_code(ErrorCode::kCancelled));  // the queue has heard of the stop
}

BatchOptions Watcher::queue_options() {
  BatchOptions options = session_.batch_options(command_.post ? kUploadsAhead : 0);
  options.keeps_short_lane = true;
  // Later on the watch's own workers have a part of the memory that decides.
  if (options.jobs == 0) {
    if (!auto_lanes_) auto_lanes_ = static_cast<int>(lanes_of(options).all);
    options.jobs = *auto_lanes_;
  }
  return options;
}

/// Nothing is under way.
bool Watcher::is_idle() {
  const std::lock_guard lock(mutex_);
  return book_.running() == 0;
}

Status Watcher::begin() {
  std::error_code error;
  if (fs::equivalent(inputs_.front(), command_.output_dir, error)) {
    return fail(ErrorCode::kInvalidArgument, "the results cannot go into the folder that is watched");
  }
  if (!outer_.options.dry_run) TOKPREP_TRY(lock_outputs());
  TOKPREP_TRY(open_changes_again());
  roots_ = settings_roots({inputs_, false, {}, {}});
  TOKPREP_ASSIGN(calendar_, read_calendar(command_.calendar, system_clock().now()));
  if (command_.post && !outer_.options.dry_run) TOKPREP_TRY(open_service());
  return {};
}

/// All that was there at the beginning has ended, or cannot be waited for: a look after it all had to be settled found
/// nothing to be done.
bool Watcher::is_over() {
  if (!all_quiet_ || has_surplus()) return false;
  const std::lock_guard lock(mutex_);
  if (book_.running() > 0) return false;
  const auto waiting = book_.waiting();
  if (!waiting.empty() && !(found_nothing_due_ && last_look_ >= *all_quiet_)) return false;
  for (const std::string& item : waiting) out_.on(ItemNote{item, "left out: still being written"});
  return true;
}

/// True where only a look tells whether it is over.
bool Watcher::needs_last_look(TimePoint now) {
  if (!command_.once || !all_quiet_ || now < *all_quiet_) return false;
  return is_idle() && !has_surplus() && !(found_nothing_due_ && last_look_ >= *all_quiet_);
}

int Watcher::finish(int code) {
  queue_.reset();  // waits for what is under way
  Summary summary = out_.counts();
  if (code == 0) code = out_.exit_code();
  summary.exit_code = outer_.signals.exit_code(code);
  outer_.out.on(summary);
  return summary.exit_code;
}

/// Others may not be disturbed by what is under way: that is stopped.
int Watcher::give_up(const Error& error) {
  manager_.stopping();
  stop_.request_stop();
  outer_.out.failure(error);
  return finish(exit_code(error.code));
}

Status Watcher::open_changes_again() {
  ChangesOptions options;
  options.folder = inputs_.front();
  options.left_out = command_.output_dir;
  options.must_poll = command_.poll.has_value();
  options.poll = command_.poll.value_or(kDefaultPoll);
  TOKPREP_ASSIGN(changes_, open_changes(options));
  folder_id_ = id_of(inputs_.front()).value_or(std::pair<dev_t, ino_t>{});
  look_again_ = true;
  out_.on(ItemNote{"", fmt::format("watching {} ({})", inputs_.front().string(), changes_->how())});
  return {};
}

/// A folder that is removed or unmounted comes back, mostly: it is waited for, and what is under way goes on.
bool Watcher::folder_is_there() {
  const auto id = id_of(inputs_.front());
  if (id == folder_id_ && changes_ && !changes_->is_exhausted()) return true;
  changes_.reset();
  if (id && open_changes_again()) {
    is_gone_ = false;
    return true;
  }
  if (!std::exchange(is_gone_, true)) {
    const std::string gone = fmt::format("the folder {} is gone", inputs_.front().string());
    if (command_.once) fail_look(fail(ErrorCode::kInputUnreadable, gone).value(), std::chrono::steady_clock::now());
    else out_.on(ItemNote{"", gone + "; waiting for it to come back"});
  }
  return false;
}

void Watcher::turn() {
  if (reload_) reload();
  tell_manager();
  if (!folder_is_there()) {
    bell_.wait(kPauseWhileGone);
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  if (wants_look(now) && now >= next_look_) look(now);
  // What is posted is to be posted with the words that are there now.
  const bool must_look_first = command_.post && look_again_;
  if (!must_look_first) {
    start_surplus(WorkLength::kShort);
    start_surplus(WorkLength::kLong);
  }
  if (changes_->wait(bell_, patience(std::chrono::steady_clock::now()))) look_again_ = true;
}

bool Watcher::wants_look(TimePoint now) {
  if (look_again_ || now - last_look_ > kLongestWithoutLook || needs_last_look(now)) return true;
  const auto due = next_due();
  return due && *due <= now;
}

/// When the next item is due that the last look did not find so.
std::optional<Watcher::TimePoint> Watcher::next_due() {
  const std::lock_guard lock(mutex_);
  return book_.next_due(has_surplus() ? taken_up_ : TimePoint::min());
}

milliseconds Watcher::patience(TimePoint now) {
  TimePoint until = now + std::min(kHeartbeat, manager_.watchdog_interval().value_or(kHeartbeat) / 4);
  if (look_again_ || needs_last_look(now)) until = std::min(until, next_look_);
  if (command_.once && all_quiet_ && now < *all_quiet_) until = std::min(until, *all_quiet_);
  if (const auto due = next_due()) until = std::min(until, std::max(*due, next_look_));
  return std::max(milliseconds(1), std::chrono::ceil<milliseconds>(until - now));
}

}  // namespace tokprep::cli
