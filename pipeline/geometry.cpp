#include "pipeline/geometry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace tokprep {
namespace {

constexpr double kLargestTouch = 0.02;   // growth that is worth meeting a standard canvas such as 1280x720
constexpr double kSmallestTouch = 0.01;  // the same, shrinking
constexpr double kLeastKept = 0.1;

/// Canvases of one ratio: `unit` times 1, 2, 3 … The unit is the ratio doubled, which keeps all sides even.
struct CanvasRow {
  Size unit;
  int least = 1;
  int most = 1;

  [[nodiscard]] Size at(int steps) const {
    const int allowed = std::clamp(steps, least, most);
    return {unit.width_px * allowed, unit.height_px * allowed};
  }
};

bool is_landscape(Ratio ratio) { return ratio.width > ratio.height; }

/// The permitted ratio nearest to the picture; of equally near ones the taller.
Ratio nearest_ratio(Size source, const std::vector<Ratio>& ratios) {
  const double shape = static_cast<double>(source.width_px) / source.height_px;
  const auto distance = [shape](Ratio ratio) { return std::abs(std::log(ratio.value() / shape)); };
  return *std::ranges::min_element(ratios, [&](Ratio a, Ratio b) {
    constexpr double kEqual = 1e-9;
    const double difference = distance(a) - distance(b);
    return std::abs(difference) > kEqual ? difference < 0 : a.value() < b.value();
  });
}

Size turned(Size box, bool landscape) {
  const auto [shorter, longer] = std::minmax(box.width_px, box.height_px);
  return landscape ? Size{longer, shorter} : Size{shorter, longer};
}

Result<CanvasRow> canvas_row(Ratio ratio, const CanvasLimits& limits) {
  const Size box = turned(limits.box, is_landscape(ratio));
  CanvasRow row{{2 * ratio.width, 2 * ratio.height}};
  const int shorter = std::min(row.unit.width_px, row.unit.height_px);
  row.least = (limits.side_min_px + shorter - 1) / shorter;
  row.most = std::min(std::min(box.width_px, limits.side_max_px) / row.unit.width_px,
                      std::min(box.height_px, limits.side_max_px) / row.unit.height_px);
  row.least = std::max(row.least, 1);
  if (row.most >= row.least) return row;
  return fail(
      ErrorCode::kInvalidArgument,
      fmt::format("--max-size {}: no {}:{} picture with sides of at least {} px fits inside; the smallest is {}",
                  to_text(limits.box), ratio.width, ratio.height, limits.side_min_px,
                  to_text(Size{row.unit.width_px * row.least, row.unit.height_px * row.least})));
}

int even_down(double side) { return std::max(2, 2 * static_cast<int>(std::floor(side / 2))); }
int even_near(double side) { return std::max(2, 2 * static_cast<int>(std::lround(side / 2))); }

/// Relative to the canvas, the picture is the wider of the two.
bool is_wider(Size picture, Size canvas) {
  return std::int64_t{picture.width_px} * canvas.height_px >= std::int64_t{picture.height_px} * canvas.width_px;
}

Size contained(Size source, Size canvas) {
  if (is_wider(source, canvas)) {
    const double height = static_cast<double>(source.height_px) * canvas.width_px / source.width_px;
    return {canvas.width_px, std::min(canvas.height_px, even_near(height))};
  }
  const double width = static_cast<double>(source.width_px) * canvas.height_px / source.height_px;
  return {std::min(canvas.width_px, even_near(width)), canvas.height_px};
}

/// To the nearest even side: half a pixel of shape is less than a cut column.
Size covering(Size source, Size canvas) {
  if (is_wider(source, canvas)) {
    const double width = static_cast<double>(source.width_px) * canvas.height_px / source.height_px;
    return {std::max(canvas.width_px, even_near(width)), canvas.height_px};
  }
  const double height = static_cast<double>(source.height_px) * canvas.width_px / source.width_px;
  return {canvas.width_px, std::max(canvas.height_px, even_near(height))};
}

/// Steps to the canvas that holds the picture; a slightly smaller one that nearly does is preferred.
int steps_holding(Size source, Size unit) {
  const double exact = std::max(static_cast<double>(source.width_px) / unit.width_px,
                                static_cast<double>(source.height_px) / unit.height_px);
  const double rounded = std::round(exact);
  return static_cast<int>(rounded >= exact * (1 - kSmallestTouch) ? rounded : std::ceil(exact));
}

/// Steps to the canvas that the picture covers; a slightly larger one that it nearly does is preferred.
int steps_covered(Size source, Size unit) {
  const double exact = std::min(static_cast<double>(source.width_px) / unit.width_px,
                                static_cast<double>(source.height_px) / unit.height_px);
  const double rounded = std::round(exact);
  return static_cast<int>(rounded <= exact * (1 + kLargestTouch) ? rounded : std::floor(exact));
}

Placement padded(Size source, Fit fit, const CanvasRow& row) {
  const Size canvas = row.at(steps_holding(source, row.unit));
  const Size picture = contained(source, canvas);
  const bool blurred = fit == Fit::kBlur && picture != canvas;
  return {blurred ? Fit::kBlur : Fit::kPad, picture, canvas};
}

Placement cropped(Size source, const CanvasRow& row) {
  const Size canvas = row.at(steps_covered(source, row.unit));
  const Size picture = covering(source, canvas);
  return {picture == canvas ? Fit::kPad : Fit::kCrop, picture, canvas};
}

double kept_share(const Placement& placement) {
  return static_cast<double>(placement.canvas.width_px) * placement.canvas.height_px /
         (static_cast<double>(placement.picture.width_px) * placement.picture.height_px);
}

}  // namespace

Result<Placement> place(Size source, Fit fit, const CanvasLimits& limits) {
  const Ratio ratio = nearest_ratio(source, limits.ratios);
  TOKPREP_ASSIGN(const CanvasRow row, canvas_row(ratio, limits));
  const bool fills = has_ratio(source, ratio) && fit != Fit::kPad;
  if (!fills && fit != Fit::kCrop) return padded(source, fit, row);
  const Placement placement = cropped(source, row);
  if (kept_share(placement) >= kLeastKept) return placement;
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("--fit crop would keep {:.1f} % of a {} picture; --fit pad keeps all of it",
                          100 * kept_share(placement), to_text(source)));
}

std::string describe(Size source, const Placement& placement) {
  const std::string from = to_text(source);
  const std::string to = to_text(placement.canvas);
  if (placement.fit == Fit::kCrop) {
    const Size kept{even_down(1.0 * source.width_px * placement.canvas.width_px / placement.picture.width_px),
                    even_down(1.0 * source.height_px * placement.canvas.height_px / placement.picture.height_px)};
    return fmt::format("cropped {} to {} of it, as {}", from, to_text(kept), to);
  }
  if (placement.picture == placement.canvas) {
    if (source == placement.canvas) return {};
    const bool grows = source.width_px < placement.canvas.width_px;
    return fmt::format("{} {} to {}", grows ? "enlarged" : "scaled", from, to);
  }
  const std::string how = placement.fit == Fit::kBlur ? "padded with a blurred background" : "padded";
  if (placement.picture.width_px > source.width_px * (1 + kLargestTouch) + 16) {
    return fmt::format("enlarged {} to {} and {} to {}", from, to_text(placement.picture), how, to);
  }
  return fmt::format("{} {} to {}", how, from, to);
}

}  // namespace tokprep
