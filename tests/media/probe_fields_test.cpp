// Field order as the frames show it, whatever the flags say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file_descriptor.h"
#include "codecs/probe.h"
#include "tests/media/real_media.h"
#include "tests/support/clips.h"

namespace tokprep {
namespace {

using testing::Contains;
using testing::HasSubstr;

const std::string kTopFirstFlags = "-flags +ildct+ilme -x264opts tff=1 ";
const std::string kX264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p ";

class ProbeFields : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::have_ffmpeg()) GTEST_SKIP() << "no ffmpeg program to make clips with";
  }

  /// Something with detail that moves in every field.
  static std::string moving(const std::string& rate, const std::string& filters = "null") {
    return "-f lavfi -i \"mandelbrot=s=320x240:r=" + rate + ":end_scale=0.02,trim=duration=5,scroll=h=0.004:v=0.002," +
           filters + "\" ";
  }

  MediaInfo probed(const std::string& arguments, const std::string& name) {
    const auto info = probe_video({test::make_clip(folder_, arguments, name).string()}, {});
    EXPECT_TRUE(info) << (info ? "" : info.error().message);
    MediaInfo nothing;
    nothing.video.resize(1);
    nothing.chosen_video = 0;
    return info.value_or(nothing);
  }

  test::TempFolder folder_;
};

TEST_F(ProbeFields, InterlacedTopFirst) {
  const auto info = probed(moving("50", "interlace=scan=tff") + kX264 + kTopFirstFlags, "tff.mp4");
  EXPECT_EQ(info.chosen_video_stream()->field_order, FieldOrder::kTopFirst);
  EXPECT_FALSE(info.chosen_video_stream()->telecine);
  EXPECT_TRUE(info.notes.empty());
}

TEST_F(ProbeFields, InterlacedBottomFirst) {
  const auto info =
      probed(moving("50", "interlace=scan=bff") + kX264 + "-flags +ildct+ilme -x264opts bff=1", "bff.mp4");
  EXPECT_EQ(info.chosen_video_stream()->field_order, FieldOrder::kBottomFirst);
}

TEST_F(ProbeFields, TheOrderSeenCountsNotTheOneFlagged) {
  const auto info =
      probed(moving("50", "interlace=scan=bff") + "-c:v mpeg2video -flags +ildct+ilme -top 1 -q:v 2", "lies.ts");
  EXPECT_EQ(info.chosen_video_stream()->field_order, FieldOrder::kBottomFirst);
  EXPECT_THAT(info.notes, Contains(HasSubstr("flagged top field first, but the frames are bottom field first")));
}

TEST_F(ProbeFields, ProgressiveFramesFlaggedAsFields) {
  const auto h264 = probed(moving("25") + kX264 + kTopFirstFlags, "psf.mp4");
  EXPECT_EQ(h264.chosen_video_stream()->field_order, FieldOrder::kProgressive);
  EXPECT_THAT(h264.notes, Contains(HasSubstr("flagged top field first, but the frames are progressive")));
  const auto mpeg2 = probed(moving("25", "setfield=tff") + "-c:v mpeg2video -flags +ildct+ilme -q:v 2", "psf.mpg");
  EXPECT_EQ(mpeg2.chosen_video_stream()->field_order, FieldOrder::kProgressive);
}

TEST_F(ProbeFields, FieldsThatNoFlagMentions) {
  const auto info = probed(moving("50", "tinterlace=interleave_top,setfield=prog") + "-c:v mpeg4 -q:v 2", "silent.avi");
  EXPECT_EQ(info.chosen_video_stream()->field_order, FieldOrder::kTopFirst);
}

