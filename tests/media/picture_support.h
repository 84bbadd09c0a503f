#pragma once

#include <array>
#include <functional>
#include <vector>

#include "codecs/av/picture_filter.h"

namespace tokprep::test {

using Colour = std::array<double, 3>;  ///< non-linear R', G', B' from 0 to 1
/// Colour, and opacity where the format has it, of the pixel (x, y).
struct Paint {
  Colour rgb{};
  double alpha = 1;
};
/// `chroma`: asked for a chroma sample, which may stand elsewhere than the pixel.
using Painter = std::function<Paint(int x, int y, bool chroma)>;

/// Luma weights of red and blue.
struct Weights {
  double red, blue;
};
inline constexpr Weights kBt709{0.2126, 0.0722};
inline constexpr Weights kBt601{0.299, 0.114};
inline constexpr Weights kBt2020{0.2627, 0.0593};

/// Y, Cb, Cr as code values of 8 bits, not rounded.
Colour codes(const Colour& rgb, Weights weights, bool full_range);

/// A frame of any format libav can address sample by sample. Chroma samples take the colour painted at the first pixel
/// they belong to.
struct FrameMaker {
  AVPixelFormat format = AV_PIX_FMT_YUV420P;
  int width = 0, height = 0;
  Weights weights = kBt709;
  bool full_range = false;
  [[nodiscard]] av::FramePtr make(const Painter& painter) const;
};

/// Everything that comes out for these frames; times count from 0.
std::vector<av::FramePtr> filtered(const av::PictureSteps& steps, std::vector<av::FramePtr> frames,
                                   AVRational time_base = {1, 30});
av::FramePtr filtered(const av::PictureSteps& steps, av::FramePtr frame);

/// Mean code values of the luma rectangle and the chroma below it.
Colour mean_codes(const AVFrame& frame, int x, int y, int width, int height);

/// Cells in a row, so that patches do not touch each other's measurements.
inline constexpr int kCell = 32;
Painter patches(std::vector<Colour> colours);
Colour patch_codes(const AVFrame& frame, std::size_t index);

/// A grey ramp, and colour bars of 75 % and of 100 %.
std::vector<Colour> ramp_and_bars();

/// Steps that keep the size.
av::PictureSteps plain_steps(int width, int height);

/// A place in a picture, counted in pixels from its middle, downwards.
struct Place {
  double x, y;
};
/// The turn clockwise, then the flip from left to right.
Place turned(Place place, int rotation_deg, bool mirror);

}  // namespace tokprep::test
