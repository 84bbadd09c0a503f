#pragma once

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stop_token>

#include "base/result.h"

namespace tokprep {

/// Lets a few transfers run at the same time, or one alone; the others wait. Thread-safe. Must outlive its places.
class TransferLimit {
 public:
  explicit TransferLimit(int places) : places_(std::max(places, 1)), free_(places_) {}
  TransferLimit(const TransferLimit&) = delete;
  TransferLimit& operator=(const TransferLimit&) = delete;

  /// The right to one transfer, for as long as it lives.
  class Place {
   public:
    Place(TransferLimit& limit, int taken) : limit_(&limit), taken_(taken) {}
    Place(Place&& other) noexcept : limit_(other.limit_), taken_(other.taken_) { other.limit_ = nullptr; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (limit_ != nullptr) limit_->give_back(taken_);
    }

   private:
    TransferLimit* limit_;
    int taken_;
  };

  /// Waits for a place. Error: kCancelled by a stop.
  Result<Place> take(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!freed_.wait(lock, stop, [&] { return free_ > 0 && waiting_alone_ == 0; })) {
      return fail(ErrorCode::kCancelled, "stopped");
    }
    --free_;
    ++under_way_;
    return Place(*this, 1);
  }

  /// Waits until nobody else is at it, and keeps the others away: nobody begins from here on. Error: as `take`.
  Result<Place> take_all(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    ++waiting_alone_;
    const bool is_free = freed_.wait(lock, stop, [&] { return free_ == places_; });
    --waiting_alone_;
    if (!is_free) {
      lock.unlock();
      freed_.notify_all();  // those that were kept away
      return fail(ErrorCode::kCancelled, "stopped");
    }
    free_ = 0;
    ++under_way_;
    return Place(*this, places_);
  }

  /// How many transfers share the line right now.
  [[nodiscard]] int under_way() const {
    const std::scoped_lock lock(mutex_);
    return under_way_;
  }

 private:
  void give_back(int taken) {
    {
      const std::scoped_lock lock(mutex_);
      free_ += taken;
      --under_way_;
    }
    freed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable_any freed_;
  const int places_;
  int free_;
  int under_way_ = 0;
  int waiting_alone_ = 0;
};

}  // namespace tokprep
