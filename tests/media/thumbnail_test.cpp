// The frame shown at an instant, told by its brightness: frame n of these clips has grey level 16 + 4 n.
#include <fmt/format.h>

#include "pipeline/cover.h"
#include "tests/media/prepare_fixture.h"

namespace tokprep::test {
namespace {

class Thumbnail : public PrepareFixture {
 protected:
  static std::string counting(const std::string& more = "") {
    return "-f lavfi -i \"color=black:s=640x360:r=10:d=5,format=yuv420p,geq=lum='16+4*N':cb=128:cr=128\" -c:v libx264 "
           "-preset medium -qp 0 "
           "-g 25 -bf 3 -color_range tv -colorspace bt709 -color_primaries bt709 -color_trc bt709 " +
           more;
  }

  /// Number of the frame that our thumbnail at `at_ms` shows.
  int shown(const std::filesystem::path& clip, std::int64_t at_ms) {
    const auto info = probed(clip);
    ThumbnailJob job = thumbnail_job(clip.string(), info, built_in_rules(), at_ms * 1000);
    job.output = (folder_.path() / "shot.jpg").string();
    const auto result = workers_.thumbnail(job, RunContext{});
    EXPECT_TRUE(result) << (result ? "" : result.error().message);
    if (!result) return -1;
    const Pixel pixel = Picture::of(job.output).at(300, 200);
    // Limited-range luma to full range, back to the frame's number.
    return static_cast<int>(pixel.g * 219.0 / 255.0 / 4 + 0.5);
  }
};

TEST_F(Thumbnail, ShowsTheLastFrameNotAfterTheOffset) {
  const auto clip = make(counting(), "count.mp4");
  for (const std::int64_t at_ms : {0, 99, 100, 150, 2399, 2400, 2500, 2501, 3333, 4899, 4900, 4999}) {
    EXPECT_EQ(shown(clip, at_ms), static_cast<int>(at_ms / 100)) << at_ms << " ms";
  }
}

TEST_F(Thumbnail, CountsFromTheStartOfPresentation) {
  const auto clip = make(counting("-output_ts_offset 7 -f mpegts"), "count.ts");
  for (const std::int64_t at_ms : {0, 150, 2400, 4900})
    EXPECT_EQ(shown(clip, at_ms), static_cast<int>(at_ms / 100)) << at_ms << " ms";
}

TEST_F(Thumbnail, IsExactWhereverTheKeyFrameStands) {
  for (const char* codec : {"-x264-params open-gop=1:b-pyramid=normal", "-bf 0 -g 1", "-g 250 -bf 8"}) {
    const auto clip = make(counting(codec), "ways.mkv");
    for (const std::int64_t at_ms : {150, 2399, 2600, 4999})
      EXPECT_EQ(shown(clip, at_ms), static_cast<int>(at_ms / 100)) << at_ms << " ms, " << codec;
  }
}

TEST_F(Thumbnail, WithoutPresentationTimes) {
  const auto clip = make(counting("-bf 0"), "plain.avi");
  for (const std::int64_t at_ms : {0, 150, 2400, 4900})
    EXPECT_EQ(shown(clip, at_ms), static_cast<int>(at_ms / 100)) << at_ms << " ms";
}

TEST_F(Thumbnail, PastTheEndNamesTheDuration) {
  const auto clip = make(counting(), "count.mp4");
  const auto info = probed(clip);
  ThumbnailJob job = thumbnail_job(clip.string(), info, built_in_rules(), 5'000'000);
  job.output = (folder_.path() / "shot.jpg").string();
  const auto result = workers_.thumbnail(job, RunContext{});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(result.error().message.find("5000 ms"), std::string::npos) << result.error().message;
  EXPECT_FALSE(std::filesystem::exists(job.output));
}

TEST_F(Thumbnail, CoverOfAnEncodedClipIsTheSameFrame) {
  const auto clip = make(counting("-vf scale=640:480"), "count.mp4");  // 4:3: has to be encoded
  options_.thumbnail_offset_ms = 2350;
  const auto result = prepared(clip);
  ASSERT_TRUE(result) << describe(result.error());
  const Pixel pixel = Picture::of(out() / "count.cover.jpg").at(300, 200);
  EXPECT_NEAR(pixel.g, 4 * 23 * 255.0 / 219.0, 2);
}

}  // namespace
}  // namespace tokprep::test
