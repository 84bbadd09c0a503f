#include <algorithm>
#include <limits>

#include "codecs/mp4/mp4_index.h"

namespace tokprep::mp4 {
namespace {

constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();
constexpr std::uint32_t kMaxListedSamples = 4'000'000;
constexpr std::int32_t kNormalRate = 0x10000;
// Times this large are no clip's; below it sums and differences cannot overflow.
constexpr std::uint64_t kLargestTime = std::uint64_t{1} << 60U;

/// How an ordinary edit list moves media time to presentation time.
struct Placement {
  std::int64_t shift = 0;         ///< added to a composition time
  std::int64_t from = -kForever;  ///< composition times from here …
  std::int64_t to = kForever;     ///< … to before here are presented
  std::int64_t rounding = 0;      ///< how far `to` may be off, as the movie's clock is coarser
};

/// Movie ticks in ticks of the track, to the nearest.
std::int64_t to_track_ticks(std::uint64_t movie_ticks, const Track& track, const Mp4Index& index) {
  const double ticks = static_cast<double>(movie_ticks) * track.timescale / index.timescale;
  if (ticks >= static_cast<double>(kLargestTime)) return static_cast<std::int64_t>(kLargestTime);
  const std::uint64_t whole = movie_ticks / index.timescale * track.timescale;
  const std::uint64_t part = (movie_ticks % index.timescale * track.timescale + index.timescale / 2) / index.timescale;
  return static_cast<std::int64_t>(whole + part);
}

/// One movie tick in ticks of the track, where that is the coarser one.
std::int64_t movie_rounding(const Track& track, const Mp4Index& index) {
  if (index.timescale == 0 || index.timescale >= track.timescale) return 0;
  return (track.timescale + index.timescale - 1) / index.timescale;
}

bool is_media_edit(const Edit& edit) {
  return edit.media_time >= 0 && static_cast<std::uint64_t>(edit.media_time) < kLargestTime && edit.rate == kNormalRate;
}

std::optional<Placement> placement_of(const Track& track, const Mp4Index& index) {
  if (track.edits.empty()) return Placement{};
  if (index.timescale == 0 || track.timescale == 0) return std::nullopt;
  const bool leading_gap = track.edits.size() == 2 && track.edits.front().media_time == -1;
  if (track.edits.size() > 1 && !leading_gap) return std::nullopt;
  const Edit& media = track.edits.back();
  if (!is_media_edit(media)) return std::nullopt;
  Placement placement;
  placement.shift = -media.media_time;
  if (leading_gap) placement.shift += to_track_ticks(track.edits.front().duration, track, index);
  placement.from = media.media_time;
  if (media.duration != 0) placement.to = media.media_time + to_track_ticks(media.duration, track, index);
  placement.rounding = movie_rounding(track, index);
  return placement;
}

/// An edit that ends inside the last sample cuts it short; one that only seems to, through rounding, does not.
std::int64_t clipped_end(std::int64_t end, const Placement& placement) {
  if (placement.to == kForever || end - placement.to <= placement.rounding) return end;
  return placement.to;
}

bool is_readable(const Track& track) {
  return track.damage.empty() && track.timescale != 0 && track.samples.sample_count != 0;
}

struct MediaRange {
  std::int64_t first = kForever, end = -kForever;
};

/// From the first composition time to the end of the last sample.
MediaRange media_range(const Track& track) {
  if (track.samples.composition_offsets.empty()) return {0, track.samples.duration()};
  MediaRange range;
  if (track.samples.sample_count > kMaxListedSamples) return range;
  track.samples.for_each_time([&](const SampleTime& sample) {
    range.first = std::min(range.first, sample.composition_time);
    range.end = std::max(range.end, sample.composition_time + sample.duration);
  });
  return range;
}

std::int64_t longest_sample(const Track& track) {
  std::uint32_t ticks = 0;
  for (const auto& run : track.samples.durations) ticks = std::max(ticks, run.value);
  return ticks;
}

/// Media that an encoder puts before the sound itself: up to 4096 samples, or a tenth of a second on clocks
/// that do not count samples.
std::int64_t priming_limit(const Track& track) {
  constexpr std::uint32_t kSlowestSampleClock = 8000;
  return track.timescale >= kSlowestSampleClock ? 4096 : track.timescale / 10;
}

/// Whether the first sample that is shown from `from` on, in decoding order, is a key frame and nothing before it is
/// shown after it.
bool begins_with_key_frame(const Track& track, std::int64_t from) {
  if (track.samples.sample_count > kMaxListedSamples) return false;
  bool begun = false, clean = true;
  track.samples.for_each_time([&](const SampleTime& sample) {
    const bool shown = sample.composition_time >= from;
    if (shown && !begun) {
      begun = true;
      clean = sample.key && sample.composition_time == from;
    } else if (begun && !shown) {
      clean = false;
    }
  });
  return begun && clean;
}

}  // namespace

std::optional<Presentation> presentation_times(const Track& track, const Mp4Index& index) {
  const auto placement = placement_of(track, index);
  if (!placement || !is_readable(track) || track.samples.sample_count > kMaxListedSamples) return std::nullopt;
  Presentation shown;
  shown.frames.reserve(track.samples.sample_count);
  std::int64_t first = kForever;
  track.samples.for_each_time([&](const SampleTime& sample) {
    if (sample.composition_time < placement->from || sample.composition_time >= placement->to) return;
    shown.frames.push_back({sample.composition_time + placement->shift, sample.key});
    shown.size_bytes += sample.size_bytes;
    first = std::min(first, sample.composition_time);
    shown.end = std::max(shown.end, sample.composition_time + placement->shift + sample.duration);
  });
  if (shown.frames.empty()) return std::nullopt;
  // The rest of a frame that begins before the edit is not shown; what follows moves up to its place.
  const std::int64_t unshown = track.edits.empty() ? 0 : first - placement->from;
  for (PresentedFrame& frame : shown.frames) frame.pts -= unshown;
  // Where the edit ends inside the last frame, it ends the presentation as well.
  const std::int64_t edit_end = clipped_end(shown.end - placement->shift, *placement) + placement->shift;
  shown.end = std::min(shown.end - unshown, edit_end);
  return shown;
}

std::optional<PresentedSpan> presented_span(const Track& track, const Mp4Index& index) {
  const auto placement = placement_of(track, index);
  if (!placement || !is_readable(track)) return std::nullopt;
  const MediaRange range = media_range(track);
  const std::int64_t start = std::max(range.first, placement->from);
  const std::int64_t end = clipped_end(range.end, *placement);
  if (start >= end) return std::nullopt;
  return PresentedSpan{start + placement->shift, end + placement->shift};
}

bool has_unusual_edits(const Track& track, const Mp4Index& index) {
  if (track.edits.empty()) return false;
  const auto placement = placement_of(track, index);
  if (!placement || track.edits.size() > 1 || !is_readable(track)) return true;
  const MediaRange range = media_range(track);
  const std::int64_t skipped = placement->from - range.first;
  if (skipped < 0 || skipped > (track.is_audio() ? priming_limit(track) : 0)) return true;
  // An encoder's padding of the last audio frame is no cut, nor is the rounding to the movie's clock.
  const std::int64_t left_over = track.is_audio() ? longest_sample(track) : 0;
  return placement->to != kForever && range.end - placement->to > left_over + placement->rounding;
}

bool is_cut_by_edits(const Track& track, const Mp4Index& index) {
  if (track.edits.empty()) return false;
  const auto placement = placement_of(track, index);
  if (!placement || !is_readable(track)) return true;
  const MediaRange range = media_range(track);
  const std::int64_t left_over = track.is_audio() ? longest_sample(track) : 0;
  if (placement->to != kForever && range.end - placement->to > left_over + placement->rounding) return true;
  if (placement->from <= range.first) return false;
  if (track.is_audio()) return placement->from - range.first > priming_limit(track);
  return !begins_with_key_frame(track, placement->from);
}

std::uint64_t samples_outside_file(const Mp4Index& index) {
  std::uint64_t outside = 0;
  for (const Track& track : index.tracks) outside += track.samples.samples_past(index.file_size);
  return outside;
}

}  // namespace tokprep::mp4
