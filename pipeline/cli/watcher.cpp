#include "pipeline/cli/watcher.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

#include "pipeline/cli/commands/prepare_item.h"
#include "pipeline/cli/inputs.h"

namespace tokprep::cli {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds kHeartbeat{2'000};
constexpr milliseconds kPauseWhileGone{1'000};
constexpr milliseconds kDefaultPoll{5'000};
constexpr std::chrono::seconds kLongestWithoutLook{60};  // should an event ever be lost
constexpr milliseconds kLeastBetweenLooks{200};
constexpr int kLookShare = 10;       // looking takes at most one part in so many of the time
constexpr int kPatienceForMore = 5;  // settle times, for what may still be joined by other files
constexpr std::size_t kMostInBatch = 256;

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
  const std::stop_callback on_stop(outer_.signals.token(), [this] { bell_.ring(); });
  const auto hangup = outer_.signals.on_hangup([this] {
    reload_ = true;
    bell_.ring();
  });
  manager_.ready();
  const auto began = std::chrono::steady_clock::now();
  while (!outer_.signals.token().stop_requested()) {
    turn();
    if (command_.once && is_over(began)) return finish(0);
  }
  manager_.stopping();
  batches_.clear();  // they have heard of the stop; waits for them
  return finish(exit_code(ErrorCode::kCancelled));
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

/// All that was there at the beginning has ended, or cannot be waited for.
bool Watcher::is_over(TimePoint began) {
  const std::lock_guard lock(mutex_);
  if (book_.running() > 0) return false;
  const auto waiting = book_.waiting();
  const auto patience = command_.settle_time * (kPatienceForMore + 1) + kHeartbeat;
  if (!waiting.empty() && std::chrono::steady_clock::now() < began + patience) return false;
  for (const std::string& item : waiting) out_.on(ItemNote{item, "left out: still being written"});
  return true;
}

int Watcher::finish(int code) {
  batches_.clear();
  Summary summary = out_.counts();
  if (code == 0 && summary.failed > 0) code = summary.done + summary.skipped > 0 ? 3 : out_.smallest_code();
  summary.exit_code = outer_.signals.exit_code(code);
  outer_.out.on(summary);
  return summary.exit_code;
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
    out_.on(ItemNote{"", fmt::format("the folder {} is gone; waiting for it to come back", inputs_.front().string())});
  }
  return false;
}

void Watcher::turn() {
  clear_ended_batches();
  if (reload_ && batches_.empty()) reload();
  tell_manager();
  if (!folder_is_there()) {
    bell_.wait(kPauseWhileGone);
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  if (wants_look(now) && now >= next_look_) look(now);
  if (changes_->wait(bell_, patience(std::chrono::steady_clock::now()))) look_again_ = true;
}

bool Watcher::wants_look(TimePoint now) {
  if (look_again_ || now - last_look_ > kLongestWithoutLook) return true;
  const std::lock_guard lock(mutex_);
  const auto due = book_.next_due();
  return due && *due <= now && has_room();
}

milliseconds Watcher::patience(TimePoint now) {
  TimePoint until = now + std::min(kHeartbeat, manager_.watchdog_interval().value_or(kHeartbeat) / 4);
  if (look_again_) until = std::min(until, next_look_);
  {
    const std::lock_guard lock(mutex_);
    const auto due = has_room() ? book_.next_due() : std::nullopt;
    if (due) until = std::min(until, std::max(*due, next_look_));
  }
  return std::max(milliseconds(1), std::chrono::ceil<milliseconds>(until - now));
}

void Watcher::look(TimePoint now) {
  look_again_ = false;
  last_look_ = now;
  CollectOptions options;
  options.output = command_.output_dir;
  auto list = collect_items(inputs_, options, outer_.signals.token());
  const bool is_empty = !list && list.error().code == ErrorCode::kUnsupportedInput;
  if (!list && !is_empty) return;  // a stop; or the folder goes away, which is seen next
  ItemList found = list ? std::move(*list) : ItemList{};
  std::vector<Item> items = split_where_asked(std::move(found.items), roots_, session_);
  tell_left_out(found.left_out, now);
  const auto seen = seen_of(items);
  std::vector<std::size_t> due;
  {
    const std::lock_guard lock(mutex_);
    due = book_.take(seen, has_room() ? kMostInBatch : 0, std::chrono::steady_clock::now());
  }
  std::vector<Item> batch;
  std::ranges::transform(due, std::back_inserter(batch), [&](std::size_t i) { return std::move(items[i]); });
  if (!batch.empty()) start(std::move(batch));
  const auto end = std::chrono::steady_clock::now();
  next_look_ = end + std::max<TimePoint::duration>(kLeastBetweenLooks, (end - now) * kLookShare);
}

std::vector<WatchBook::Seen> Watcher::seen_of(const std::vector<Item>& items) const {
  std::vector<WatchBook::Seen> seen;
  seen.reserve(items.size());
  for (const Item& item : items) {
    WatchBook::Seen one{item.name, look_of(item, inputs_.front()), command_.settle_time};
    const bool waits_for_words = command_.post && item.options.or_default() == PostOptions{};
    if (item.photo_folder || waits_for_words) one.quiet *= kPatienceForMore;
    one.is_being_written =
        !std::ranges::all_of(item.sources, [&](const fs::path& f) { return changes_->is_closed(f); });
    seen.push_back(std::move(one));
  }
  return seen;
}

/// Once, of what stays: a caption that comes before its media is not left out.
void Watcher::tell_left_out(const std::vector<LeftOut>& left_out, TimePoint now) {
  std::map<std::string, TimePoint> still;
  for (const LeftOut& one : left_out) {
    const std::string key = one.path.string() + '\0' + one.reason;
    const auto before = left_out_.find(key);
    TimePoint since = before == left_out_.end() ? now : before->second;
    if (since != TimePoint{} && now - since >= command_.settle_time * kPatienceForMore) {
      out_.on(ItemNote{one.path.string(), "left out: " + one.reason});
      since = TimePoint{};
    }
    still[key] = since;
  }
  left_out_ = std::move(still);
}

}  // namespace tokprep::cli
