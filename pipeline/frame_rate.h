#pragma once

#include "base/rational.h"
#include "codecs/media_info.h"

namespace tokprep {

/// The permitted frame rates, both ends included.
struct FrameRateRange {
  double min_fps = 23;
  double max_fps = 60;
};

/// The constant rate that shows a source most faithfully inside `range`. Always inside; always a fraction that
/// fits a codec's 32-bit time base.
///
/// A constant rate inside is kept exactly. Above, frames are left out evenly: divided by the smallest whole
/// number that helps (120 and 240 -> 60, 90 -> 45); a rate that is over by no more than 2 % is a clock that
/// runs fast and becomes the maximum. Below, frames are repeated: multiplied by the smallest whole number
/// (15 -> 30, 12 -> 24, 10 -> 30). A variable rate becomes the standard rate that its frames were taken at,
/// told from the shortest gap, or from the mean where that gap is a stray (see `underlying_rate` in the
/// source). Nothing known: 30.
Rational output_frame_rate(const FrameTiming& timing, FrameRateRange range);

}  // namespace tokprep
