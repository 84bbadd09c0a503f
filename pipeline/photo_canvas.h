#pragma once

#include <vector>

#include "base/result.h"
#include "codecs/jobs.h"
#include "pipeline/options.h"
#include "pipeline/rules/rules.h"

namespace tokprep {

/// True where pictures are to be brought to a canvas: by `canvas`, or by a `fit` that fills one.
bool wants_canvas(const ConvertOptions& options);

/// The one size for all pictures of a post, each given by its upright size.
///
/// A given size is taken as it is. A given shape, else of the permitted shapes the one that the pictures together
/// are nearest to (portrait where two are as near, as posts are watched on phones), becomes the largest canvas inside
/// the permitted boxes and `max_size`. Pure.
/// Error: kInvalidArgument where the size lies outside every permitted box, or nothing of the shape fits into one.
Result<Size> photo_canvas(const std::vector<Size>& pictures, const Rules& rules, const ConvertOptions& options);

/// How a picture gets to its canvas: kAuto pads, and cuts what sticks out where the shapes differ by less than 1 %, as
/// kBlur does too. Error: kInvalidArgument where kCrop would keep less than a tenth of the picture.
Result<Fit> photo_fit(Size picture, Size canvas, Fit wanted);

}  // namespace tokprep
