#include <gmock/gmock.h>

#include <vector>

#include "base/json.h"
#include "pipeline/photo_canvas.h"
#include "pipeline/plan.h"
#include "tests/unit/decide/facts.h"

namespace tokprep {
namespace {

using testing::Contains;
using testing::HasSubstr;

ConvertOptions on(PhotoCanvas canvas, Fit fit = Fit::kAuto) {
  ConvertOptions options;
  options.canvas = canvas;
  options.fit = fit;
  return options;
}

Size canvas_of(const std::vector<Size>& pictures, const ConvertOptions& options) {
  const auto canvas = photo_canvas(pictures, built_in_rules(), options);
  EXPECT_TRUE(canvas) << canvas.error().message;
  return canvas.value_or(Size{});
}

TEST(PhotoCanvas, IsWantedByItselfOrByAFitThatFillsOne) {
  EXPECT_FALSE(wants_canvas({}));
  EXPECT_TRUE(wants_canvas(on({CanvasKind::kAuto})));
  EXPECT_TRUE(wants_canvas(on({}, Fit::kBlur)));
  EXPECT_FALSE(wants_canvas(on({CanvasKind::kOff}, Fit::kBlur)));
}

TEST(PhotoCanvas, AutoIsThePermittedShapeNearestToAllPictures) {
  const auto automatic = on({CanvasKind::kAuto});
  EXPECT_EQ(canvas_of({{3000, 3900}}, automatic), (Size{1080, 1080}));
  EXPECT_EQ(canvas_of({{3000, 4000}}, automatic), (Size{1080, 1920}));  // 3:4 is in the middle of 1:1 and 9:16
  EXPECT_EQ(canvas_of({{900, 1500}}, automatic), (Size{1080, 1920}));
  EXPECT_EQ(canvas_of({{4000, 2200}}, automatic), (Size{1920, 1080}));
  EXPECT_EQ(canvas_of({{500, 510}}, automatic), (Size{1080, 1080}));
  // Two portraits outweigh a landscape.
  EXPECT_EQ(canvas_of({{1080, 1920}, {1080, 1920}, {1920, 1080}}, automatic), (Size{1080, 1920}));
  // A pair that mirrors each other is as near to all of them.
  EXPECT_EQ(canvas_of({{9, 16}, {16, 9}}, automatic), (Size{1080, 1920}));
}

TEST(PhotoCanvas, AShapeIsAsLargeAsTheBoxesLetIt) {
  const auto shaped = [](int width, int height) { return on({CanvasKind::kShape, {width, height}}); };
  EXPECT_EQ(canvas_of({{100, 100}}, shaped(9, 16)), (Size{1080, 1920}));
  EXPECT_EQ(canvas_of({{100, 100}}, shaped(16, 9)), (Size{1920, 1080}));
  EXPECT_EQ(canvas_of({{100, 100}}, shaped(1, 1)), (Size{1080, 1080}));
  EXPECT_EQ(canvas_of({{100, 100}}, shaped(4, 5)), (Size{1080, 1350}));
  EXPECT_EQ(canvas_of({{100, 100}}, shaped(3, 2)), (Size{1620, 1080}));
  ConvertOptions small = shaped(4, 5);
  small.max_size = Size{600, 900};
  EXPECT_EQ(canvas_of({{100, 100}}, small), (Size{600, 750}));
}

TEST(PhotoCanvas, ASizeIsTakenAsItIsInsideTheBoxes) {
  EXPECT_EQ(canvas_of({{100, 100}}, on({CanvasKind::kSize, {}, {900, 1600}})), (Size{900, 1600}));
  const auto refused = photo_canvas({{100, 100}}, built_in_rules(), on({CanvasKind::kSize, {}, {1200, 1600}}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("1200x1600 is too large"));
  EXPECT_THAT(refused.error().message, HasSubstr("1080x1920"));
  const auto sliver = photo_canvas({{100, 100}}, built_in_rules(), on({CanvasKind::kShape, {1, 5000}}));
  ASSERT_FALSE(sliver);
  EXPECT_EQ(sliver.error().code, ErrorCode::kInvalidArgument);
}

TEST(PhotoFit, PadsUnlessToldAndCutsWhatHardlySticksOut) {
  EXPECT_EQ(photo_fit({400, 300}, {1080, 1920}, Fit::kAuto).value(), Fit::kPad);
  EXPECT_EQ(photo_fit({400, 300}, {1080, 1920}, Fit::kBlur).value(), Fit::kBlur);
  EXPECT_EQ(photo_fit({1079, 1920}, {1080, 1920}, Fit::kAuto).value(), Fit::kCrop);
  EXPECT_EQ(photo_fit({1079, 1920}, {1080, 1920}, Fit::kBlur).value(), Fit::kCrop);
  EXPECT_EQ(photo_fit({1079, 1920}, {1080, 1920}, Fit::kPad).value(), Fit::kPad);
  EXPECT_EQ(photo_fit({4000, 3000}, {1080, 1920}, Fit::kCrop).value(), Fit::kCrop);
  const auto sliver = photo_fit({4000, 200}, {1080, 1920}, Fit::kCrop);
  ASSERT_FALSE(sliver);
  EXPECT_THAT(sliver.error().message, HasSubstr("3 %"));
  EXPECT_THAT(sliver.error().fix, HasSubstr("pad"));
}

Plan image_plan(const MediaInfo& info, const ConvertOptions& options) {
  const auto decided = plan(info, check(info, built_in_rules()), built_in_rules(), options);
  EXPECT_TRUE(decided) << decided.error().message;
  return decided.value_or(Plan{});
}

TEST(PhotoPlan, ACompliantPictureOfTheCanvasIsKeptAndAnyOtherIsBroughtThere) {
  MediaInfo info = facts::image();
  info.image->width_px = 1080;
  info.image->height_px = 1920;
  EXPECT_TRUE(image_plan(info, on({CanvasKind::kShape, {9, 16}})).image.copy);
  const Plan square = image_plan(info, on({CanvasKind::kShape, {1, 1}}, Fit::kBlur));
  EXPECT_FALSE(square.image.copy);
  EXPECT_EQ(square.image.canvas, (Size{1080, 1080}));
  EXPECT_EQ(square.image.fit, Fit::kBlur);
  EXPECT_THAT(square.notes, Contains("padded from 1080x1920 to 1080x1080, with itself blurred behind"));
}

TEST(PhotoPlan, AUsersLimitOfBytesCountsAndNeverRaisesTheServices) {
  MediaInfo info = facts::image();
  ConvertOptions options;
  options.max_bytes = info.size_bytes - 1;
  const Plan smaller = image_plan(info, options);
  EXPECT_FALSE(smaller.image.copy);
  EXPECT_EQ(smaller.image.max_bytes, info.size_bytes - 1);
  options.max_bytes = 90'000'000;
  EXPECT_EQ(image_plan(info, options).image.max_bytes, 20'000'000U);
}

TEST(StillLimits, ComeFromTheRules) {
  const auto rules = built_in_rules().with_overrides(Json{{"image.pixels_max", 1e6}, {"image.memory_max", 5e7}});
  ASSERT_TRUE(rules);
  EXPECT_EQ(still_limits(*rules), (StillLimits{1'000'000, 10'000, 50'000'000}));
  EXPECT_EQ(still_limits(built_in_rules()), StillLimits{});
}

}  // namespace
}  // namespace tokprep
