#include "pipeline/item_queue.h"

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

#include "pipeline/machine.h"

namespace tokprep {
namespace {

// Nobody minds waiting so long for a picture.
constexpr CpuTime kShortWork{20};

WorkLength length_of(CpuTime cost) { return cost > kShortWork ? WorkLength::kLong : WorkLength::kShort; }

ItemOutcome tell_not_begun(const Item& item, ErrorCode why, EventSink& sink) {
  const bool stopped = why == ErrorCode::kCancelled;
  Error error;
  error.code = why;
  error.file = item.name;
  error.message = stopped ? "stopped before it was begun" : "not begun: the disk is full";
  if (!stopped) error.fix = "make room and run again: what is done stays done";
  sink.on(ItemFailed{item.name, std::move(error), Json::array(), {}, false});
  return {ItemState::kFailed, why};
}

}  // namespace

WorkLength length_of(const Item& item) { return length_of(predicted_cost(item)); }

LaneCounts lanes_of(const BatchOptions& options) {
  const int extra = options.keeps_short_lane ? 1 : 0;
  const int wanted = options.jobs > 0 ? options.jobs : lanes_for(usable_cores(), available_memory_bytes(), extra);
  const auto all = static_cast<std::size_t>(std::max(1, wanted));
  return {all, options.keeps_short_lane && all > 1 ? all - 1 : all};
}

ItemQueue::ItemQueue(const BatchOptions& options, EventSink& sink, std::stop_token stop)
    : sink_(sink),
      stop_(std::move(stop)),
      ahead_(static_cast<std::size_t>(std::max(options.ahead, 0))),
      budget_(usable_cores(), 1),
      pool_(1, options.workers) {
  renew(options);
  const auto look_again = [this] {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  };
  pool_.on_return(look_again);
  on_stop_.emplace(stop_, look_again);
}

ItemQueue::~ItemQueue() {
  std::unique_lock lock(mutex_);
  is_closed_ = true;
  changed_.notify_all();
  vacant_.notify_all();
  while (!threads_.empty()) {  // which may still begin others
    std::jthread thread = std::move(threads_.back());
    threads_.pop_back();
    lock.unlock();
    thread.join();
    lock.lock();
  }
}

void ItemQueue::renew(const BatchOptions& options) {
  const LaneCounts lanes = lanes_of(options);
  budget_.share_among(static_cast<int>(lanes.long_work));
  pool_.renew(lanes, options.workers);
  const std::lock_guard lock(mutex_);
  most_threads_ = lanes.all + ahead_;
  keeps_lane_ = lanes.long_work < lanes.all;
  changed_.notify_all();
  if (!has_leader_ && !waiting_.empty()) hand_over();
}

void ItemQueue::add(std::vector<Entry> entries) {
  std::vector<Waiting> all;
  all.reserve(entries.size());
  for (Entry& entry : entries) {
    const CpuTime cost = predicted_cost(*entry.item);
    all.push_back({std::move(entry), 0, cost, length_of(cost)});
  }
  const std::lock_guard lock(mutex_);
  for (Waiting& one : all) {
    one.id = next_id_++;
    budget_.expect(one.id, one.guess);
  }
  std::ranges::move(all, std::back_inserter(waiting_));
  changed_.notify_all();
  if (!has_leader_) hand_over();
}

std::size_t ItemQueue::waiting(WorkLength length) const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::ranges::count(waiting_, length, &Waiting::length));
}

/// What each thread does: one at a time leads, that is, waits for the next item that can begin and for its worker, and
/// lets another lead while it handles it.
void ItemQueue::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    vacant_.wait(lock, [&] { return !has_leader_ || is_over(); });
    --idle_;
    if (is_over()) break;
    lead(lock);
  }
  changed_.notify_all();
  vacant_.notify_all();
}

void ItemQueue::lead(std::unique_lock<std::mutex>& lock) {
  std::optional<Begun> begun;
  has_leader_ = true;
  changed_.wait(lock, [&] {
    if (is_over() || (stop_.stop_requested() && !waiting_.empty())) return true;
    begun = next();
    return begun.has_value();
  });
  has_leader_ = false;
  if (is_over() && !begun) return;
  if (begun && !waiting_.empty()) hand_over();
  lock.unlock();
  if (begun) run(std::move(*begun));
  else turn_away(ErrorCode::kCancelled);
  lock.lock();
}

/// The first that can begin right now, taken out of the line.
std::optional<ItemQueue::Begun> ItemQueue::next() {
  if (waiting_.empty()) return std::nullopt;
  auto place = waiting_.begin();
  auto lease = pool_.take_spare(place->length);
  if (!lease) {
    // Past the first only onto a lane that it may not have. Elsewhere one that came free since would go to the wrong
    // item, and items that wait for the turn of an earlier one count on that having begun.
    if (!keeps_lane_ || place->length == WorkLength::kShort) return std::nullopt;
    place = std::ranges::find(waiting_, WorkLength::kShort, &Waiting::length);
    if (place == waiting_.end()) return std::nullopt;
    lease = pool_.take_spare(WorkLength::kShort);
    if (!lease) return std::nullopt;
  }
  Begun begun{std::move(*place), std::move(*lease)};
  waiting_.erase(place);
  return begun;
}

/// Sees to it that somebody leads. Where the system has no further thread to give, those that are there have to do:
/// whoever ends its item leads next.
void ItemQueue::hand_over() {
  if (idle_ > 0) return vacant_.notify_one();
  if (threads_.size() >= most_threads_) return;
  try {
    threads_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    if (threads_.empty()) throw;
    most_threads_ = threads_.size();
  }
}

void ItemQueue::run(Begun begun) {
  const ItemOutcome outcome = handle(begun.waiting, begun.lease);
  end(begun.waiting, outcome);
  if (outcome.state == ItemState::kFailed && outcome.code == ErrorCode::kNoSpace) turn_away(ErrorCode::kNoSpace);
  begun.lease.give_back();  // only now: what waits on a full disk shall not begin before it is turned away
}

ItemOutcome ItemQueue::handle(const Waiting& waiting, WorkerLease& lease) {
  const Item& item = *waiting.entry.item;
  RunContext run;
  run.stop = stop_;
  run.progress = [&](const Progress& progress) {
    if (progress.stage == "transcode") budget_.progress(waiting.id, progress.done);
    sink_.on(ItemProgress{item.name, progress.stage, progress.done});
  };
  run.threads_for = [&](CpuTime cost) { return budget_.threads_for(waiting.id, cost); };
  sink_.on(ItemStarted{item.name, item_kind(item)});
  return waiting.entry.handler(item, lease, run);
}

void ItemQueue::end(const Waiting& waiting, const ItemOutcome& outcome) {
  budget_.finished(waiting.id);
  if (waiting.entry.ended) waiting.entry.ended(outcome);
}

void ItemQueue::turn_away(ErrorCode why) {
  std::deque<Waiting> away;
  {
    const std::lock_guard lock(mutex_);
    away.swap(waiting_);
    changed_.notify_all();
  }
  for (const Waiting& one : away) end(one, tell_not_begun(*one.entry.item, why, sink_));
}

}  // namespace tokprep
