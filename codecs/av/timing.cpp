#include "codecs/av/timing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

extern "C" {
#include <libavutil/mathematics.h>
}

namespace tokprep::av {
namespace {

constexpr std::array kUsualRates{Rational{24000, 1001}, Rational{24, 1},  Rational{25, 1},        Rational{30000, 1001},
                                 Rational{30, 1},       Rational{48, 1},  Rational{50, 1},        Rational{60000, 1001},
                                 Rational{60, 1},       Rational{120, 1}, Rational{120000, 1001}, Rational{240, 1}};

constexpr double kConstantSnap = 0.001;
constexpr double kVariableSnap = 0.005;
constexpr double kAgreement = 0.05;  // gaps this near the median one are meant to be the same

std::int64_t to_us(std::int64_t ticks, Rational time_base) {
  return av_rescale(ticks, time_base.num * 1'000'000, time_base.den);
}

/// `count` gaps over `ticks`, in frames a second.
Rational rate_of(std::int64_t count, std::int64_t ticks, Rational time_base) {
  const std::int64_t common = std::gcd(count, ticks);
  return reduced({count / common * time_base.den, ticks / common * time_base.num});
}

Rational nearest_listed_rate(double rate_fps) {
  return *std::ranges::min_element(kUsualRates, std::ranges::less{},
                                   [&](Rational rate) { return std::abs(rate.value() - rate_fps); });
}

/// A whole rate or one and a half: what is left are rates such as 10, 12.5 and 144.
Rational nearest_half_rate(double rate_fps) {
  return reduced({std::max<std::int64_t>(1, std::llround(rate_fps * 2)), 2});
}

std::vector<std::int64_t> gaps_of(const std::vector<FrameTime>& frames) {
  std::vector<std::int64_t> gaps;
  gaps.reserve(frames.size());
  for (std::size_t i = 1; i < frames.size(); ++i) gaps.push_back(frames[i].pts - frames[i - 1].pts);
  return gaps;
}

/// Frames in order of presentation, one for each time; a key frame among equals keeps its mark.
void put_in_order(std::vector<FrameTime>& frames) {
  std::ranges::sort(
      frames, [](const FrameTime& a, const FrameTime& b) { return a.pts != b.pts ? a.pts < b.pts : a.key > b.key; });
  const auto same_time = [](const FrameTime& a, const FrameTime& b) { return a.pts == b.pts; };
  frames.erase(std::unique(frames.begin(), frames.end(), same_time), frames.end());
}

/// The clock that the times were really taken with may be coarser than the one they are written in: Matroska's
/// milliseconds stay milliseconds in an MP4 of 1/16000. Above a millisecond a common divisor is the frame rate.
std::int64_t ticks_of_clock(const std::vector<std::int64_t>& gaps, Rational time_base) {
  std::int64_t divisor = 0;
  for (const std::int64_t gap : gaps) divisor = std::gcd(divisor, gap);
  return divisor * time_base.num * 1000 <= time_base.den ? divisor : 1;
}

/// How far a gap may be off through rounding alone, in ticks.
double rounding_of(const std::vector<std::int64_t>& gaps, double mean_gap, Rational time_base) {
  const auto clock = static_cast<double>(ticks_of_clock(gaps, time_base));
  if (clock > mean_gap / 4) return 0;
  const double millisecond = static_cast<double>(time_base.den) / (1000.0 * static_cast<double>(time_base.num));
  const bool counts_milliseconds = std::abs(clock - millisecond) < 0.01 * millisecond;
  return counts_milliseconds ? std::max(clock, std::min(2 * clock, mean_gap / 8)) : clock;
}

struct Measured {
  std::int64_t gaps = 0;
  std::int64_t ticks = 0;  // over all gaps
  double rounding = 0;     // ticks

