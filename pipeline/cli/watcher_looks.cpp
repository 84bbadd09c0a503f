#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "pipeline/cli/commands/prepare_item.h"
#include "pipeline/cli/watcher.h"
#include "pipeline/folder_settle.h"

namespace tokprep::cli {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds kLeastBetweenLooks{200};
constexpr milliseconds kPauseAfterFailure{5'000};
constexpr milliseconds kSlack{2'000};
constexpr int kLookShare = 10;       // looking takes at most one part in so many of the time
constexpr int kPatienceForMore = 5;  // settle times, for what may still be joined by other files
// Waiting in the queue: so many that no lane waits for the next one, so few that they are mostly still as they were
// seen.
constexpr std::size_t kMostShortWaiting = 32;
constexpr std::size_t kMostLongWaiting = 2;

}  // namespace

void Watcher::look(TimePoint now) {
  look_again_ = false;
  last_look_ = now;
  CollectOptions options;
  options.output = command_.output_dir;
  auto list = collect_items(inputs_, options, outer_.signals.token());
  const bool is_empty = !list && list.error().code == ErrorCode::kUnsupportedInput;
  if (!list && !is_empty) return fail_look(list.error(), now);
  if (std::exchange(failure_, std::nullopt)) {
    out_.on(ItemNote{"", fmt::format("the folder {} can be read again", inputs_.front().string())});
  }
  ItemList found = list ? std::move(*list) : ItemList{};
  tell_left_out(found.left_out, now);
  std::vector<Item> items = split_where_asked(std::move(found.items), roots_, session_);
  out_.forget_others(items);
  take_up(std::move(items));
  const auto end = std::chrono::steady_clock::now();
  const int share = command_.once ? 1 : kLookShare;
  next_look_ = end + std::max<TimePoint::duration>(kLeastBetweenLooks, (end - now) * share);
}

/// What is due of all that is there is kept, to be begun as there is room for it.
void Watcher::take_up(std::vector<Item> items) {
  std::vector<WatchBook::Seen> seen;
  seen.reserve(items.size());
  for (const Item& item : items) seen.push_back(seen_of(item));
  const auto now = std::chrono::steady_clock::now();
  std::vector<std::size_t> places;
  bool is_idle = false;
  {
    const std::lock_guard lock(mutex_);
    places = book_.take(seen, now);
    is_idle = book_.running() == 0;
  }
  found_nothing_due_ = places.empty() && is_idle;
  taken_up_ = now;
  if (!all_quiet_) all_quiet_ = now + command_.settle_time * (kPatienceForMore + 1) + kSlack;
  surplus_ = {};
  if (places.empty()) return;
  // One that counted as down is asked anew, with all its retries, once nobody else uses it.
  if (service_ && is_idle && !service_->health().check()) {
    if (auto fresh = Service::open(session_.settings, session_.keys)) service_ = std::move(*fresh);
  }
  std::vector<Item> due;
  std::ranges::transform(places, std::back_inserter(due), [&](std::size_t i) { return items[i]; });
  if (is_idle) out_.expect(due);
  else out_.expect_more(due);
  const auto round = std::make_shared<Round>(std::move(items), session_, service_);
  for (const std::size_t i : places) {
    const Item& item = round->items[i];
    const bool is_short = length_of(item) == WorkLength::kShort;
    (is_short ? surplus_.short_work : surplus_.long_work).push_back({round, &item});
  }
}

bool Watcher::has_room(WorkLength length) const {
  return queue_->waiting(length) < (length == WorkLength::kShort ? kMostShortWaiting : kMostLongWaiting);
}

/// Goes on with what the last look found due, as far as it is still so.
void Watcher::start_surplus(WorkLength length) {
  std::deque<Due>& surplus = length == WorkLength::kShort ? surplus_.short_work : surplus_.long_work;
  while (!surplus.empty() && has_room(length)) {
    std::vector<Due> begun;
    for (; !surplus.empty() && begun.size() < kMostLongWaiting; surplus.pop_front()) {
      const WatchBook::Seen seen = seen_of(*surplus.front().item);
      const std::lock_guard lock(mutex_);
      if (book_.begin(seen, std::chrono::steady_clock::now())) begun.push_back(std::move(surplus.front()));
      else look_again_ = true;
    }
    if (!begun.empty()) start(begun);
  }
}

/// A folder that is there but cannot be read: said once, and tried again.
void Watcher::fail_look(const Error& error, TimePoint now) {
  if (error.code == ErrorCode::kCancelled) return;
  if (!failure_) out_.failure(error);
  failure_ = error;
  look_again_ = true;
  next_look_ = now + kPauseAfterFailure;
  if (command_.once) bell_.ring();  // nothing is waited for
}

WatchBook::Seen Watcher::seen_of(const Item& item) const {
  WatchBook::Seen seen{item.name, look_of(item, inputs_.front()), command_.settle_time};
  const bool waits_for_words = command_.post && item.options.or_default() == PostOptions{};
  if (item.photo_folder || waits_for_words) seen.quiet *= kPatienceForMore;
  seen.is_being_written = !std::ranges::all_of(item.sources, [&](const fs::path& f) { return changes_->is_closed(f); });
  seen.is_unfinished = [&item] {
    return std::ranges::any_of(item.sources, is_unfinished) || (item.cover && is_unfinished(*item.cover));
  };
  seen.stem = to_lower(item.output_stem.native());
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
