#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

namespace tokprep {

/// A rate that several transfers keep to together. Bytes become free as time passes; a transfer takes what it may send
/// now, or is told how long to wait. What was not used is forgotten after a moment, so that a pause is not followed by
/// a burst. Thread-safe; time is handed in.
class RateLimit {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// `bytes_per_s` above 0.
  RateLimit(std::uint64_t bytes_per_s, TimePoint now);

  struct Grant {
    std::uint64_t bytes = 0;               ///< may be sent now; 0 where it has to wait
    std::chrono::microseconds wait_us{0};  ///< until asking again is of use
  };

  Grant take(std::uint64_t wanted_bytes, TimePoint now);

 private:
  std::mutex mutex_;
  double bytes_per_s_;
  double free_bytes_ = 0;
  TimePoint filled_;
};

}  // namespace tokprep
