#include "pipeline/geometry.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <vector>

namespace tokprep {
namespace {

using testing::HasSubstr;

const CanvasLimits kUsual{{{9, 16}, {16, 9}}};

struct Case {
  const char* name;
  Size source;
  Fit fit;
  Placement expected;
};

class Place : public testing::TestWithParam<Case> {};

TEST_P(Place, PutsThePictureHere) {
  const Case& c = GetParam();
  const auto placement = place(c.source, c.fit, kUsual);
  ASSERT_TRUE(placement) << placement.error().message;
  EXPECT_EQ(placement->fit, c.expected.fit);
  EXPECT_EQ(placement->picture, c.expected.picture) << to_text(placement->picture);
  EXPECT_EQ(placement->canvas, c.expected.canvas) << to_text(placement->canvas);
}

INSTANTIATE_TEST_SUITE_P(Shapes, Place,
                         testing::ValuesIn(std::vector<Case>{
                             {"exact_portrait", {1080, 1920}, Fit::kAuto, {Fit::kPad, {1080, 1920}, {1080, 1920}}},
                             {"exact_landscape", {1280, 720}, Fit::kAuto, {Fit::kPad, {1280, 720}, {1280, 720}}},
                             {"uhd", {2160, 3840}, Fit::kAuto, {Fit::kPad, {1080, 1920}, {1080, 1920}}},
                             {"small", {320, 180}, Fit::kAuto, {Fit::kPad, {640, 360}, {640, 360}}},
                             {"tiny_square", {16, 16}, Fit::kAuto, {Fit::kPad, {360, 360}, {360, 640}}},
                             {"odd_phone", {361, 641}, Fit::kAuto, {Fit::kPad, {360, 640}, {360, 640}}},
                             {"nearly_wide", {1920, 1072}, Fit::kAuto, {Fit::kCrop, {1934, 1080}, {1920, 1080}}},
                             {"action_camera", {848, 480}, Fit::kAuto, {Fit::kCrop, {864, 490}, {864, 486}}},
                             {"square", {642, 642}, Fit::kAuto, {Fit::kPad, {648, 648}, {648, 1152}}},
                             {"large_square", {3000, 3000}, Fit::kPad, {Fit::kPad, {1080, 1080}, {1080, 1920}}},
                             {"four_thirds", {1440, 1080}, Fit::kAuto, {Fit::kPad, {1440, 1080}, {1920, 1080}}},
                             {"three_quarters", {480, 640}, Fit::kAuto, {Fit::kPad, {486, 648}, {486, 864}}},
                             {"ultra_wide", {1280, 272}, Fit::kAuto, {Fit::kPad, {1280, 272}, {1280, 720}}},
                             {"blurred", {1440, 1080}, Fit::kBlur, {Fit::kBlur, {1440, 1080}, {1920, 1080}}},
                             {"blur_of_nothing", {1920, 1080}, Fit::kBlur, {Fit::kPad, {1920, 1080}, {1920, 1080}}},
                             {"padded_on_request", {848, 480}, Fit::kPad, {Fit::kPad, {858, 486}, {864, 486}}},
                             {"cropped", {1440, 1080}, Fit::kCrop, {Fit::kCrop, {1440, 1080}, {1440, 810}}},
                             {"cropped_square", {642, 642}, Fit::kCrop, {Fit::kCrop, {640, 640}, {360, 640}}},
                             {"cropped_large", {3000, 3000}, Fit::kCrop, {Fit::kCrop, {1920, 1920}, {1080, 1920}}}}),
                         [](const auto& row) { return row.param.name; });

bool is_exact(Size canvas) {
  return canvas.width_px * 16 == canvas.height_px * 9 || canvas.width_px * 9 == canvas.height_px * 16;
}

void expect_lawful_canvas(Size canvas, const CanvasLimits& limits, const std::string& what) {
  const auto [shorter, longer] = std::minmax(canvas.width_px, canvas.height_px);
  const auto [box_short, box_long] = std::minmax(limits.box.width_px, limits.box.height_px);
  EXPECT_TRUE(is_exact(canvas)) << what;
  EXPECT_EQ(canvas.width_px % 2 + canvas.height_px % 2, 0) << what;
  EXPECT_GE(shorter, limits.side_min_px) << what;
  EXPECT_LE(shorter, box_short) << what;
  EXPECT_LE(longer, std::min(box_long, limits.side_max_px)) << what;
}

/// Even, touching two sides of the canvas, all inside (or all covering), and true in shape.
void expect_true_picture(Size source, const Placement& placement, const std::string& what) {
  const Size picture = placement.picture;
  const Size canvas = placement.canvas;
  EXPECT_EQ(picture.width_px % 2 + picture.height_px % 2, 0) << what;
  EXPECT_TRUE(picture.width_px == canvas.width_px || picture.height_px == canvas.height_px) << what;
  const bool fits = fits_inside(picture, canvas);
  const bool covers = fits_inside(canvas, picture);
  EXPECT_TRUE(placement.fit == Fit::kCrop ? covers : fits) << what;
  const double wanted = static_cast<double>(source.height_px) * picture.width_px / source.width_px;
  const double slack = std::max(2.0, 2.0 * source.height_px / source.width_px);  // two pixels of either side
  EXPECT_NEAR(picture.height_px, std::max(2.0, wanted), slack + 0.01) << what;
}

TEST(PlaceProperties, HoldForAllSizesAndFits) {
  const std::vector<int> sides = {16,   17,   90,   359,  360,  361,  404,  480,  540,  642,  719,  720, 854,
                                  1079, 1080, 1081, 1200, 1438, 1920, 2160, 3000, 3840, 4097, 7680, 8192};
  std::vector<CanvasLimits> all = {kUsual, kUsual, kUsual};
  all[1].box = {4096, 4096};
  all[2].box = {400, 800};
  for (const CanvasLimits& limits : all) {
    for (const int width : sides) {
      for (const int height : sides) {
        for (const Fit fit : {Fit::kAuto, Fit::kPad, Fit::kBlur, Fit::kCrop}) {
          const Size source{width, height};
          const auto placement = place(source, fit, limits);
          const std::string what = to_text(source) + " " + std::string(name_of(fit));
          if (!placement) {
            EXPECT_EQ(fit, Fit::kCrop) << what;  // the only one that may refuse a shape
            continue;
          }
          expect_lawful_canvas(placement->canvas, limits, what + " on " + to_text(placement->canvas));
          expect_true_picture(source, *placement, what + " as " + to_text(placement->picture));
        }
      }
    }
  }
}

TEST(PlaceProperties, EnlargesOnlyToReachTheLeastSide) {
  for (int side = 360; side <= 1080; side += 7) {
    const auto padded = place({side, side}, Fit::kAuto, kUsual);
    ASSERT_TRUE(padded);
    EXPECT_LE(padded->picture.width_px, side + 18) << side;  // the distance between two canvases
  }
}

TEST(PlaceProperties, ANearlyRightShapeLosesLessThanItsTolerance) {
  for (int width = 700; width <= 1940; width += 3) {
    const Size source{width, width * 9 / 16};
    const auto placement = place(source, Fit::kAuto, kUsual);
    ASSERT_TRUE(placement);
    const double kept = 1.0 * placement->canvas.width_px * placement->canvas.height_px /
                        (1.0 * placement->picture.width_px * placement->picture.height_px);
    EXPECT_GE(kept, 0.985) << to_text(source);
    EXPECT_LE(placement->canvas.width_px, source.width_px * 1.021) << to_text(source);
  }
}

TEST(Place, SquareIsPortrait) {
  const auto placement = place({1000, 1000}, Fit::kAuto, kUsual);
  ASSERT_TRUE(placement);
  EXPECT_LT(placement->canvas.width_px, placement->canvas.height_px);
}

TEST(Place, TheBoxIsTurnedForLandscape) {
  CanvasLimits limits = kUsual;
  limits.box = {720, 1280};
  EXPECT_EQ(place({3840, 2160}, Fit::kAuto, limits)->canvas, (Size{1280, 720}));
  EXPECT_EQ(place({2160, 3840}, Fit::kAuto, limits)->canvas, (Size{720, 1280}));
  limits.box = {4096, 4096};
  EXPECT_EQ(place({2160, 3840}, Fit::kAuto, limits)->canvas, (Size{2160, 3840}));
  EXPECT_EQ(place({8000, 4500}, Fit::kAuto, limits)->canvas, (Size{4096, 2304}));
}

TEST(Place, OtherRatiosWork) {
  CanvasLimits limits{{{1, 1}, {4, 5}}};
  EXPECT_EQ(place({1440, 1080}, Fit::kAuto, limits)->canvas, (Size{1080, 1080}));
  EXPECT_EQ(place({800, 1000}, Fit::kAuto, limits)->canvas, (Size{800, 1000}));
}

TEST(Place, RefusesABoxWithoutACanvas) {
  CanvasLimits limits = kUsual;
  limits.box = {200, 300};
  const auto placement = place({1080, 1920}, Fit::kAuto, limits);
  ASSERT_FALSE(placement);
  EXPECT_EQ(placement.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(placement.error().message, HasSubstr("200x300"));
  EXPECT_THAT(placement.error().message, HasSubstr("360x640"));
}

TEST(Place, RefusesACropThatKeepsNearlyNothing) {
  const auto placement = place({16, 8192}, Fit::kCrop, kUsual);
  ASSERT_FALSE(placement);
  EXPECT_EQ(placement.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(placement.error().message, HasSubstr("--fit pad"));
}

TEST(Describe, SaysWhatHappens) {
  const auto text = [](Size source, Fit fit) { return describe(source, *place(source, fit, kUsual)); };
  EXPECT_EQ(text({1080, 1920}, Fit::kAuto), "");
  EXPECT_EQ(text({642, 642}, Fit::kAuto), "padded 642x642 to 648x1152");
  EXPECT_EQ(text({3840, 2160}, Fit::kAuto), "scaled 3840x2160 to 1920x1080");
  EXPECT_EQ(text({320, 180}, Fit::kAuto), "enlarged 320x180 to 640x360");
  EXPECT_EQ(text({16, 16}, Fit::kAuto), "enlarged 16x16 to 360x360 and padded to 360x640");
  EXPECT_EQ(text({1440, 1080}, Fit::kBlur), "padded with a blurred background 1440x1080 to 1920x1080");
  EXPECT_EQ(text({1440, 1080}, Fit::kCrop), "cropped 1440x1080 to 1440x810 of it, as 1440x810");
}

}  // namespace
}  // namespace tokprep
