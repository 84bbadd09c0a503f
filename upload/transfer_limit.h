#pragma once

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stop_token>

#include "base/result.h"

namespace tokprep {

/// Lets a few transfers run at the same time; the others wait. Thread-safe. Must outlive its places.
class TransferLimit {
 public:
  explicit TransferLimit(int places) : free_(std::max(places, 1)) {}
  TransferLimit(const TransferLimit&) = delete;
  TransferLimit& operator=(const TransferLimit&) = delete;

  /// The right to one transfer, for as long as it lives.
  class Place {
   public:
    explicit Place(TransferLimit& limit) : limit_(&limit) {}
    Place(Place&& other) noexcept : limit_(other.limit_) { other.limit_ = nullptr; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (limit_ != nullptr) limit_->give_back();
    }

   private:
    TransferLimit* limit_;
  };

  /// Waits for a place. Error: kCancelled by a stop.
  Result<Place> take(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!freed_.wait(lock, stop, [&] { return free_ > 0; })) return fail(ErrorCode::kCancelled, "stopped");
    --free_;
    return Place(*this);
  }

 private:
  void give_back() {
    {
      const std::scoped_lock lock(mutex_);
      ++free_;
    }
    freed_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable_any freed_;
  int free_;
};

}  // namespace tokprep
