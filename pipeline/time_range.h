#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/rational.h"
#include "base/result.h"
#include "pipeline/options.h"
#include "pipeline/rules/rules.h"

namespace tokprep {

/// Which part of a video is used, in the terms of `TranscodeJob`.
struct TimeRange {
  std::optional<std::int64_t> end_us;
  std::optional<std::int64_t> hold_to_us;
  std::int64_t output_duration_us = 0;
  std::string note;  ///< what was changed, for people; empty if nothing

  /// True when the streams cannot be copied whole.
  [[nodiscard]] bool changes() const { return end_us || hold_to_us; }
};

/// Decides trim and hold for a video of this measured length. `frame_rate` is that of the output.
///
/// A trim ends 0.1 s before the limit and a hold one frame after it, so that whole frames and whole audio
/// packets stay inside.
///
/// Errors: kNotCompliant with rule, measured, limit and fix for a length outside the limits that no option
/// covers, or an unknown one; kUnsupportedInput for --too-long split and --too-short loop.
Result<TimeRange> time_range(std::optional<std::int64_t> duration_us, Rational frame_rate, const Rules& rules,
                             const ConvertOptions& options);

/// The same, once the picture is encoded whatever its length: one that lies within a frame of a limit is
/// brought to the safe side of it, as encoding rounds to whole frames.
TimeRange kept_off_the_limits(TimeRange range, Rational frame_rate, const Rules& rules);

}  // namespace tokprep
