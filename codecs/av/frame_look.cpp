#include "codecs/av/frame_look.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>

namespace tokprep::av {
namespace {

constexpr double kEdgeShare = 0.02;   // what lies outside says nothing: a logo, a few hot pixels
constexpr double kBlackBelow = 0.09;  // code 36 of limited range: noise in the dark stays below
constexpr double kFlatSpread = 0.05;
constexpr double kFlatColour = 0.03;
constexpr double kBlurredBelow = 0.35;
constexpr float kNoiseStep = 0.012F;  // three codes of 255: no edge
constexpr int kBlurReach = 4;         // pixels to either side

double mean_of(std::span<const float> plane) {
  return plane.empty() ? 0 : std::accumulate(plane.begin(), plane.end(), 0.0) / static_cast<double>(plane.size());
}

double deviation_of(std::span<const float> plane) {
  const double mean = mean_of(plane);
  double sum = 0;
  for (const float value : plane) sum += (value - mean) * (value - mean);
  return plane.empty() ? 0 : std::sqrt(sum / static_cast<double>(plane.size()));
}

/// The value that `share` of the plane does not exceed.
double quantile(std::vector<float>& plane, double share) {
  if (plane.empty()) return 0;
  const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(plane.size() - 1));
  std::ranges::nth_element(plane, plane.begin() + place);
  return plane[static_cast<std::size_t>(place)];
}

/// The part of a picture inside its black bars.
struct Box {
  int left = 0, top = 0, right = 0, bottom = 0;
};

Box inside_of_bars(const SmallPicture& picture) {
  Box box{picture.width_px, picture.height_px, 0, 0};
  for (int y = 0; y < picture.height_px; ++y) {
    const auto row =
        std::span(picture.luma)
            .subspan(static_cast<std::size_t>(y * picture.width_px), static_cast<std::size_t>(picture.width_px));
    for (int x = 0; x < picture.width_px; ++x) {
      if (row[static_cast<std::size_t>(x)] < kBlackBelow) continue;
      box.left = std::min(box.left, x);
      box.right = std::max(box.right, x + 1);
      box.top = std::min(box.top, y);
      box.bottom = y + 1;
    }
  }
  return box;
}

/// Steps between neighbours along one line, and how much of them a blur along it takes away.
struct Edges {
  double steps = 0;
  double lost = 0;

  void add(std::span<const float> line, std::vector<double>& sums) {
    const std::size_t length = line.size();
    sums.assign(length + 1, 0);
    for (std::size_t i = 0; i < length; ++i) sums[i + 1] = sums[i] + static_cast<double>(line[i]);
    const auto blurred = [&](std::size_t i) {
      const std::size_t from = i < kBlurReach ? 0 : i - kBlurReach;
      const std::size_t to = std::min(length, i + kBlurReach + 1);
      return (sums[to] - sums[from]) / static_cast<double>(to - from);
    };
    for (std::size_t i = 1; i < length; ++i) {
      const double step = std::abs(line[i] - line[i - 1]);
      if (step < static_cast<double>(kNoiseStep)) continue;
      steps += step;
      lost += std::max(0.0, step - std::abs(blurred(i) - blurred(i - 1)));
    }
  }

