#pragma once

#include "base/result.h"
#include "codecs/av/following_graph.h"
#include "codecs/av/frame_pool.h"
#include "codecs/jobs.h"

namespace tokprep::av {

/// Places upright 8-bit 4:2:0 pictures on their canvas: in its middle, between bars of one colour or before a blurred
/// enlargement of themselves; or cuts what sticks out. Where picture and canvas have one size frames pass untouched.
///
/// Bars have exactly the code values of `pad_color` in bt709, limited range. What is cut costs nothing: the frame
/// begins elsewhere in the same memory. Offsets are even, as chroma has no half samples. Movable.
class Canvas {
 public:
  /// `fit`: kPad, kCrop or kBlur.
  Canvas(Fit fit, Size size, Rgb pad_color, AVRational time_base)
      : fit_(fit), size_(size), pad_color_(pad_color), blurring_(time_base) {}

  Status push(FramePtr frame, const FrameSink& sink);
  /// No more frames: hands on what is left.
  Status finish(const FrameSink& sink) { return blurring_.finish(sink); }

 private:
  Result<FramePtr> padded(const AVFrame& frame);
  [[nodiscard]] std::string blur_chain(const AVFrame& frame) const;

  Fit fit_;
  Size size_;
  Rgb pad_color_;
  FramePool pool_;
  FollowingGraph blurring_;
};

}  // namespace tokprep::av
