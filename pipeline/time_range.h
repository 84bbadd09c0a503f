#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/rational.h"
#include "base/result.h"
#include "pipeline/options.h"
#include "pipeline/rules/rules.h"

namespace tokprep {

/// A stretch of a video, counted from the start of presentation.
struct TimePart {
  std::int64_t start_us = 0;
  std::int64_t end_us = 0;
};

/// Which part of a video is used, in the terms of `TranscodeJob`.
struct TimeRange {
  std::optional<std::int64_t> end_us;
  std::optional<std::int64_t> hold_to_us;
  std::optional<std::int64_t> loop_to_us;
  std::vector<TimePart> parts;  ///< of a split, in order and without gaps; empty: one output
  std::int64_t output_duration_us = 0;
  std::string note;  ///< what was changed, for people; empty if nothing

  /// True when frames are shown that the source does not have there: they must be made.
  [[nodiscard]] bool lengthens() const { return hold_to_us || loop_to_us; }
  /// True when the video ends, or is parted, inside.
  [[nodiscard]] bool cuts() const { return end_us || !parts.empty(); }
};

/// Decides trim, split, hold and loop for a video of this measured length. `frame_rate` is that of the output.
///
/// A trim ends 0.1 s before the limit and a hold one frame after it, so that whole frames and whole audio
/// packets stay inside. A split makes as few parts as the limit allows, all of one length (the last may be a frame
/// or so shorter), each a whole number of frames. A loop plays whole turns.
///
/// Errors: kNotCompliant with rule, measured, limit and fix for a length outside the limits that no option
/// covers, or an unknown one.
Result<TimeRange> time_range(std::optional<std::int64_t> duration_us, Rational frame_rate, const Rules& rules,
                             const ConvertOptions& options);

/// A split that needs no encoding: parts as even as `clean_starts_us` (see FrameTiming) allows, none longer than
/// `longest_us` and none shorter than `shortest_us`. Empty where there is none.
std::vector<TimePart> parts_at(const std::vector<std::int64_t>& clean_starts_us, std::int64_t duration_us,
                               std::int64_t shortest_us, std::int64_t longest_us);

/// The length a trimmed video, or a part of a split, may have at most: a little inside the limit.
std::int64_t longest_part_us(const Rules& rules);

/// A range once the picture is encoded whatever its length: one that lies within a frame of a limit is
/// brought to the safe side of it, as encoding rounds to whole frames.
TimeRange kept_off_the_limits(TimeRange range, Rational frame_rate, const Rules& rules);

}  // namespace tokprep
