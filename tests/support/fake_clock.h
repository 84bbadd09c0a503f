#pragma once

#include <mutex>
#include <vector>

#include "base/clock.h"

namespace tokprep::test {

/// A clock that only sleeps in name: time jumps, and the wishes are kept.
class FakeClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override {
    const std::scoped_lock lock(mutex_);
    return now_;
  }

  bool sleep(std::chrono::milliseconds duration, std::stop_token stop) override {
    if (stop.stop_requested()) return false;
    const std::scoped_lock lock(mutex_);
    now_ += duration;
    slept_.push_back(duration);
    return true;
  }

  void set(TimePoint now) {
    const std::scoped_lock lock(mutex_);
    now_ = now;
  }

  void advance(std::chrono::milliseconds duration) {
    const std::scoped_lock lock(mutex_);
    now_ += duration;
  }

  [[nodiscard]] std::vector<std::chrono::milliseconds> slept() const {
    const std::scoped_lock lock(mutex_);
    return slept_;
  }

 private:
  mutable std::mutex mutex_;
  TimePoint now_ = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);
  std::vector<std::chrono::milliseconds> slept_;
};

}  // namespace tokprep::test
