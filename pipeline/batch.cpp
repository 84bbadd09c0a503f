#include "pipeline/batch.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

#include "base/file_descriptor.h"
#include "codecs/sniff.h"
#include "pipeline/core_budget.h"

namespace tokprep {
namespace {

Summary summarise(const std::vector<ItemOutcome>& outcomes) {
  const auto count = [&](ItemState state) {
    return static_cast<int>(std::ranges::count(outcomes, state, &ItemOutcome::state));
  };
  return {static_cast<int>(outcomes.size()), count(ItemState::kDone), count(ItemState::kFailed),
          count(ItemState::kSkipped), exit_code_of(outcomes)};
}

std::size_t cores() { return std::max(1U, std::thread::hardware_concurrency()); }

std::size_t lanes_of(const BatchOptions& options, std::size_t items) {
  const std::size_t wanted = options.jobs > 0 ? static_cast<std::size_t>(options.jobs) : cores();
  return std::max<std::size_t>(1, std::min(wanted, items));
}

/// One run over the items; `take_items` is what each of its threads does.
class Batch {
 public:
  Batch(const std::vector<Item>& items, const BatchOptions& options, const ItemHandler& handler, EventSink& sink,
        std::stop_token stop)
      : items_(items),
        handler_(handler),
        sink_(sink),
        stop_(std::move(stop)),
        outcomes_(items.size()),
        budget_(static_cast<int>(cores()), static_cast<int>(lanes_of(options, items.size()))),
        pool_(lanes_of(options, items.size()), options.workers) {
    for (std::size_t i = 0; i < items.size(); ++i) budget_.expect(i, predicted_cost(items[i]));
  }

  void take_items() {
    while (true) {
      // The worker first, then the item: so items begin in order, and none is called begun that only waits.
      auto lease = pool_.take(stop_);
      const auto [i, begins] = next(lease.has_value());
      if (i >= items_.size()) return;
      outcomes_[i] = begins ? handle(i, *lease) : not_begun(items_[i]);
      budget_.finished(i);
      if (outcomes_[i].state == ItemState::kFailed && outcomes_[i].code == ErrorCode::kNoSpace) disk_is_full_ = true;
    }
  }

  [[nodiscard]] const std::vector<ItemOutcome>& outcomes() const { return outcomes_; }

 private:
  /// The next item, and whether it is begun. After one that is not, none is: an item may wait for those before it.
  std::pair<std::size_t, bool> next(bool has_worker) {
    const std::scoped_lock lock(mutex_);
    begins_ = begins_ && has_worker && !stop_.stop_requested() && !disk_is_full_;
    return {next_++, begins_};
  }

  ItemOutcome handle(std::size_t i, WorkerLease& lease) {
    const Item& item = items_[i];
    RunContext run;
    run.stop = stop_;
    run.progress = [&](const Progress& progress) {
      if (progress.stage == "transcode") budget_.progress(i, progress.done);
      sink_.on(ItemProgress{item.name, progress.stage, progress.done});
    };
    run.threads_for = [&](CpuTime cost) { return budget_.threads_for(i, cost); };
    sink_.on(ItemStarted{item.name, item_kind(item)});
    return handler_(item, lease, run);
  }

  ItemOutcome not_begun(const Item& item) {
    Error error;
    error.code = stop_.stop_requested() ? ErrorCode::kCancelled : ErrorCode::kNoSpace;
    error.file = item.name;
    error.message = stop_.stop_requested() ? "stopped before it was begun" : "not begun: the disk is full";
    if (!stop_.stop_requested()) error.fix = "make room and run again: what is done stays done";
    const ErrorCode code = error.code;
    sink_.on(ItemFailed{item.name, std::move(error), Json::array()});
    return {ItemState::kFailed, code};
  }

  const std::vector<Item>& items_;
  const ItemHandler& handler_;
  EventSink& sink_;
  std::stop_token stop_;
  std::vector<ItemOutcome> outcomes_;
  std::mutex mutex_;
  std::size_t next_ = 0;  // by mutex_
  bool begins_ = true;    // by mutex_
  std::atomic<bool> disk_is_full_{false};
  CoreBudget budget_;
  WorkerPool pool_;
};

}  // namespace

std::string item_kind(const Item& item) {
  if (item.photo_folder) return "image";
  if (item.kind) return std::string(name_of(*item.kind));
  const auto head = read_head(item.sources.front(), kSniffBytes);
  return head && sniff(*head) == Sniffed::kImage ? "image" : "video";
}

int exit_code_of(const std::vector<ItemOutcome>& outcomes) {
  int smallest = 0;
  bool any_good = false;
  bool disk_full = false;
  for (const ItemOutcome& outcome : outcomes) {
    if (outcome.state != ItemState::kFailed) {
      any_good = true;
      continue;
    }
    if (outcome.code == ErrorCode::kCancelled) return exit_code(ErrorCode::kCancelled);
    disk_full = disk_full || outcome.code == ErrorCode::kNoSpace;
    const int code = exit_code(outcome.code);
    smallest = smallest == 0 ? code : std::min(smallest, code);
  }
  if (disk_full) return exit_code(ErrorCode::kNoSpace);
  return smallest != 0 && any_good ? 3 : smallest;
}

Summary run_batch(const std::vector<Item>& items, const BatchOptions& options, const ItemHandler& handler,
                  EventSink& sink, std::stop_token stop) {
  Batch batch(items, options, handler, sink, std::move(stop));
  {
    const std::size_t wanted = lanes_of(options, items.size()) + static_cast<std::size_t>(std::max(options.ahead, 0));
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < std::min(wanted, items.size()); ++i) threads.emplace_back([&] { batch.take_items(); });
  }
  const Summary summary = summarise(batch.outcomes());
  sink.on(summary);
  return summary;
}

}  // namespace tokprep
