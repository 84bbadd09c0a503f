#include "pipeline/worker_pool.h"

#include <utility>

namespace tokprep {

WorkerLease::WorkerLease(WorkerPool& pool, std::unique_ptr<Workers> workers)
    : pool_(&pool), workers_(std::move(workers)) {}

WorkerLease::WorkerLease(WorkerLease&& other) noexcept = default;

WorkerLease& WorkerLease::operator=(WorkerLease&& other) noexcept {
  give_back();
  pool_ = other.pool_;
  workers_ = std::move(other.workers_);
  return *this;
}

WorkerLease::~WorkerLease() { give_back(); }

std::optional<WorkerLease> WorkerLease::spare() const { return pool_->take_spare(); }

void WorkerLease::give_back() noexcept {
  if (workers_) pool_->put_back(std::move(workers_));
}

WorkerPool::WorkerPool(std::size_t lanes, WorkerOptions options) {
  for (std::size_t i = 0; i < lanes; ++i) free_.push_back(std::make_unique<Workers>(options));
}

Result<WorkerLease> WorkerPool::take(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  if (!freed_.wait(lock, std::move(stop), [&] { return !free_.empty(); })) {
    return fail(ErrorCode::kCancelled, "stopped");
  }
  return lease();
}

std::optional<WorkerLease> WorkerPool::take_spare() {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) return std::nullopt;
  return lease();
}

WorkerLease WorkerPool::lease() {
  std::unique_ptr<Workers> workers = std::move(free_.back());
  free_.pop_back();
  return {*this, std::move(workers)};
}

void WorkerPool::put_back(std::unique_ptr<Workers> workers) {
  const std::lock_guard lock(mutex_);
  free_.push_back(std::move(workers));
  freed_.notify_one();
}

}  // namespace tokprep
