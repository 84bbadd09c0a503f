#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "codecs/jobs.h"
#include "pipeline/rules/shapes.h"

namespace tokprep {

/// What the canvas of an encoded video must respect.
struct CanvasLimits {
  std::vector<Ratio> ratios;  ///< permitted shapes, at least one
  int side_min_px = 360;
  int side_max_px = 4096;
  Size box{1080, 1920};  ///< largest canvas; turned for landscape canvases
};

/// How a picture is placed: the members of `VideoRecipe` that bear the same names.
struct Placement {
  Fit fit = Fit::kPad;  ///< kPad (also where picture and canvas are the same), kCrop or kBlur
  Size picture;
  Size canvas;
};

/// Places an upright picture with square pixels on a canvas of a permitted shape.
///
/// The shape is the nearest permitted one; a square picture is as near to 9:16 as to 16:9 and becomes
/// portrait, as the service is watched on phones. Canvases have exactly that shape and even sides.
///
/// A picture that has the shape within `kAspectTolerance` fills its canvas (kPad excepted): what sticks out,
/// less than 1 %, is cut. Any other picture is padded (kAuto, kPad, kBlur) or cut (kCrop). Padded, the canvas
/// is the smallest that holds the picture, and the picture touches two of its sides; cut, it is the largest
/// that the picture covers. To meet exact canvases pictures grow or shrink a little, never by more than the
/// distance between two canvases; beyond that they are enlarged only to reach the least side and are made
/// smaller only to stay inside the box.
///
/// Errors: kInvalidArgument where the box leaves no canvas, or where kCrop would keep less than a tenth.
Result<Placement> place(Size source, Fit fit, const CanvasLimits& limits);

/// A sentence about what becomes of the picture: "padded 642x642 to 648x1152"; empty when nothing does.
std::string describe(Size source, const Placement& placement);

}  // namespace tokprep