  [[nodiscard]] double share() const { return steps > 0 ? lost / steps : 0; }
};

double sharpness_of(const SmallPicture& picture) {
  const Box box = inside_of_bars(picture);
  if (box.right - box.left <= kBlurReach || box.bottom - box.top <= kBlurReach) return 0;
  Edges across, down;
  std::vector<double> sums;
  std::vector<float> line;
  const auto sample = [&](int x, int y) { return picture.luma[static_cast<std::size_t>(y * picture.width_px + x)]; };
  for (int y = box.top + 1; y < box.bottom - 1; ++y) {
    line.clear();
    for (int x = box.left + 1; x < box.right - 1; ++x) line.push_back(sample(x, y));
    across.add(line, sums);
  }
  for (int x = box.left + 1; x < box.right - 1; ++x) {
    line.clear();
    for (int y = box.top + 1; y < box.bottom - 1; ++y) line.push_back(sample(x, y));
    down.add(line, sums);
  }
  // What is shaken along one axis is blurred, however sharp it is along the other; stripes have edges along one only.
  constexpr double kHardlyAny = 0.2;
  if (down.steps < kHardlyAny * across.steps) return across.share();
  if (across.steps < kHardlyAny * down.steps) return down.share();
  return std::min(across.share(), down.share());
}

/// Spread and distance from grey together, as people judge how colourful a picture is.
double colourfulness_of(const SmallPicture& picture) {
  const double spread = std::hypot(deviation_of(picture.cb), deviation_of(picture.cr));
  return spread + 0.3 * std::hypot(mean_of(picture.cb), mean_of(picture.cr));
}

/// Means over tiles of the luma.
std::vector<float> tiles_of(const std::vector<float>& luma, int width_px, int height_px) {
  constexpr int kTiles = 16;
  std::vector<float> tiles;
  for (int row = 0; row < kTiles; ++row) {
    const int top = height_px * row / kTiles, bottom = std::max(top + 1, height_px * (row + 1) / kTiles);
    for (int column = 0; column < kTiles; ++column) {
      const int left = width_px * column / kTiles, right = std::max(left + 1, width_px * (column + 1) / kTiles);
      double sum = 0;
      for (int y = top; y < std::min(bottom, height_px); ++y) {
        for (int x = left; x < std::min(right, width_px); ++x) {
          sum += static_cast<double>(luma[static_cast<std::size_t>(y * width_px + x)]);
        }
      }
      tiles.push_back(static_cast<float>(sum / ((bottom - top) * (right - left))));
    }
  }
  return tiles;
}

std::vector<float> difference(const std::vector<float>& a, const std::vector<float>& b) {
  std::vector<float> result(a.size());
  std::ranges::transform(a, b, result.begin(), [](float one, float other) { return one - other; });
  return result;
}

double product(const std::vector<float>& a, const std::vector<float>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0) /
         static_cast<double>(std::max<std::size_t>(1, a.size()));
}

double root_mean_square(const std::vector<float>& plane) { return std::sqrt(product(plane, plane)); }

double correlation(const std::vector<float>& a, const std::vector<float>& b) {
  const double spreads = deviation_of(a) * deviation_of(b);
  return spreads > 1e-6 ? (product(a, b) - mean_of(a) * mean_of(b)) / spreads : 1;
}

/// Black and white alike are the picture with its contrast gone.
bool contrast_changes(const SmallPicture& before, const SmallPicture& after) {
  constexpr double kLeastChange = 0.75;
  const double one = deviation_of(before.luma);
  const double other = deviation_of(after.luma);
  return std::min(one, other) <= kLeastChange * std::max(one, other);
}

/// Whether the contrast of all three is that of one scene seen through more and less of black (`end` 0) or white (1):
/// the distance of the mean from that end shrinks with it. Blind to what moves in the scene.
bool is_scaled_from(double end, const SmallPicture& before, const SmallPicture& now, const SmallPicture& after) {
  constexpr double kLeastShare = 0.15;
  constexpr double kMostDifference = 0.15;
  constexpr double kNothingLeft = 0.02;
  const double first = deviation_of(before.luma), middle = deviation_of(now.luma), last = deviation_of(after.luma);
  const double share = (middle - first) / (last - first);
  if (!(share >= kLeastShare && share <= 1 - kLeastShare) || middle < kNothingLeft) return false;
  const double expected = std::abs(mean_of(now.luma) - end) / middle;
  const auto agrees = [&](const SmallPicture& picture, double deviation) {
    const double distance_to_end = std::abs(mean_of(picture.luma) - end);
    if (deviation < kNothingLeft) return distance_to_end < 2 * expected * kNothingLeft;
    return std::abs(distance_to_end / deviation - expected) <= kMostDifference * expected;
  };
  return agrees(before, first) && agrees(after, last);
}

bool comparable(const SmallPicture& a, const SmallPicture& b) {
  return a.width_px == b.width_px && a.height_px == b.height_px && !a.luma.empty();
}

}  // namespace

