#include "codecs/vips/still_canvas.h"

#include <algorithm>
#include <cmath>

namespace tokprep::still {
namespace {

using vips::VImage;

/// As blurred as behind videos: an eighth of the canvas, softened, and enlarged again.
VImage blurred(const VImage& picture, Size canvas) {
  constexpr double kEighth = 8;
  constexpr double kSigma = 3;
  const int width_px = std::max(2, static_cast<int>(std::ceil(canvas.width_px / kEighth)));
  const int height_px = std::max(2, static_cast<int>(std::ceil(canvas.height_px / kEighth)));
  const VImage small = picture.thumbnail_image(
      width_px, VImage::option()->set("height", height_px)->set("crop", VIPS_INTERESTING_CENTRE));
  const VImage soft = small.gaussblur(kSigma).copy_memory();
  return soft
      .resize(static_cast<double>(canvas.width_px) / soft.width(),
              VImage::option()
                  ->set("vscale", static_cast<double>(canvas.height_px) / soft.height())
                  ->set("kernel", VIPS_KERNEL_LINEAR))
      .extract_area(0, 0, canvas.width_px, canvas.height_px);
}

}  // namespace

Size size_on_canvas(Size source, Size canvas, Fit fit) {
  const double across = static_cast<double>(canvas.width_px) / source.width_px;
  const double down = static_cast<double>(canvas.height_px) / source.height_px;
  const bool covers = fit == Fit::kCrop;
  const double scale = covers ? std::max(across, down) : std::min(across, down);
  const auto side = [&](int length_px, int canvas_px) {
    const int scaled_px = std::max(1, static_cast<int>(std::lround(length_px * scale)));
    return covers ? std::max(scaled_px, canvas_px) : std::min(scaled_px, canvas_px);
  };
  return {side(source.width_px, canvas.width_px), side(source.height_px, canvas.height_px)};
}

VImage on_canvas(const VImage& upright, const ImageJob& job) {
  const Size canvas = *job.canvas;
  if (upright.width() == canvas.width_px && upright.height() == canvas.height_px) return upright;
  if (job.fit == Fit::kCrop) {
    return upright.smartcrop(canvas.width_px, canvas.height_px,
                             VImage::option()->set("interesting", VIPS_INTERESTING_ATTENTION));
  }
  const int left_px = (canvas.width_px - upright.width()) / 2;
  const int top_px = (canvas.height_px - upright.height()) / 2;
  if (job.fit == Fit::kBlur) return blurred(upright, canvas).insert(upright, left_px, top_px);
  const std::vector<double> bars{static_cast<double>(job.pad_color.r), static_cast<double>(job.pad_color.g),
                                 static_cast<double>(job.pad_color.b)};
  return upright.embed(left_px, top_px, canvas.width_px, canvas.height_px,
                       VImage::option()->set("extend", VIPS_EXTEND_BACKGROUND)->set("background", bars));
}

}  // namespace tokprep::still
