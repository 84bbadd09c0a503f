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
constexpr std::size_t kMostInBatch = 256;

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
  take_up(split_where_asked(std::move(found.items), roots_, session_));
  const auto end = std::chrono::steady_clock::now();
  const int share = command_.once ? 1 : kLookShare;
  next_look_ = end + std::max<TimePoint::duration>(kLeastBetweenLooks, (end - now) * share);
}

/// What is due of all that is there is begun, as far as there is room; the rest is kept.
void Watcher::take_up(std::vector<Item> items) {
  std::vector<WatchBook::Seen> seen;
  seen.reserve(items.size());
  for (const Item& item : items) seen.push_back(seen_of(item));
  const auto now = std::chrono::steady_clock::now();
  WatchBook::Due due;
  {
    const std::lock_guard lock(mutex_);
    due = book_.take(seen, has_room() ? kMostInBatch : 0, now);
    found_nothing_due_ = due.left.empty() && book_.running() == 0;
  }
  if (!all_quiet_) all_quiet_ = now + command_.settle_time * (kPatienceForMore + 1) + kSlack;
  std::vector<Item> batch;
  std::ranges::transform(due.begun, std::back_inserter(batch), [&](std::size_t i) { return std::move(items[i]); });
  surplus_.clear();
  std::ranges::transform(due.left, std::back_inserter(surplus_), [&](std::size_t i) { return std::move(items[i]); });
  if (!batch.empty()) start(std::move(batch));
}

/// Goes on with what the last look found due, as far as it is still so.
void Watcher::start_surplus() {
  std::vector<Item> items;
  for (; !surplus_.empty() && items.size() < kMostInBatch; surplus_.pop_front()) {
    const WatchBook::Seen seen = seen_of(surplus_.front());
    const std::lock_guard lock(mutex_);
    if (book_.take_one(seen, std::chrono::steady_clock::now())) items.push_back(std::move(surplus_.front()));
    else look_again_ = true;
  }
  if (!items.empty()) start(std::move(items));
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