FrameLook look_of(const SmallPicture& picture) {
  FrameLook look;
  std::vector<float> luma = picture.luma;
  look.luma_mean = mean_of(luma);
  const double brightest = quantile(luma, 1 - kEdgeShare);
  look.luma_spread = brightest - quantile(luma, kEdgeShare);
  look.sharpness = sharpness_of(picture);
  look.colourfulness = colourfulness_of(picture);
  const double colours = std::hypot(deviation_of(picture.cb), deviation_of(picture.cr));
  look.black = brightest < kBlackBelow;
  look.flat = look.luma_spread < kFlatSpread && colours < kFlatColour;
  look.blurred = !look.black && !look.flat && look.sharpness < kBlurredBelow;
  return look;
}

bool is_fading(const SmallPicture& before, const SmallPicture& now, const SmallPicture& after) {
  constexpr double kLeastChange = 0.02;
  constexpr double kLeastShare = 0.1;    // closer to one of the two it is that one
  constexpr double kMostRest = 0.35;     // what moves meanwhile is no mixture
  constexpr double kLeastAtLarge = 0.5;  // a slow pan changes edges, and larger areas hardly
  constexpr double kSamePicture = 0.95;
  if (!comparable(before, now) || !comparable(now, after)) return false;
  if (contrast_changes(before, after) &&
      (is_scaled_from(0, before, now, after) || is_scaled_from(1, before, now, after))) {
    return true;
  }
  const std::vector<float> whole = difference(after.luma, before.luma);
  const double change = root_mean_square(whole);
  if (change < kLeastChange) return false;
  std::vector<float> rest = difference(now.luma, before.luma);
  const double share = product(rest, whole) / (change * change);
  if (share < kLeastShare || share > 1 - kLeastShare) return false;
  std::ranges::transform(rest, whole, rest.begin(),
                         [&](float part, float all) { return part - static_cast<float>(share) * all; });
  if (root_mean_square(rest) > kMostRest * change) return false;
  if (root_mean_square(tiles_of(whole, now.width_px, now.height_px)) < kLeastAtLarge * change) return false;
  const bool same_picture = correlation(before.luma, after.luma) > kSamePicture;
  return !same_picture || contrast_changes(before, after);
}

Histogram histogram_of(const SmallPicture& picture) {
  constexpr std::size_t kBins = std::tuple_size_v<Histogram> / 3;
  Histogram histogram{};
  const auto count = [&](const std::vector<float>& plane, float least, std::size_t first) {
    const double one = 1.0 / static_cast<double>(std::max<std::size_t>(1, plane.size()));
    for (const float value : plane) {
      const auto bin = static_cast<int>((value - least) * static_cast<float>(kBins));
      histogram[first + static_cast<std::size_t>(std::clamp(bin, 0, static_cast<int>(kBins) - 1))] += one;
    }
  };
  count(picture.luma, 0, 0);
  count(picture.cb, -0.5F, kBins);
  count(picture.cr, -0.5F, 2 * kBins);
  return histogram;
}

double distance(const Histogram& a, const Histogram& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(a[i] - b[i]);
  return sum / 6;  // three axes, and each pixel that moves counts where it left and where it went
}

double appeal_of(const FrameLook& look, double sharpest, double distance_to_mean) {
  const double contrast = std::min(1.0, look.luma_spread / 0.8);
  const double sharp = sharpest > 0 ? look.sharpness / sharpest : 0;
  const double colourful = std::min(1.0, look.colourfulness / 0.15);
  double appeal = 0.35 * contrast + 0.35 * sharp + 0.2 * colourful - 0.3 * distance_to_mean;
  if (look.luma_mean < 0.15 || look.luma_mean > 0.9) appeal -= 0.2;
  if (look.blurred) appeal -= 0.3;
  if (look.fading.value_or(false)) appeal -= 2;
  if (look.flat) appeal -= 4;
  if (look.black) appeal -= 8;
  return appeal;
}

}  // namespace tokprep::av
