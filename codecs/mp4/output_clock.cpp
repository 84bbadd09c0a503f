#include "codecs/mp4/output_clock.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "codecs/mp4/decline.h"

namespace tokprep::mp4 {
namespace {

constexpr std::int64_t kMicrosecondsPerSecond = 1'000'000;
// Twelve days. Sums and products of times below it stay far inside 64 bits.
constexpr std::int64_t kLargestTime_us = 1'000'000 * kMicrosecondsPerSecond;

/// To the nearest tick.
std::int64_t ticks_of_us(std::int64_t time_us, std::uint32_t timescale) {
  const std::int64_t ticks_per_second = timescale;
  const std::int64_t seconds = time_us / kMicrosecondsPerSecond;
  const std::int64_t part = time_us % kMicrosecondsPerSecond * ticks_per_second;
  const std::int64_t half = part < 0 ? -kMicrosecondsPerSecond / 2 : kMicrosecondsPerSecond / 2;
  return seconds * ticks_per_second + (part + half) / kMicrosecondsPerSecond;
}

Result<MediaSpan> picture_span(const Track& track, const MediaSpan& shown, std::int64_t start) {
  // Microseconds are coarser than some clocks.
  const std::int64_t rounding = track.timescale / kMicrosecondsPerSecond;
  if (std::abs(shown.start - start) > rounding) return decline("its picture does not begin at 0");
  return shown;
}

Result<MediaSpan> sound_span(const Track& track, const MediaSpan& shown, std::int64_t start) {
  constexpr std::int64_t kUnheardPerSecond = 1000;  // a millisecond
  if (!track.samples.composition_offsets.empty()) return decline("its sound is reordered");
  if (start < 0 && -start * kUnheardPerSecond >= track.timescale) return decline("its sound begins late");
  const MediaSpan span{std::max<std::int64_t>(start, 0), shown.end};
  if (span.start >= span.end) return decline("its sound ends before the start");
  return span;
}

/// The place of each frame, in decoding order, counted in frames of `rate`.
std::vector<std::int64_t> places_on_rate(const Track& track, const MediaSpan& span, Rational rate) {
  const double frames_per_tick = rate.value() / track.timescale;
  std::vector<std::int64_t> places;
  places.reserve(track.samples.sample_count);
  track.samples.for_each_time([&](const SampleTime& sample) {
    places.push_back(std::llround(static_cast<double>(sample.composition_time - span.start) * frames_per_tick));
  });
  return places;
}

/// How many frames decoding must run ahead of showing. Fails unless each place from 0 on has one frame.
Result<std::int64_t> decoding_delay(const std::vector<std::int64_t>& places) {
  constexpr std::int64_t kLongestDelay = 64;
  std::vector<std::int64_t> in_order = places;
  std::ranges::sort(in_order);
  std::int64_t delay = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto number = static_cast<std::int64_t>(i);
    if (in_order[i] != number) return decline("its frames are not one at each place of its rate");
    delay = std::max(delay, number - places[i]);
  }
  if (delay > kLongestDelay) return decline("its frames are out of order");
  return delay;
}

std::vector<Run<std::int32_t>> offsets_of(const std::vector<std::int64_t>& places, std::int64_t delay,
                                          std::int64_t ticks) {
  std::vector<Run<std::int32_t>> offsets;
  if (delay == 0) return offsets;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto offset = static_cast<std::int32_t>((places[i] - static_cast<std::int64_t>(i) + delay) * ticks);
    if (offsets.empty() || offsets.back().value != offset) offsets.push_back({0, offset});
    ++offsets.back().count;
  }
  return offsets;
}

}  // namespace

Result<MediaSpan> span_from(Track& track, const Mp4Index& source, std::int64_t start_us) {
  const auto delayed = presented_span(track, source);
  if (track.edits.size() == 2 && track.edits.front().media_time == -1) track.edits.erase(track.edits.begin());
  if (has_unusual_edits(track, source)) return decline("it has an edit list that changes what is played");
  const auto presented = presented_span(track, source);
  if (!delayed || !presented || std::abs(start_us) > kLargestTime_us) return decline("its times are unclear");
  const std::int64_t delay = delayed->start - presented->start;
  // What is left of an ordinary edit list has one entry, and only moves the media to 0.
  const std::int64_t edit_start = track.edits.empty() ? 0 : track.edits.front().media_time;
  const MediaSpan shown{presented->start + edit_start, presented->end + edit_start};
  if (shown.end / track.timescale > kLargestTime_us / kMicrosecondsPerSecond) return decline("its times are unclear");
  const std::int64_t start = ticks_of_us(start_us, track.timescale) - delay + edit_start;
  return track.is_video() ? picture_span(track, shown, start) : sound_span(track, shown, start);
}

Status move_to_rate(Track& track, MediaSpan& span, Rational rate) {
  constexpr std::int64_t kFineClockHz = 10'000;  // below it players' own rounding begins to show
  constexpr std::int64_t kLargestTerm = 1'000'000;
  if (rate.num <= 0 || rate.den <= 0 || std::max(rate.num, rate.den) > kLargestTerm) {
    return decline("its frame rate is unclear");
  }
  const std::vector<std::int64_t> places = places_on_rate(track, span, rate);
  TOKPREP_ASSIGN(const std::int64_t delay, decoding_delay(places));
  std::int64_t factor = 1;
  while (rate.num * factor < kFineClockHz) factor *= 2;
  const std::int64_t ticks = rate.den * factor;
  track.samples.composition_offsets = offsets_of(places, delay, ticks);
  track.samples.durations = {{track.samples.sample_count, static_cast<std::uint32_t>(ticks)}};
  track.timescale = static_cast<std::uint32_t>(rate.num * factor);
  span = {delay * ticks, (delay + std::ssize(places)) * ticks};
  return {};
}

void raise_offsets(Track& track, MediaSpan& span) {
  auto& offsets = track.samples.composition_offsets;
  if (offsets.empty()) return;
  const std::int32_t lowest = std::ranges::min(offsets, {}, &Run<std::int32_t>::value).value;
  if (lowest >= 0) return;
  for (auto& run : offsets) run.value -= lowest;
  span.start -= lowest;
  span.end -= lowest;
}

std::uint32_t movie_timescale(std::uint32_t track_timescale) {
  constexpr std::uint32_t kUsual = 1000, kFinest = 192'000;
  return track_timescale >= kUsual && track_timescale <= kFinest ? track_timescale : kUsual;
}

std::uint64_t movie_ticks(std::int64_t track_ticks, const Track& track, std::uint32_t movie_timescale) {
  const auto ticks = static_cast<std::uint64_t>(std::max<std::int64_t>(track_ticks, 0));
  const std::uint64_t part = ticks % track.timescale * movie_timescale;
  return ticks / track.timescale * movie_timescale + (part + track.timescale - 1) / track.timescale;
}

void set_edits(Track& track, const MediaSpan& span, std::uint32_t movie_timescale) {
  track.edits.clear();
  // The picture's end is always that of its last frame.
  const bool to_the_end = track.is_video() || span.end == track.samples.duration();
  if (span.start == 0 && to_the_end) return;
  track.edits.push_back({movie_ticks(span.end - span.start, track, movie_timescale), span.start});
}

}  // namespace tokprep::mp4
