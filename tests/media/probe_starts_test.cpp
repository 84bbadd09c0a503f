// Where a long stream can be parted without decoding.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "codecs/probe.h"
#include "tests/support/clips.h"

namespace tokprep {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;

class ProbeStarts : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::have_ffmpeg()) GTEST_SKIP() << "no ffmpeg program to make clips with";
  }

  /// A clip of ten frames a second.
  std::vector<std::int64_t> starts_of(int seconds, const std::string& codec, const std::string& name) {
    const std::string picture = "-f lavfi -i testsrc=s=32x32:r=10:d=" + std::to_string(seconds) + " ";
    const auto info = probe_video({test::make_clip(folder_, picture + codec, name).string()}, {});
    EXPECT_TRUE(info) << (info ? "" : info.error().message);
    return info ? info->chosen_video_stream()->timing.clean_starts_us : std::vector<std::int64_t>{};
  }

  static std::vector<std::int64_t> every(std::int64_t step_us, int count) {
    std::vector<std::int64_t> starts_us;
    for (int i = 0; i < count; ++i) starts_us.push_back(i * step_us);
    return starts_us;
  }

  test::TempFolder folder_;
};

const std::string kGroups =
    "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -x264opts keyint=50:scenecut=0:bframes=3:b-adapt=0";

TEST_F(ProbeStarts, AreTheKeyFramesOfClosedGroups) {
  EXPECT_EQ(starts_of(310, kGroups, "closed.mp4"), every(5 * kSecondUs, 62));
  EXPECT_EQ(starts_of(310, kGroups, "closed.mkv"), every(5 * kSecondUs, 62));
  EXPECT_EQ(starts_of(310, kGroups + " -output_ts_offset 7", "late.ts"), every(5 * kSecondUs, 62));
}

TEST_F(ProbeStarts, AreNotListedForShortStreams) { EXPECT_TRUE(starts_of(300, kGroups, "short.mp4").empty()); }

TEST_F(ProbeStarts, LeaveOutOpenGroups) { EXPECT_EQ(starts_of(310, kGroups + ":open-gop=1", "open.mp4"), every(0, 1)); }

TEST_F(ProbeStarts, OfMpeg2InATransportStream) {
  const std::string mpeg2 = "-c:v mpeg2video -q:v 5 -r 25 -g 50 -bf 2 -sc_threshold 1000000000 ";
  const auto closed = starts_of(310, mpeg2 + "-flags +cgop", "closed.ts");
  const auto packets =
      fmt::format("ffprobe -v error -show_entries packet=flags -of csv '{}/closed.ts'", folder_.path().string());
  EXPECT_EQ(std::to_string(closed.size()) + "\n", test::output_of(packets + " | grep -c K"));
  EXPECT_GT(closed.size(), 30U);
  EXPECT_EQ(starts_of(310, mpeg2, "open.ts").size(), 1U);
}

TEST_F(ProbeStarts, AreUnknownWhereOnlyDecodingTimesAre) {
  EXPECT_TRUE(starts_of(310, "-c:v mpeg4 -q:v 5 -g 50 -bf 2", "times.avi").empty());
}

}  // namespace
}  // namespace tokprep
