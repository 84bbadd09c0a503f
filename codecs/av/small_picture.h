#pragma once

#include "base/result.h"
#include "codecs/av/frame_look.h"
#include "codecs/av/handles.h"

struct SwsContext;

namespace tokprep::av {

/// Scales decoded frames of one video down for measuring: at most 480 pixels a side, full-range luma and chroma,
/// transparent parts white. In HDR the white of graphics (203 cd/m², ITU-R BT.2408) becomes 1. Any pixel format.
/// Neither turned nor corrected for the sample aspect. Movable; one thread at a time.
class Shrinker {
 public:
  /// `full_range`: of YUV frames; those of RGB always are.
  Shrinker(bool full_range, HdrKind hdr) : full_range_(full_range), hdr_(hdr) {}

  /// Errors: kInternal (out of memory), kUnsupportedInput (a pixel format that cannot be read).
  Result<SmallPicture> shrink(const AVFrame& frame);

 private:
  struct FreeScaler {
    void operator()(SwsContext* scaler) const noexcept;
  };

  Status prepare(const AVFrame& frame, int width_px, int height_px);

  bool full_range_;
  HdrKind hdr_;
  std::unique_ptr<SwsContext, FreeScaler> scaler_;  // for frames like the last one
};

}  // namespace tokprep::av
