#include <gmock/gmock.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <vector>

#include "pipeline/plan.h"
#include "tests/unit/decide/facts.h"

namespace tokprep {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

Result<Plan> plan_of(const MediaInfo& info, const ConvertOptions& options = {}) {
  return plan(info, check(info, built_in_rules()), built_in_rules(), options);
}

Result<Plan> cover_plan_of(const MediaInfo& info, const ConvertOptions& options = {}) {
  return plan_cover(info, check(info, built_in_rules(), AssetRole::kCover), built_in_rules(), options);
}

struct Case {
  const char* name;
  std::function<void(MediaInfo&, ConvertOptions&)> arrange;
  StreamAction action;
  const char* extension;
  std::vector<std::string> reasons;
  Verdict verdict;
};

class ImageWork : public testing::TestWithParam<Case> {};

TEST_P(ImageWork, IsTheLeast) {
  const Case& c = GetParam();
  MediaInfo info = facts::image();
  ConvertOptions options;
  c.arrange(info, options);
  const auto decided = plan_of(info, options);
  ASSERT_TRUE(decided) << decided.error().message;
  EXPECT_EQ(decided->kind, MediaKind::kImage);
  EXPECT_EQ(decided->image_action, c.action);
  EXPECT_EQ(decided->image.copy, c.action == StreamAction::kCopy);
  EXPECT_EQ(decided->extension, c.extension);
  EXPECT_EQ(decided->mime, std::string(c.extension) == "jpg" ? "image/jpeg" : "image/webp");
  EXPECT_EQ(decided->reasons, c.reasons);
  EXPECT_EQ(verdict(decided), c.verdict);
}

constexpr auto kCopy = StreamAction::kCopy;
constexpr auto kEncode = StreamAction::kEncode;
constexpr auto kCompliant = Verdict::kCompliant;
constexpr auto kFixable = Verdict::kFixable;

void add_gps(MediaInfo& info) { info.private_metadata = {{PrivateKind::kGps, "exif GPSLatitude"}}; }

INSTANTIATE_TEST_SUITE_P(
    Decisions, ImageWork,
    testing::ValuesIn(std::vector<Case>{
        {"keep_jpeg", [](MediaInfo&, ConvertOptions&) {}, kCopy, "jpg", {}, kCompliant},
        {"strip_jpeg", [](MediaInfo& m, ConvertOptions&) { add_gps(m); }, kCopy, "jpg", {"metadata.private"},
         kFixable},
        {"keep_private",
         [](MediaInfo& m, ConvertOptions& o) {
           add_gps(m);
           o.keep_metadata = true;
         },
         kCopy, "jpg", {}, kCompliant},
        {"turned_with_gps",
         [](MediaInfo& m, ConvertOptions&) {
           add_gps(m);
           m.image->orientation = 6;
         },
         kEncode, "jpg", {"metadata.private", "image.upright"}, kFixable},
        {"png", [](MediaInfo& m, ConvertOptions&) { m.container.format = "png"; }, kEncode, "jpg", {"image.format"},
         kFixable},
        {"large", [](MediaInfo& m, ConvertOptions&) { facts::resize(m, 4800, 3600); }, kEncode, "jpg", {"image.box"},
         kFixable},
        {"heavy", [](MediaInfo& m, ConvertOptions&) { m.size_bytes = 25'000'000; }, kEncode, "jpg",
         {"image.size_max"}, kFixable},
        {"wide_gamut", [](MediaInfo& m, ConvertOptions&) { m.image->icc_name = "Display P3"; }, kEncode, "jpg",
         {"image.colour"}, kFixable},
        {"hdr", [](MediaInfo& m, ConvertOptions&) { m.image->hdr = HdrKind::kPq; }, kEncode, "jpg", {"image.sdr"},
         kFixable},
        {"alpha", [](MediaInfo& m, ConvertOptions&) { m.container.format = "webp", m.image->alpha = true; }, kEncode,
         "jpg", {"image.opaque"}, kFixable},
        {"deep", [](MediaInfo& m, ConvertOptions&) { m.image->bit_depth = 12; }, kEncode, "jpg", {"image.bit_depth"},
         kFixable},
        {"webp_to_jpeg", [](MediaInfo& m, ConvertOptions&) { m.container.format = "webp"; }, kEncode, "jpg", {},
         kFixable},
        {"keep_webp",
         [](MediaInfo& m, ConvertOptions& o) {
           m.container.format = "webp";
           o.image_format = ImageFormat::kWebp;
         },
         kCopy, "webp", {}, kCompliant},
        {"webp_with_gps",
         [](MediaInfo& m, ConvertOptions& o) {
           m.container.format = "webp";
           add_gps(m);
           o.image_format = ImageFormat::kWebp;
         },
         kEncode, "webp", {"metadata.private"}, kFixable},
        {"animated_webp",
         [](MediaInfo& m, ConvertOptions& o) {
           m.container.format = "webp";
           m.image->pages = 9;
           o.image_format = ImageFormat::kWebp;
         },
         kEncode, "webp", {"image.single_frame"}, kFixable},
        {"jpeg_to_webp", [](MediaInfo&, ConvertOptions& o) { o.image_format = ImageFormat::kWebp; }, kEncode, "webp",
         {}, kFixable},
        {"smaller_on_request", [](MediaInfo&, ConvertOptions& o) { o.max_size = Size{720, 1280}; }, kEncode, "jpg",
         {}, kFixable}}),
    [](const auto& row) { return row.param.name; });

TEST(PlanImage, TheBoxIsTurnedToThePicture) {
  struct Row {
    int width_px, height_px;
    Size box;
  };
  for (const Row& row : {Row{3000, 4000, {1080, 1920}}, Row{4000, 3000, {1920, 1080}}, Row{2000, 2000, {1080, 1080}},
                         Row{900, 2000, {1080, 1920}}, Row{6000, 400, {1920, 1080}}}) {
    MediaInfo info = facts::image();
    facts::resize(info, row.width_px, row.height_px);
    const auto decided = plan_of(info);
    ASSERT_TRUE(decided);
    EXPECT_EQ(decided->image.max_size, row.box) << row.width_px << "x" << row.height_px;
  }
}

TEST(PlanImage, TheUsersBoxOnlyNarrows) {
  MediaInfo info = facts::image();
  facts::resize(info, 4000, 3000);
  ConvertOptions options;
  options.max_size = Size{500, 4000};
  EXPECT_EQ(plan_of(info, options)->image.max_size, (Size{1920, 500}));
}

TEST(PlanImage, JobIsFilled) {
  MediaInfo info = facts::image("png");
  info.image->alpha = true;
  ConvertOptions options;
  options.background = {9, 8, 7};
  for (const auto& [quality, expected] :
       {std::pair{Quality::kSmall, 85}, std::pair{Quality::kStandard, 90}, std::pair{Quality::kBest, 95}}) {
    options.quality = quality;
    const auto decided = plan_of(info, options);
    ASSERT_TRUE(decided);
    EXPECT_EQ(decided->image.quality, expected);
    EXPECT_EQ(decided->image.background, (Rgb{9, 8, 7}));
    EXPECT_EQ(decided->image.max_bytes, 20'000'000U);
    EXPECT_EQ(decided->image.min_size, (Size{0, 0}));
    EXPECT_FALSE(decided->image.keep_metadata);
    EXPECT_THAT(decided->notes, ElementsAre("png converted to JPEG", "transparency put on the background colour"));
  }
}

TEST(PlanImage, SaysThatHdrIsToneMapped) {
  MediaInfo info = facts::image("avif");
  info.image->hdr = HdrKind::kHlg;
  const auto decided = plan_of(info);
  ASSERT_TRUE(decided) << decided.error().message;
  EXPECT_THAT(decided->notes, ElementsAre("avif converted to JPEG", "HDR tone-mapped to SDR"));
}

TEST(PlanImage, RefusesBombs) {
  MediaInfo info = facts::image();
  facts::resize(info, 20000, 14000);
  auto decided = plan_of(info);
  ASSERT_FALSE(decided);
  EXPECT_EQ(decided.error().code, ErrorCode::kNotCompliant);
  EXPECT_EQ(decided.error().rule, "image.pixels_max");
  EXPECT_EQ(to_text(decided.error().measured), "280000000");
  EXPECT_EQ(to_text(decided.error().limit), "268435456");
  EXPECT_FALSE(decided.error().fix.empty());

  info = facts::image();
  info.image.reset();
  EXPECT_EQ(plan_of(info).error().code, ErrorCode::kUnsupportedInput);
}

TEST(PlanImage, TextForms) {
  EXPECT_EQ(summary(*plan_of(facts::image())), "kept as it is");
  MediaInfo info = facts::image();
  add_gps(info);
  EXPECT_EQ(summary(*plan_of(info)), "picture kept; private metadata removed");
  info = facts::image("gif");
  info.image->pages = 30;
  facts::resize(info, 3000, 3000);
  EXPECT_EQ(summary(*plan_of(info)),
            "encoded as JPEG; gif converted to JPEG; scaled from 3000x3000 into 1080x1080; only the first of 30 "
            "pictures is used");
  const nlohmann::json json = *plan_of(info);
  EXPECT_EQ(json["image"], "encode");
  EXPECT_EQ(json["recipe"]["format"], "jpeg");
  EXPECT_FALSE(json["recipe"].contains("input"));
  EXPECT_FALSE(json.contains("container"));
}

TEST(PlanCover, CompliantJpegIsCopied) {
  MediaInfo info = facts::image();
  auto decided = cover_plan_of(info);
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->image_action, kCopy);
  EXPECT_EQ(verdict(decided), kCompliant);
  add_gps(info);
  decided = cover_plan_of(info);
  EXPECT_EQ(decided->image_action, kCopy);
  EXPECT_THAT(decided->reasons, ElementsAre("metadata.private"));
}

