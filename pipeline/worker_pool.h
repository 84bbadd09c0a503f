#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "pipeline/workers.h"

namespace tokprep {

class WorkerPool;

/// What a worker is wanted for: something that may keep it for long, or a moment's work.
enum class WorkLength { kShort, kLong };

/// The use of one of a pool's workers; goes back when this ends. Movable; must not outlive the pool.
class WorkerLease {
 public:
  WorkerLease(WorkerLease&& other) noexcept;
  WorkerLease& operator=(WorkerLease&& other) noexcept;
  ~WorkerLease();

  /// Not after `give_back`.
  [[nodiscard]] Workers& workers() const { return *workers_; }

  /// Another one, if it is free right now, for a part of the item that can be done beside its others.
  [[nodiscard]] std::optional<WorkerLease> spare() const;

  /// For an item that will open no more media, but has a while to go: others convert meanwhile.
  void give_back() noexcept;

 private:
  friend class WorkerPool;
  WorkerLease(WorkerPool& pool, std::unique_ptr<Workers> workers, WorkLength length, unsigned generation);

  WorkerPool* pool_;
  std::unique_ptr<Workers> workers_;  ///< null once given back
  WorkLength length_;
  unsigned generation_;
};

/// How many workers a pool has, and how many of them long work may hold at a time.
struct LaneCounts {
  std::size_t all = 1;
  std::size_t long_work = all;
};

/// The workers of a run: as many as there are lanes, started when first needed, handed out one at a time, the one that
/// was used last first, as it is warm. Safe from several threads at once.
class WorkerPool {
 public:
  WorkerPool(LaneCounts lanes, const WorkerOptions& options);
  WorkerPool(std::size_t lanes, const WorkerOptions& options) : WorkerPool(LaneCounts{lanes}, options) {}

  /// From now on so many, and with these options: a worker that is in use is replaced when it comes back.
  void renew(LaneCounts lanes, const WorkerOptions& options);

  /// Is called whenever a worker has come back, by whoever had it; before the first one is taken.
  void on_return(std::function<void()> returned) { returned_ = std::move(returned); }

  /// Waits for a free one. Error: kCancelled.
  Result<WorkerLease> take(std::stop_token stop);

  /// One that is free right now, if this work may have it.
  std::optional<WorkerLease> take_spare(WorkLength length = WorkLength::kShort);

 private:
  friend class WorkerLease;
  void put_back(std::unique_ptr<Workers> workers, WorkLength length, unsigned generation);
  WorkerLease lease(WorkLength length);

  std::function<void()> returned_;
  std::mutex mutex_;
  std::condition_variable_any freed_;
  LaneCounts lanes_;  // by mutex_, as all below
  WorkerOptions options_;
  unsigned generation_ = 0;                     // of the options
  std::vector<std::unique_ptr<Workers>> free_;  // all of this generation
  std::size_t in_use_ = 0;
  std::size_t in_long_use_ = 0;
};

}  // namespace tokprep