  [[nodiscard]] double mean() const { return static_cast<double>(ticks) / static_cast<double>(gaps); }
};

/// Whether a clip of rate `usual` would have been measured so.
bool is_measured_as(Rational usual, const Measured& measured, Rational time_base) {
  const double usual_ticks = static_cast<double>(measured.gaps) * static_cast<double>(time_base.den) /
                             (usual.value() * static_cast<double>(time_base.num));
  const double off_ticks = static_cast<double>(measured.ticks) - usual_ticks;
  if (std::abs(off_ticks) <= measured.rounding) return true;
  const bool exceeds = off_ticks < 0;  // less time for the same frames
  return !exceeds && off_ticks <= usual_ticks * kConstantSnap;
}

Rational snap_constant(const Measured& measured, Rational time_base) {
  const Rational exact = rate_of(measured.gaps, measured.ticks, time_base);
  for (const Rational usual : {nearest_listed_rate(exact.value()), nearest_half_rate(exact.value())}) {
    if (is_measured_as(usual, measured, time_base)) return usual;
  }
  return exact;
}

/// Film played by flags: frames are shown for two fields and for three in turn. The film's rate is the mean.
bool is_pulldown(const std::vector<std::int64_t>& gaps, const Measured& measured) {
  const auto like = [&](std::int64_t gap, double fields) {
    const double expected = measured.mean() * fields / 2.5;
    return std::abs(static_cast<double>(gap) - expected) <= std::max(expected * kAgreement, measured.rounding);
  };
  const auto count = [&](double fields) {
    return std::ranges::count_if(gaps, [&](std::int64_t gap) { return like(gap, fields); });
  };
  const std::int64_t two = count(2), three = count(3);
  return (two + three) * 20 >= measured.gaps * 19 && two * 5 >= measured.gaps * 2 && three * 5 >= measured.gaps * 2;
}

Rational rate_of_most(std::vector<std::int64_t> gaps, const Measured& measured, Rational time_base) {
  const bool pulldown = is_pulldown(gaps, measured);
  const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
  std::ranges::nth_element(gaps, middle);
  const auto median = static_cast<double>(*middle);
  Measured most;
  for (const std::int64_t gap : gaps) {
    if (std::abs(static_cast<double>(gap) - median) > std::max(median * kAgreement, measured.rounding)) continue;
    ++most.gaps;
    most.ticks += gap;
  }
  // A clock too coarse for the rate says little of single gaps and the truth over the whole clip.
  const bool majority = !pulldown && measured.rounding > 0 && static_cast<std::size_t>(most.gaps) * 2 > gaps.size();
  const Rational exact =
      majority ? rate_of(most.gaps, most.ticks, time_base) : rate_of(measured.gaps, measured.ticks, time_base);
  for (const Rational usual : {nearest_listed_rate(exact.value()), nearest_half_rate(exact.value())}) {
    if (std::abs(exact.value() / usual.value() - 1) <= kVariableSnap) return usual;
  }
  return exact;
}

std::int64_t longest_key_gap(const std::vector<FrameTime>& frames, std::int64_t end) {
  std::int64_t longest = 0;
  std::int64_t last_key = frames.front().pts;
  for (const FrameTime& frame : frames) {
    if (!frame.key) continue;
    longest = std::max(longest, frame.pts - last_key);
    last_key = frame.pts;
  }
  return std::max(longest, end - last_key);
}

constexpr std::int64_t kListStartsAboveUs = 300'000'000;
constexpr std::int64_t kBetweenStartsUs = 500'000;  // of hours of key frames alone, so many are enough to cut at

/// Key frames that part what comes before them in the file from what comes after, in time as well.
std::vector<std::int64_t> clean_starts_us(const FrameTimes& times) {
  const std::vector<FrameTime>& frames = times.frames;
  if (frames.empty() || !times.order_known) return {};
  std::vector<std::int64_t> earliest_from(frames.size());  // of this frame and all behind it
  std::int64_t earliest = frames.back().pts, latest = frames.back().pts;
  for (std::size_t i = frames.size(); i-- > 0;) {
    earliest_from[i] = earliest = std::min(earliest, frames[i].pts);
    latest = std::max(latest, frames[i].pts);
  }
  if (to_us(std::max(latest, times.end.value_or(latest)) - earliest, times.time_base) <= kListStartsAboveUs) return {};
  std::vector<std::int64_t> starts_us;
  std::int64_t latest_before = std::numeric_limits<std::int64_t>::min();
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const bool parts = latest_before < frames[i].pts && earliest_from[i] == frames[i].pts;
    if (frames[i].key && parts) {
      const std::int64_t at_us = to_us(frames[i].pts - earliest, times.time_base);
      if (starts_us.empty() || at_us - starts_us.back() >= kBetweenStartsUs) starts_us.push_back(at_us);
    }
    latest_before = std::max(latest_before, frames[i].pts);
  }
  return starts_us;
}

}  // namespace

FrameTiming measure_timing(FrameTimes times) {
  FrameTiming timing;
  timing.clean_starts_us = clean_starts_us(times);
  put_in_order(times.frames);
  timing.frames = static_cast<std::int64_t>(times.frames.size());
  if (times.frames.empty()) return timing;

  const std::vector<std::int64_t> gaps = gaps_of(times.frames);
  const std::int64_t last = times.frames.back().pts;
  Measured measured{static_cast<std::int64_t>(gaps.size()), last - times.frames.front().pts, 0};
  const std::int64_t mean_gap = gaps.empty() ? 0 : std::llround(measured.mean());
  const std::int64_t key_gap = longest_key_gap(times.frames, std::max(last, times.end.value_or(last + mean_gap)));
  timing.longest_key_gap_us = to_us(key_gap, times.time_base);
  if (gaps.empty()) return timing;

  const auto [shortest, longest] = std::ranges::minmax(gaps);
  timing.shortest_gap_us = to_us(shortest, times.time_base);
  timing.longest_gap_us = to_us(longest, times.time_base);
  measured.rounding = rounding_of(gaps, measured.mean(), times.time_base);
  const double widest =
      std::max(static_cast<double>(longest) - measured.mean(), measured.mean() - static_cast<double>(shortest));
  timing.constant = widest <= measured.rounding;
  timing.rate =
      timing.constant ? snap_constant(measured, times.time_base) : rate_of_most(gaps, measured, times.time_base);
  return timing;
}

}  // namespace tokprep::av
