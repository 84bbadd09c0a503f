#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stop_token>
#include <utility>

#include "base/result.h"

namespace tokprep::cli {

/// Lets so many threads at a time do one thing. Thread-safe. Must outlive its slots.
class Slots {
 public:
  explicit Slots(std::size_t count) : free_(count) {}
  Slots(const Slots&) = delete;
  Slots& operator=(const Slots&) = delete;

  /// The right to do it, for as long as it lives.
  class Slot {
   public:
    explicit Slot(Slots& slots) : slots_(&slots) {}
    Slot(Slot&& other) noexcept : slots_(std::exchange(other.slots_, nullptr)) {}
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    Slot& operator=(Slot&&) = delete;
    ~Slot() { give_back(); }

    /// For one that has done it and goes on.
    void give_back() {
      if (slots_ != nullptr) std::exchange(slots_, nullptr)->give_back();
    }

   private:
    Slots* slots_;
  };

  /// Waits for a free one. Error: kCancelled by a stop.
  Result<Slot> take(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [&] { return free_ > 0; })) return fail(ErrorCode::kCancelled, "stopped");
    --free_;
    return Slot(*this);
  }

 private:
  void give_back() {
    {
      const std::lock_guard lock(mutex_);
      ++free_;
    }
    changed_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t free_;
};

}  // namespace tokprep::cli
