#include "pipeline/photo_canvas.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "pipeline/rules/judge.h"
#include "pipeline/rules/shapes.h"

namespace tokprep {
namespace {

constexpr double kLeastKept = 0.1;  // of a picture that is cropped

double shape_of(Size size) { return static_cast<double>(size.width_px) / size.height_px; }

std::int64_t area_of(Size size) { return std::int64_t{size.width_px} * size.height_px; }

/// The permitted boxes, each as small as the user's own box wants it, which is turned as it takes to lie alike.
std::vector<Size> boxes_of(const Rules& rules, const ConvertOptions& options) {
  std::vector<Size> boxes;
  for (const std::string& word : rules.words("image.box")) {
    auto box = parse_box(word);
    if (!box) continue;
    if (options.max_size) {
      const auto [shorter, longer] = std::minmax(options.max_size->width_px, options.max_size->height_px);
      const bool landscape = box->width_px > box->height_px;
      box->width_px = std::min(box->width_px, landscape ? longer : shorter);
      box->height_px = std::min(box->height_px, landscape ? shorter : longer);
    }
    boxes.push_back(*box);
  }
  return boxes;
}

/// The largest whole multiple of the ratio's terms inside the box: exactly its shape.
Size largest_of(Ratio ratio, Size box) {
  const int times = std::min(box.width_px / ratio.width, box.height_px / ratio.height);
  return {times * ratio.width, times * ratio.height};
}

/// How far the pictures are from a shape, in all: of each the logarithm of how much longer one side would have to be.
double distance(const std::vector<Size>& pictures, Size canvas) {
  double sum = 0;
  for (const Size& picture : pictures) sum += std::abs(std::log(shape_of(picture) / shape_of(canvas)));
  return sum;
}

Size nearest_box(const std::vector<Size>& pictures, const std::vector<Size>& boxes) {
  constexpr double kAsNear = 1e-9;
  Size best;
  double best_distance = std::numeric_limits<double>::infinity();
  for (const Size& box : boxes) {
    const double away = distance(pictures, box);
    const bool as_near = std::abs(away - best_distance) < kAsNear;
    if (as_near ? box.height_px > best.height_px : away < best_distance) {
      best = box;
      best_distance = away;
    }
  }
  return best;
}

tl::unexpected<Error> no_canvas(std::string what, const Rules& rules) {
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.message = fmt::format("--canvas {}; pictures must be inside {}", what, joined_words(rules.words("image.box")));
  error.rule = "image.box";
  error.fix = "choose auto, a shape such as 9:16, or a smaller size";
  return fail(std::move(error));
}

}  // namespace

bool wants_canvas(const ConvertOptions& options) {
  if (options.canvas.kind == CanvasKind::kByFit) return options.fit != Fit::kAuto;
  return options.canvas.kind != CanvasKind::kOff;
}

Result<Size> photo_canvas(const std::vector<Size>& pictures, const Rules& rules, const ConvertOptions& options) {
  const PhotoCanvas& wanted = options.canvas;
  const std::vector<Size> boxes = boxes_of(rules, options);
  if (wanted.kind == CanvasKind::kSize) {
    if (std::ranges::any_of(boxes, [&](Size box) { return fits_inside(wanted.size, box); })) return wanted.size;
    return no_canvas(fmt::format("{} is too large", to_text(wanted.size)), rules);
  }
  if (wanted.kind != CanvasKind::kShape) return nearest_box(pictures, boxes);
  Size best;
  for (const Size& box : boxes) {
    const Size canvas = largest_of(wanted.shape, box);
    if (area_of(canvas) > area_of(best)) best = canvas;
  }
  if (area_of(best) > 0) return best;
  return no_canvas(fmt::format("{}:{} leaves no canvas", wanted.shape.width, wanted.shape.height), rules);
}

Result<Fit> photo_fit(Size picture, Size canvas, Fit wanted) {
  const double kept = std::min(shape_of(picture), shape_of(canvas)) / std::max(shape_of(picture), shape_of(canvas));
  const bool alike = kept >= 1 - kAspectTolerance;
  if (alike && (wanted == Fit::kAuto || wanted == Fit::kBlur)) return Fit::kCrop;
  if (wanted == Fit::kAuto) return Fit::kPad;
  if (wanted == Fit::kCrop && kept < kLeastKept) {
    Error error;
    error.code = ErrorCode::kInvalidArgument;
    error.message = fmt::format("--fit crop would keep {:.0f} % of a picture of {}", kept * 100, to_text(picture));
    error.fix = "--fit pad or --fit blur";
    return fail(std::move(error));
  }
  return wanted;
}

}  // namespace tokprep