TEST(PlanCover, OthersAreBroughtInside) {
  MediaInfo info = facts::image("png");
  auto decided = cover_plan_of(info);
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->image_action, kEncode);
  EXPECT_EQ(decided->image.format, ImageFormat::kJpeg);
  EXPECT_EQ(decided->image.min_size, (Size{360, 360}));
  EXPECT_EQ(decided->image.max_size, (Size{1080, 1920}));

  info = facts::image();
  facts::resize(info, 200, 300);
  decided = cover_plan_of(info);
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->image_action, kEncode);
  EXPECT_THAT(decided->reasons, ElementsAre("cover.box_min"));
  EXPECT_THAT(decided->notes, Contains("enlarged from 200x300 to at least 360x360"));

  facts::resize(info, 5000, 2000);
  decided = cover_plan_of(info);
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->image.max_size, (Size{1920, 1080}));
  EXPECT_THAT(decided->reasons, ElementsAre("cover.box_max"));
}

TEST(PlanCover, RefusesWhatNoScaleHelps) {
  MediaInfo info = facts::image();
  facts::resize(info, 3000, 500);
  auto decided = cover_plan_of(info);
  ASSERT_FALSE(decided);
  EXPECT_EQ(decided.error().code, ErrorCode::kNotCompliant);
  EXPECT_EQ(decided.error().rule, "cover.box_min");
  EXPECT_EQ(to_text(decided.error().measured), "3000x500");
  EXPECT_EQ(to_text(decided.error().limit), "360x360");
  EXPECT_THAT(decided.error().fix, HasSubstr("crop"));
  facts::resize(info, 2400, 500);  // 4.8 to 1: 1728x360 is inside
  EXPECT_TRUE(cover_plan_of(info));
}

TEST(PlanCover, AVideoIsNoCover) {
  const auto decided = cover_plan_of(facts::video());
  ASSERT_FALSE(decided);
  EXPECT_EQ(decided.error().code, ErrorCode::kUnsupportedInput);
  EXPECT_THAT(decided.error().message, HasSubstr("video"));
}

}  // namespace
}  // namespace tokprep
