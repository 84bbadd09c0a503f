#include "upload/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace tokprep {
namespace {

// Sent in about this many pieces a second: few enough to cost nothing, many enough to look even.
constexpr double kPiecesPerSecond = 20;

}  // namespace

RateLimit::RateLimit(std::uint64_t bytes_per_s, TimePoint now)
    : bytes_per_s_(static_cast<double>(bytes_per_s)), filled_(now) {}

RateLimit::Grant RateLimit::take(std::uint64_t wanted_bytes, TimePoint now) {
  const std::scoped_lock lock(mutex_);
  const double piece_bytes = std::max(bytes_per_s_ / kPiecesPerSecond, 1.0);
  if (now > filled_) {
    free_bytes_ += bytes_per_s_ * std::chrono::duration<double>(now - filled_).count();
    free_bytes_ = std::min(free_bytes_, 2 * piece_bytes);
    filled_ = now;
  }
  const double least = std::min(static_cast<double>(wanted_bytes), piece_bytes);
  if (free_bytes_ < least) {
    const double wait_s = (least - free_bytes_) / bytes_per_s_;
    return {0, std::chrono::microseconds(std::llround(std::ceil(wait_s * 1e6)))};
  }
  const auto granted = std::min(wanted_bytes, static_cast<std::uint64_t>(free_bytes_));
  free_bytes_ -= static_cast<double>(granted);
  return {granted, std::chrono::microseconds(0)};
}

}  // namespace tokprep
