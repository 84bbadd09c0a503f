#pragma once

#include <string>

#include "base/result.h"
#include "codecs/av/frame_pool.h"
#include "codecs/jobs.h"

namespace tokprep::av {

/// True for formats that carry transparency, a palette's included.
bool has_alpha(AVPixelFormat format);

/// The format to which pictures in `format` are to be brought before they can be laid over a background: each
/// component and the alpha in a plane of its own. `format` itself where it already is like that.
AVPixelFormat planar_with_alpha(AVPixelFormat format);

/// Lays pictures over an opaque colour: straight (not premultiplied) alpha, mixed in the picture's own coded values,
/// as browsers and players do. Chroma is weighed by the mean alpha of the pixels it covers. Movable.
class Flatten {
 public:
  /// `colour`: what the pixels are taken to be; the background is brought to the same matrix and range.
  /// `white`: the share of the full signal at which the picture has its white (less than 1 in HDR).
  Flatten(Rgb background, const ColourInfo& colour, double white)
      : background_(background), matrix_(colour.matrix), full_range_(colour.range == "pc"), white_(white) {}

  /// The same picture without alpha. `frame` has a format that `planar_with_alpha` returns.
  Result<FramePtr> lay(const AVFrame& frame);

 private:
  Rgb background_;
  std::string matrix_;
  bool full_range_;
  double white_;
  FramePool pool_;
};

}  // namespace tokprep::av
