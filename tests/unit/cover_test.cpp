#include "pipeline/cover.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ostream>

#include "base/json.h"
#include "pipeline/rules/shapes.h"

namespace tokprep {

std::ostream& operator<<(std::ostream& out, Size size) { return out << to_text(size); }

namespace {

constexpr Size kUpright{1080, 1920};
constexpr Size kLandscape{1920, 1080};
constexpr int kLeastSide = 360;

/// Every shape from a thin strip to a banner, at sizes below, within and above the box.
std::vector<Size> frames() {
  constexpr std::array kSides = {2,   3,   64,  144, 240,  359,  360,  361,  405,  480,  540,  607,
                                 640, 720, 853, 960, 1079, 1080, 1081, 1440, 1919, 1920, 2160, 4096};
  std::vector<Size> all;
  for (const int width : kSides) {
    for (const int height : kSides) all.push_back({width, height});
  }
  return all;
}

int short_side(Size size) { return std::min(size.width_px, size.height_px); }
double shape(Size size) { return static_cast<double>(size.width_px) / size.height_px; }

/// True where a picture of this shape fits the box with its short side at the minimum.
bool can_be_large_enough(Size frame) {
  const double long_to_short = std::max(shape(frame), 1 / shape(frame));
  return kLeastSide * long_to_short <= 1920;
}

TEST(CoverSize, IsEvenAndInsideTheBox) {
  for (const Size frame : frames()) {
    const Size cover = cover_size(frame, built_in_rules());
    EXPECT_EQ(cover.width_px % 2, 0) << frame;
    EXPECT_EQ(cover.height_px % 2, 0) << frame;
    EXPECT_GT(short_side(cover), 0) << frame;
    EXPECT_TRUE(fits_inside(cover, kUpright) || fits_inside(cover, kLandscape)) << frame << " as " << cover;
  }
}

TEST(CoverSize, IsLargeEnoughWhereTheBoxAllowsIt) {
  int large_enough = 0;
  for (const Size frame : frames()) {
    if (!can_be_large_enough(frame)) continue;
    ++large_enough;
    EXPECT_GE(short_side(cover_size(frame, built_in_rules())), kLeastSide) << frame;
  }
  EXPECT_GT(large_enough, 200);
}

TEST(CoverSize, OfAStripIsAsLargeAsTheBoxAllows) {
  EXPECT_EQ(cover_size({100, 4000}, built_in_rules()), (Size{48, 1920}));
  EXPECT_EQ(cover_size({4000, 100}, built_in_rules()), (Size{1920, 48}));
}

TEST(CoverSize, KeepsTheShapeToWithinTheRoundingToEvenSides) {
  for (const Size frame : frames()) {
    const Size cover = cover_size(frame, built_in_rules());
    if (short_side(cover) < kLeastSide) continue;
    EXPECT_NEAR(cover.width_px, cover.height_px * shape(frame), 1.0 + shape(frame)) << frame << " as " << cover;
  }
}

TEST(CoverSize, EnlargesOnlyWhatIsTooSmall) {
  EXPECT_EQ(cover_size({1080, 1920}, built_in_rules()), (Size{1080, 1920}));
  EXPECT_EQ(cover_size({1920, 1080}, built_in_rules()), (Size{1920, 1080}));
  EXPECT_EQ(cover_size({720, 1280}, built_in_rules()), (Size{720, 1280}));
  EXPECT_EQ(cover_size({2160, 3840}, built_in_rules()), (Size{1080, 1920}));
  EXPECT_EQ(cover_size({2160, 2160}, built_in_rules()), (Size{1080, 1080}));
  EXPECT_EQ(cover_size({180, 320}, built_in_rules()), (Size{360, 640}));
  EXPECT_EQ(cover_size({64, 64}, built_in_rules()), (Size{360, 360}));
}

TEST(CoverSize, FollowsTheRules) {
  const auto rules = built_in_rules().with_overrides(
      {{"cover.box_max", Json::array({"540x960"})}, {"cover.box_min", Json::array({"200x200"})}});
  ASSERT_TRUE(rules) << rules.error().message;
  EXPECT_EQ(cover_size({1080, 1920}, *rules), (Size{540, 960}));
  EXPECT_EQ(cover_size({100, 100}, *rules), (Size{200, 200}));
}

TEST(ThumbnailJob, SaysAllThatTheWorkerMustKnowOfTheSource) {
  MediaInfo info;
  info.start_us = 33'000;
  info.duration_us = 5'000'000;
  info.chosen_video = 1;
  info.video.resize(2);
  VideoStreamInfo& stream = info.video[1];
  stream.index = 4;
  stream.width_px = 2160;
  stream.height_px = 3840;
  stream.rotation_deg = 90;
  stream.mirrored = true;
  stream.field_order = FieldOrder::kBottomFirst;
  stream.hdr = HdrKind::kHlg;
  const ThumbnailJob job = thumbnail_job("b.mov", info, built_in_rules(), 1'500'000);
  EXPECT_EQ(job.input, "b.mov");
  EXPECT_EQ(job.output, "");
  EXPECT_EQ(job.stream_index, 4);
  EXPECT_EQ(job.rotation_deg, 90);
  EXPECT_TRUE(job.mirror);
  EXPECT_TRUE(job.deinterlace);
  EXPECT_EQ(job.hdr, HdrKind::kHlg);
  EXPECT_EQ(job.picture, (Size{1080, 1920}));
  EXPECT_EQ(job.start_us, 33'000);
  EXPECT_EQ(job.at_us, 1'500'000);
  EXPECT_EQ(job.duration_us, 5'000'000);
  for (const std::string& part : {job.colour.range, job.colour.primaries, job.colour.transfer, job.colour.matrix}) {
    EXPECT_NE(part, "");
  }
}

TEST(ThumbnailJob, LeavesAProgressiveSourceAlone) {
  MediaInfo info;
  info.chosen_video = 0;
  info.video.resize(1);
  info.video[0].width_px = info.video[0].height_px = 640;
  for (const FieldOrder order : {FieldOrder::kProgressive, FieldOrder::kUnknown}) {
    info.video[0].field_order = order;
    EXPECT_FALSE(thumbnail_job("b.mov", info, built_in_rules(), 0).deinterlace);
  }
}

}  // namespace
}  // namespace tokprep
