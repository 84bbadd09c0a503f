#pragma once

#include <optional>

#include "base/result.h"
#include "codecs/av/canvas.h"
#include "codecs/av/flatten.h"
#include "codecs/av/following_graph.h"
#include "codecs/av/picture_chain.h"
#include "codecs/av/tone_map.h"

namespace tokprep::av {

/// Decoded frames in; upright, square-pixel, 8-bit 4:2:0 SDR frames of one size out.
///
/// Frame times pass through. Frames that already are all of that go on as they are, the same memory. A change of
/// size or format in the middle of a file is followed: the output stays the same size. Movable; one thread at a time.
class PictureFilter {
 public:
  PictureFilter(PictureSteps steps, AVRational time_base);

  /// `nullptr` at the end.
  Status push(FramePtr frame, const FrameSink& sink);

 private:
  Status flatten(FramePtr frame, const FrameSink& sink);
  Status shape(FramePtr frame, const FrameSink& sink);
  Status finish(FramePtr frame, const FrameSink& sink);
  Status end(const FrameSink& sink);

  // In the order frames meet them.
  PictureSteps steps_;
  FollowingGraph unpacking_;  // transparent pictures, to planes
  Flatten flatten_;
  FollowingGraph shaping_;
  std::optional<ToneMap> tone_map_;
  Canvas canvas_;
};

}  // namespace tokprep::av
