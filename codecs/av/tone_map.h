#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codecs/av/frame_pool.h"
#include "codecs/av/tone_rows.h"
#include "codecs/jobs.h"

namespace tokprep::av {

/// HDR pictures to SDR, in one pass from 10-bit YUV to dithered 8-bit YUV.
///
/// What a display of the source's kind would show (PQ: the coded light; HLG: through the system gamma of a display of
/// 1000 nits) is brought to bt709's primaries, where colours outside become paler and keep their hue. A white of
/// 203 nits is SDR's white; what would be brighter than that is made room for (`RollOff`). Half of the roll-off is
/// taken of each component by itself, half with the hue kept. Neutral stays neutral, black stays black.
/// Movable; one thread at a time.
class ToneMap {
 public:
  /// `primaries`: FFmpeg's name. `peak_nits`: the brightest light in the source; what is brighter becomes white.
  /// `for_jpeg`: bt601, full range, centred chroma comes out; else bt709, limited range, chroma on the left.
  ToneMap(HdrKind kind, std::string_view primaries, double peak_nits, bool for_jpeg);

  /// `frame`: upright yuv420p10, bt2020nc, limited range, chroma on the left, even sides. Error: kInternal.
  Result<FramePtr> map(const AVFrame& frame);

 private:
  ToneTables tables_;
  FramePool pool_;
  std::unique_ptr<ToneRows> rows_;
  std::vector<float> thresholds_;  // of the dither, one row of pixels after the other
  int width_px_ = 0;
};

/// The brightest light of the source: what its content light level says, else its mastering display; else 4000 nits
/// for PQ, so that nothing bright is cut off, and HLG's nominal 1000.
double peak_nits_of(const AVFrame& frame, HdrKind kind);

}  // namespace tokprep::av
