#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "pipeline/workers.h"

namespace tokprep {

class WorkerPool;

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
  WorkerLease(WorkerPool& pool, std::unique_ptr<Workers> workers);

  WorkerPool* pool_;
  std::unique_ptr<Workers> workers_;  ///< null once given back
};

/// The workers of a run: as many as there are lanes, started when first needed, handed out one at a time, the one that
/// was used last first, as it is warm. Safe from several threads at once.
class WorkerPool {
 public:
  WorkerPool(std::size_t lanes, WorkerOptions options);

  /// Waits for a free one. Error: kCancelled.
  Result<WorkerLease> take(std::stop_token stop);

  /// One that is free right now.
  std::optional<WorkerLease> take_spare();

 private:
  friend class WorkerLease;
  void put_back(std::unique_ptr<Workers> workers);
  WorkerLease lease();

  std::mutex mutex_;
  std::condition_variable_any freed_;
  std::vector<std::unique_ptr<Workers>> free_;
};

}  // namespace tokprep
