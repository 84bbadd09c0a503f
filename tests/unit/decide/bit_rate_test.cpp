#include "pipeline/bit_rate.h"

#include <gmock/gmock.h>

namespace tokprep {
namespace {

using testing::HasSubstr;

TEST(MaxBitRate, KeepsTheFileUnderItsLimit) {
  for (double seconds = 3; seconds <= 600; seconds += 1) {
    const auto video_bps = max_video_bit_rate_bps(seconds, 160'000, 1e9);
    EXPECT_LE(static_cast<double>(video_bps + 160'000) * seconds / 8, 0.92e9 + 1) << seconds;
    EXPECT_LE(video_bps, 20'000'000);
  }
  EXPECT_EQ(max_video_bit_rate_bps(30, 160'000, 1e9), 20'000'000);
  EXPECT_NEAR(static_cast<double>(max_video_bit_rate_bps(600, 160'000, 1e9)), 12.1e6, 0.1e6);
}

TEST(EncodeEffort, FollowsQualityUnlessAPresetIsGiven) {
  EXPECT_EQ(encode_effort(Quality::kSmall, "")->preset, "superfast");
  EXPECT_EQ(encode_effort(Quality::kSmall, "")->crf, 20);
  EXPECT_EQ(encode_effort(Quality::kStandard, "")->preset, "superfast");
  EXPECT_EQ(encode_effort(Quality::kStandard, "")->crf, 18);
  EXPECT_EQ(encode_effort(Quality::kBest, "")->preset, "fast");
  EXPECT_EQ(encode_effort(Quality::kBest, "")->crf, 18);
  EXPECT_EQ(encode_effort(Quality::kBest, "slow")->preset, "slow");
}

TEST(EncodeEffort, NamesTheNearestPreset) {
  const auto effort = encode_effort(Quality::kStandard, "superfats");
  ASSERT_FALSE(effort);
  EXPECT_EQ(effort.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(effort.error().message, HasSubstr("'superfast'"));
  EXPECT_THAT(encode_effort(Quality::kStandard, "banana").error().message, HasSubstr("ultrafast"));
}

}  // namespace
}  // namespace tokprep
