#include "pipeline/worker_pool.h"

#include <utility>

namespace tokprep {

WorkerLease::WorkerLease(WorkerPool& pool, std::unique_ptr<Workers> workers, WorkLength length, unsigned generation)
    : pool_(&pool), workers_(std::move(workers)), length_(length), generation_(generation) {}

WorkerLease::WorkerLease(WorkerLease&& other) noexcept = default;

WorkerLease& WorkerLease::operator=(WorkerLease&& other) noexcept {
  give_back();
  pool_ = other.pool_;
  workers_ = std::move(other.workers_);
  length_ = other.length_;
  generation_ = other.generation_;
  return *this;
}

WorkerLease::~WorkerLease() { give_back(); }

std::optional<WorkerLease> WorkerLease::spare() const { return pool_->take_spare(); }

void WorkerLease::give_back() noexcept {
  if (workers_) pool_->put_back(std::move(workers_), length_, generation_);
}

WorkerPool::WorkerPool(LaneCounts lanes, const WorkerOptions& options) { renew(lanes, options); }

void WorkerPool::renew(LaneCounts lanes, const WorkerOptions& options) {
  std::vector<std::unique_ptr<Workers>> ended;  // takes a while: not under the lock
  {
    const std::lock_guard lock(mutex_);
    ++generation_;
    lanes_ = lanes;
    options_ = options;
    ended.swap(free_);
    for (std::size_t i = in_use_; i < lanes_.all; ++i) free_.push_back(std::make_unique<Workers>(options_));
  }
  freed_.notify_all();
}

Result<WorkerLease> WorkerPool::take(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  if (!freed_.wait(lock, std::move(stop), [&] { return !free_.empty(); })) {
    return fail(ErrorCode::kCancelled, "stopped");
  }
  return lease(WorkLength::kShort);
}

std::optional<WorkerLease> WorkerPool::take_spare(WorkLength length) {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) return std::nullopt;
  if (length == WorkLength::kLong && in_long_use_ >= lanes_.long_work) return std::nullopt;
  return lease(length);
}

WorkerLease WorkerPool::lease(WorkLength length) {
  std::unique_ptr<Workers> workers = std::move(free_.back());
  free_.pop_back();
  ++in_use_;
  if (length == WorkLength::kLong) ++in_long_use_;
  return {*this, std::move(workers), length, generation_};
}

void WorkerPool::put_back(std::unique_ptr<Workers> workers, WorkLength length, unsigned generation) {
  {
    const std::lock_guard lock(mutex_);
    --in_use_;
    if (length == WorkLength::kLong) --in_long_use_;
    if (in_use_ + free_.size() < lanes_.all) {
      if (generation == generation_) free_.push_back(std::move(workers));
      else free_.push_back(std::make_unique<Workers>(options_));
    }
  }
  freed_.notify_one();
  if (returned_) returned_();
}

}  // namespace tokprep