TEST_F(ProbeFields, Telecine) {
  const auto info = probed(moving("24000/1001", "telecine=pattern=23") + kX264 + kTopFirstFlags, "film.mp4");
  const auto& video = *info.chosen_video_stream();
  EXPECT_TRUE(video.telecine);
  EXPECT_EQ(video.field_order, FieldOrder::kTopFirst);
  EXPECT_EQ(*video.timing.rate, (Rational{30000, 1001}));
  EXPECT_THAT(info.notes, Contains(HasSubstr("3:2 pulldown")));
}

TEST_F(ProbeFields, TelecineBottomFirstInATransportStream) {
  const auto info = probed(moving("24000/1001", "telecine=pattern=23:first_field=bottom,setfield=bff") +
                               "-c:v mpeg2video -flags +ildct+ilme -q:v 2",
                           "film.ts");
  EXPECT_TRUE(info.chosen_video_stream()->telecine);
  EXPECT_EQ(info.chosen_video_stream()->field_order, FieldOrder::kBottomFirst);
}

TEST_F(ProbeFields, AStillPictureLeavesTheHeadersWord) {
  const std::string still = "-f lavfi -i color=gray:s=320x240:r=25:d=4 ";
  const auto info = probed(still + kX264 + kTopFirstFlags, "still.mp4");
  EXPECT_EQ(info.chosen_video_stream()->field_order, FieldOrder::kTopFirst);
  EXPECT_TRUE(info.notes.empty());
}

TEST_F(ProbeFields, SoftTelecineIsFilm) {
  test::make_clip(folder_, moving("24000/1001") + "-c:v mpeg2video -q:v 2 -bf 0 -r 30000/1001 -vf setpts=N", "all.m2v");
  std::string bytes = read_head(folder_.path() / "all.m2v", 100'000'000).value();
  // 3:2 pulldown by flags: the sequence is no longer progressive, every second frame repeats its first field.
  int frame = 0;
  const std::string_view extension("\0\0\1\xB5", 4);
  for (auto at = bytes.find(extension); at != std::string::npos; at = bytes.find(extension, at + 4)) {
    const int kind = static_cast<unsigned char>(bytes[at + 4]) >> 4;
    if (kind == 1) bytes[at + 5] = static_cast<char>(bytes[at + 5] & ~0x08);
    if (kind != 8) continue;
    const bool top_first = frame % 4 < 2, repeats = frame % 2 == 1;
    bytes[at + 7] = static_cast<char>((bytes[at + 7] & ~0x82) | (top_first ? 0x80 : 0) | (repeats ? 0x02 : 0));
    bytes[at + 8] = static_cast<char>(bytes[at + 8] | 0x80);
    ++frame;
  }
  const auto soft = folder_.file("soft.m2v", bytes);
  const auto info = probed("-fflags +genpts -f mpegvideo -i '" + soft.string() + "' -c copy", "soft.ts");
  const auto& video = *info.chosen_video_stream();
  EXPECT_FALSE(video.telecine);
  EXPECT_EQ(video.field_order, FieldOrder::kProgressive);
  ASSERT_TRUE(video.timing.rate);
  EXPECT_EQ(to_text(*video.timing.rate), "24000/1001");
}

// Both are flagged top field first. One camera writes 30 progressive frames into 60i; the other file is colour bars,
// where hardly anything moves.
TEST(ProbeFieldsOfRealFiles, AreWhatTheFramesShow) {
  const auto folder = test::media_folder() / "video";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no real media in " << test::media_folder();
  const auto camera = probe_video({(folder / "fixture-raw.mts").string()}, {});
  ASSERT_TRUE(camera);
  EXPECT_EQ(camera->chosen_video_stream()->field_order, FieldOrder::kProgressive);
  EXPECT_THAT(camera->notes, Contains(HasSubstr("flagged top field first, but the frames are progressive")));
  const auto bars = probe_video({(folder / "hdv-1080i60.mov").string()}, {});
  ASSERT_TRUE(bars);
  EXPECT_EQ(bars->chosen_video_stream()->field_order, FieldOrder::kTopFirst);
}

}  // namespace
}  // namespace tokprep
