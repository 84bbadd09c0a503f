#include "pipeline/frame_rate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

namespace tokprep {
namespace {

constexpr std::array kStandardRates = {Rational{24000, 1001}, Rational{24, 1},       Rational{25, 1},
                                       Rational{30000, 1001}, Rational{30, 1},       Rational{48, 1},
                                       Rational{50, 1},       Rational{60000, 1001}, Rational{60, 1}};
constexpr Rational kUsual{30, 1};

constexpr double kFastClock = 1.02;  // a nominal 60 that measures up to 61.2 is still meant as 60
constexpr std::int64_t kLargestTerm = 1'000'000;
constexpr std::int64_t kThousandths = 1000;

bool inside(double fps, FrameRateRange range) { return fps >= range.min_fps && fps <= range.max_fps; }

/// The same rate in thousandths where its fraction is too large for codecs, rounded towards the inside.
Rational handy(Rational rate, FrameRateRange range) {
  const Rational exact = reduced(rate);
  if (exact.num <= kLargestTerm && exact.den <= kLargestTerm) return exact;
  const double lowest = std::ceil(range.min_fps * kThousandths);
  const double highest = std::max(lowest, std::floor(range.max_fps * kThousandths));
  const double nearest = std::clamp(std::round(exact.value() * kThousandths), lowest, highest);
  return reduced({static_cast<std::int64_t>(nearest), kThousandths});
}

/// The maximum, as a fraction: for ranges that hold no standard rate.
Rational highest_of(FrameRateRange range) {
  return reduced({static_cast<std::int64_t>(std::floor(range.max_fps * kThousandths)), kThousandths});
}

Rational nearest_standard(double fps, FrameRateRange range) {
  Rational best{0, 1};
  double least = std::numeric_limits<double>::max();
  for (const Rational candidate : kStandardRates) {
    const double distance = std::abs(std::log(candidate.value() / fps));
    if (inside(candidate.value(), range) && distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best.num > 0 ? best : highest_of(range);
}

/// Below the range: every frame is shown a whole number of times.
Rational multiplied(Rational rate, FrameRateRange range) {
  const auto times = static_cast<std::int64_t>(std::ceil(range.min_fps / rate.value()));
  const Rational more{rate.num * times, rate.den};
  return inside(more.value(), range) ? handy(more, range) : nearest_standard(more.value(), range);
}

/// Above the range: every n-th frame is shown.
Rational divided(Rational rate, FrameRateRange range) {
  if (rate.value() <= range.max_fps * kFastClock) return nearest_standard(range.max_fps, range);
  const auto divisor = static_cast<std::int64_t>(std::ceil(rate.value() / range.max_fps));
  const Rational less{rate.num, rate.den * divisor};
  return inside(less.value(), range) ? handy(less, range) : nearest_standard(less.value(), range);
}

Rational brought_inside(Rational rate, FrameRateRange range) {
  if (rate.value() < range.min_fps) return multiplied(rate, range);
  if (rate.value() > range.max_fps) return divided(rate, range);
  return handy(rate, range);
}

/// The rate a variable stream's frames were taken at.
///
/// Phones and screen recorders leave frames out when light or nothing happens, so the shortest gap tells the
/// clock: gaps of 33 and 67 ms are 30 fps whatever the mean. The mean is believed instead
/// - where both nearly agree: it does not suffer from clocks that count milliseconds;
/// - where the gap is above the range (a burst of slow motion, or two stamps that nearly coincide), unless the
///   mean is fast as well;
/// - where the gap is less than half the mean gap of an ordinary rate: a stray;
/// - where both are slow and the gap could be jitter.
double underlying_rate(double mean_fps, double gap_fps, FrameRateRange range) {
  const double ratio = gap_fps / mean_fps;
  if (ratio < 1.02) return std::min(mean_fps, range.max_fps);
  if (gap_fps > range.max_fps * 1.05) return mean_fps > range.max_fps * 0.525 ? range.max_fps : mean_fps;
  if (mean_fps >= range.min_fps && ratio > 2.1) return mean_fps;
  if (gap_fps < range.min_fps && ratio < 1.5) return mean_fps;
  return gap_fps;
}

/// The next standard rate that does not leave out frames of a stream with this mean.
Rational standard_for_mean(double mean_fps, FrameRateRange range) {
  for (const Rational candidate : kStandardRates) {
    if (inside(candidate.value(), range) && candidate.value() >= mean_fps * 0.9995) return candidate;
  }
  return nearest_standard(mean_fps, range);
}

Rational rate_for_variable(const FrameTiming& timing, FrameRateRange range) {
  const double mean = timing.rate && timing.rate->value() > 0 ? timing.rate->value() : 0;
  const auto gap_us = timing.shortest_gap_us.value_or(0);
  if (mean <= 0 && gap_us <= 0) return nearest_standard(kUsual.value(), range);
  const double gap_fps = gap_us > 0 ? 1e6 / static_cast<double>(gap_us) : mean;
  const double underlying = mean > 0 ? underlying_rate(mean, gap_fps, range) : std::min(gap_fps, range.max_fps);
  if (underlying < range.min_fps) {
    const auto thousandths = static_cast<std::int64_t>(std::llround(underlying * kThousandths));
    const Rational slow{std::max<std::int64_t>(1, thousandths), kThousandths};
    return nearest_standard(multiplied(slow, range).value(), range);
  }
  return underlying == mean ? standard_for_mean(mean, range) : nearest_standard(underlying, range);
}

}  // namespace

Rational output_frame_rate(const FrameTiming& timing, FrameRateRange range) {
  const bool known = timing.rate && timing.rate->num > 0 && timing.rate->den > 0;
  if (known && timing.constant) return brought_inside(*timing.rate, range);
  return rate_for_variable(timing, range);
}

}  // namespace tokprep
