#pragma once

#include <vips/vips8>

#include "codecs/jobs.h"

namespace tokprep::still {

/// The size a picture of `source` gets before it is placed on `canvas`: as large as lies inside it, for kCrop as small
/// as covers it. Pure.
Size size_on_canvas(Size source, Size canvas, Fit fit);

/// A picture of `size_on_canvas`, brought to exactly `*job.canvas`: between bars, cut around what draws the eye, or
/// before itself, blurred. `upright`: 8-bit sRGB of three channels, in memory. Call within `vips_call`.
vips::VImage on_canvas(const vips::VImage& upright, const ImageJob& job);

}  // namespace tokprep::still
