#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "codecs/media_info.h"

namespace tokprep::av {

/// One presented frame; ticks of the stream's clock.
struct FrameTime {
  std::int64_t pts = 0;
  bool key = false;
};

/// The frames of one stream, as `measure_timing` wants to know them.
struct FrameTimes {
  std::vector<FrameTime> frames;    ///< in decoding order
  bool order_known = true;          ///< false: times were counted up in decoding order, whatever order is shown
  std::optional<std::int64_t> end;  ///< when the last frame goes; unknown: one mean gap after it came
  Rational time_base{1, 1};         ///< seconds a tick
};

/// What frame times say of a stream. Pure.
///
/// Frames with the same time count once: only one of them is seen. The rate is the mean over the whole clip.
/// It is constant when every gap is the mean gap to within the clock's own rounding: one tick, and a
/// millisecond more where the clock counts milliseconds (muxers round twice there); clocks so coarse that a
/// tick is over a quarter of a gap must tick evenly. A constant rate snaps to the nearest of the usual rates, of
/// whole and of half rates, when it is within 0.1 %, or when rounding explains the difference (two frames 33 ms
/// apart are 30 fps). It never snaps down to a rate that the clip exceeds by more than rounding: 60.02 is not 60.
///
/// Where gaps differ, the rate is that of the gaps within 5 % of the median one if they are the majority (30 fps
/// with drops is 30, snapped within 0.5 %), else the plain mean. Film whose frames last two and three fields in turn
/// (soft pulldown) has its mean rate, 24000/1001, and is not constant.
///
/// A stream of over five minutes can be parted without decoding at each key frame with only earlier times before it in
/// the file and no earlier time after it: a key frame whose leading pictures follow it (an open group) is none of them.
FrameTiming measure_timing(FrameTimes times);

}  // namespace tokprep::av
