#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "pipeline/batch.h"
#include "pipeline/core_budget.h"
#include "pipeline/worker_pool.h"

namespace tokprep {

/// How long an item may keep a worker, at a guess.
WorkLength length_of(const Item& item);

/// Items on their way through the workers of a run: one pool, one budget of cores, and a line that more can join at any
/// time.
///
/// Items are begun in order, each once a worker is free for it; but where the only free lane is the one that is kept
/// for short work, the first short one. After a stop no item is begun; those that wait fail with kCancelled. An item
/// that fails with kNoSpace takes all with it that wait then: the disk is as full for them. Safe from several threads.
class ItemQueue {
 public:
  struct Entry {
    std::shared_ptr<const Item> item;
    ItemHandler handler;
    std::function<void(const ItemOutcome&)> ended;  ///< told how it ended, begun or not
  };

  /// Sends to `sink`, which must outlive it, everything but the final events of items that were begun.
  ItemQueue(const BatchOptions& options, EventSink& sink, std::stop_token stop);
  ItemQueue(const ItemQueue&) = delete;
  ItemQueue& operator=(const ItemQueue&) = delete;
  /// Waits until all have ended.
  ~ItemQueue();

  void add(std::vector<Entry> entries);

  /// How many of this length have not begun.
  [[nodiscard]] std::size_t waiting(WorkLength length) const;

  /// From now on with other workers and lanes: for items that begin later. `ahead` stays as it was.
  void renew(const BatchOptions& options);

 private:
  struct Waiting {
    Entry entry;
    std::size_t id = 0;
    CpuTime guess{0};
    WorkLength length = WorkLength::kShort;
  };
  /// One that begins, with its worker.
  struct Begun {
    Waiting waiting;
    WorkerLease lease;
  };

  void work();
  void lead(std::unique_lock<std::mutex>& lock);
  [[nodiscard]] bool is_over() const { return is_closed_ && waiting_.empty(); }
  std::optional<Begun> next();
  void hand_over();
  void run(Begun begun);
  ItemOutcome handle(const Waiting& waiting, WorkerLease& lease);
  void end(const Waiting& waiting, const ItemOutcome& outcome);
  void turn_away(ErrorCode why);

  EventSink& sink_;
  std::stop_token stop_;
  std::size_t ahead_;
  CoreBudget budget_;
  WorkerPool pool_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;  // for the one that leads: items, workers, the stop, the end
  std::condition_variable vacant_;   // for those that could lead
  std::deque<Waiting> waiting_;      // by mutex_, as all below
  bool keeps_lane_ = false;          // one that long work may not have
  std::size_t most_threads_ = 1;
  std::size_t next_id_ = 0;
  std::size_t idle_ = 0;  // threads that could lead
  bool has_leader_ = false;
  bool is_closed_ = false;
  std::vector<std::jthread> threads_;
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
};

/// How many lanes these options come to here.
LaneCounts lanes_of(const BatchOptions& options);

}  // namespace tokprep
