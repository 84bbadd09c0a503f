#pragma once

#include <cstdint>

#include "base/rational.h"
#include "base/result.h"
#include "codecs/mp4/mp4_index.h"

namespace tokprep::mp4 {

/// A track's times on the way into a new file. Everything is exact: what would have to be rounded audibly or
/// visibly, or would need an edit list that says more than "play all of it", fails with kUnsupportedInput.

/// Which part of a track's media is played, in its own ticks of composition time.
struct MediaSpan {
  std::int64_t start = 0;  ///< plays at time 0
  std::int64_t end = 0;
};

/// The span when `start_us` of the source's clock becomes 0. A picture must begin just there; sound may have begun
/// before, and may begin up to a millisecond later, which nobody hears and which is then taken back. An empty edit in
/// front, which only delays the track, is reckoned in and removed.
Result<MediaSpan> span_from(Track& track, const Mp4Index& source, std::int64_t start_us);

/// Moves every frame to its exact place on `rate`, a whole number of ticks from the first. Fails where the frames
/// are not one at each place.
Status move_to_rate(Track& track, MediaSpan& span, Rational rate);

/// Composition offsets from 0 up, as MP4 first had them; QuickTime's may be below 0.
void raise_offsets(Track& track, MediaSpan& span);

/// Ticks a second for the new movie's own clock, where `track_timescale` is that of the sound (it may end within a
/// packet), or of the picture where there is none: as fine, unless that is out of the ordinary.
std::uint32_t movie_timescale(std::uint32_t track_timescale);

/// Ticks of the movie's clock that a span takes, rounded up so that no frame is cut.
std::uint64_t movie_ticks(std::int64_t track_ticks, const Track& track, std::uint32_t movie_timescale);

/// Gives the track the one edit that plays `span`, or none where it is all there is.
void set_edits(Track& track, const MediaSpan& span, std::uint32_t movie_timescale);

}  // namespace tokprep::mp4
