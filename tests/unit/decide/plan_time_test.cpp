// Too short and too long: what is held, looped, trimmed and split, and whether that needs encoding.
#include <gmock/gmock.h>

#include <numeric>

#include "pipeline/plan.h"
#include "tests/unit/decide/facts.h"

namespace tokprep {
namespace {

using testing::Contains;
using testing::HasSubstr;

constexpr std::int64_t kSecond_us = 1'000'000;

Result<Plan> plan_of(const MediaInfo& info, const ConvertOptions& options, const Experience& experience = {}) {
  return plan(info, check(info, built_in_rules()), built_in_rules(), options, experience);
}

/// A compliant clip of this length at 5 Mb/s, with a key frame every `key_gap_s`.
MediaInfo long_clip(double seconds, double key_gap_s) {
  MediaInfo info = facts::video();
  facts::set_duration(info, seconds);
  info.video[0].bit_rate_bps = 5'000'000;
  info.video[0].timing.frames = static_cast<std::int64_t>(seconds * 30);
  for (double at = 0; at < seconds; at += key_gap_s) {
    info.video[0].timing.clean_starts_us.push_back(static_cast<std::int64_t>(at * 1e6));
  }
  return info;
}

ConvertOptions too_long(TooLong choice) {
  ConvertOptions options;
  options.too_long = choice;
  return options;
}

ConvertOptions too_short(TooShort choice) {
  ConvertOptions options;
  options.too_short = choice;
  return options;
}

TEST(Trim, LeavesTheFramesAlone) {
  const auto decided = plan_of(long_clip(700, 2), too_long(TooLong::kTrim));
  ASSERT_TRUE(decided) << decided.error().message;
  EXPECT_EQ(decided->video.action, StreamAction::kCopy);
  EXPECT_EQ(decided->audio.action, StreamAction::kCopy);
  EXPECT_EQ(decided->container, ContainerAction::kRemux);
  EXPECT_EQ(decided->end_us, 599'900'000);
  EXPECT_EQ(decided->output_duration_us, 599'900'000);
}

TEST(Trim, EncodesAPictureThatIsWrongAnyway) {
  MediaInfo info = long_clip(700, 2);
  info.video[0].codec = "vp9";
  const auto decided = plan_of(info, too_long(TooLong::kTrim));
  ASSERT_TRUE(decided) << decided.error().message;
  EXPECT_EQ(decided->video.action, StreamAction::kEncode);
  EXPECT_EQ(decided->audio.action, StreamAction::kEncode);
}

TEST(Trim, CopiesWhatIsTooLargeOnlyAsAWhole) {
  MediaInfo info = long_clip(3660, 2);
  info.size_bytes = 2'300'000'000;
  const auto decided = plan_of(info, too_long(TooLong::kTrim));
  ASSERT_TRUE(decided) << decided.error().message;
  EXPECT_EQ(decided->video.action, StreamAction::kCopy);
}

TEST(Trim, EncodesWhatWouldStayTooLarge) {
  MediaInfo info = long_clip(700, 2);
  info.size_bytes = 1'750'000'000;
  info.video[0].bit_rate_bps = 20'000'000;
  const auto decided = plan_of(info, too_long(TooLong::kTrim));
  ASSERT_TRUE(decided) << decided.error().message;
  EXPECT_EQ(decided->video.action, StreamAction::kEncode);
  ASSERT_TRUE(decided->video.max_bit_rate_bps);
  EXPECT_LT(*decided->video.max_bit_rate_bps, 13'000'000);
}

TEST(Trim, EncodesAfterACopyCameOutTooLarge) {
  const auto decided = plan_of(long_clip(700, 2), too_long(TooLong::kTrim), {.cuts_do_not_fit = true});
  ASSERT_TRUE(decided) << decided.error().message;
  EXPECT_EQ(decided->video.action, StreamAction::kEncode);
}

/// Every microsecond of the source belongs to exactly one part, and no part breaks a limit.
void expect_whole(const std::vector<TimePart>& parts, std::int64_t duration_us) {
  std::int64_t at_us = 0;
  for (const TimePart& part : parts) {
    EXPECT_EQ(part.start_us, at_us);
    EXPECT_LE(part.end_us - part.start_us, 600 * kSecond_us);
    EXPECT_GE(part.end_us - part.start_us, 3 * kSecond_us);
    at_us = part.end_us;
  }
  EXPECT_EQ(at_us, duration_us);
}

TEST(Split, PartsBeginWithKeyFrames) {
  const MediaInfo info = long_clip(3660, 7);
  const auto decided = plan_of(info, too_long(TooLong::kSplit));
  ASSERT_TRUE(decided) << decided.error().message;
  EXPECT_EQ(decided->video.action, StreamAction::kCopy);
  ASSERT_EQ(decided->parts.size(), 7);
  expect_whole(decided->parts, *info.duration_us);
  for (const TimePart& part : decided->parts) {
    EXPECT_THAT(info.video[0].timing.clean_starts_us, Contains(part.start_us));
  }
  EXPECT_THAT(summary(*decided), HasSubstr("split into 7 parts"));
}

TEST(Split, EncodesWhereKeyFramesAreTooFarApart) {
  const auto decided = plan_of(long_clip(1300, 900), too_long(TooLong::kSplit));
  ASSERT_TRUE(decided) << decided.error().message;
  EXPECT_EQ(decided->video.action, StreamAction::kEncode);
  EXPECT_EQ(decided->parts.size(), 3);
  expect_whole(decided->parts, 1300 * kSecond_us);
}

TEST(Split, EncodedPartsAreWholeFrames) {
  MediaInfo info = long_clip(1300, 2);
  info.video[0].codec = "vp9";
  info.video[0].timing.rate = Rational{30000, 1001};
  const auto decided = plan_of(info, too_long(TooLong::kSplit));
  ASSERT_TRUE(decided) << decided.error().message;
  expect_whole(decided->parts, *info.duration_us);
  for (const TimePart& part : decided->parts) {
    const double frames = static_cast<double>(part.start_us) * 30000 / 1001 / 1e6;
    EXPECT_NEAR(frames, std::round(frames), 1e-4);
  }
}

TEST(Split, LastPartIsNeverTooShort) {
  // 599.9 s and 0.2 s would be two parts, and nobody would take the second.
  const auto decided = plan_of(long_clip(600.1, 1), too_long(TooLong::kSplit));
  ASSERT_TRUE(decided) << decided.error().message;
  EXPECT_EQ(decided->parts.size(), 2);
  expect_whole(decided->parts, 600'100'000);
}

TEST(Split, LeavesAShortClipInOnePiece) {
  const auto decided = plan_of(facts::video(), too_long(TooLong::kSplit));
  ASSERT_TRUE(decided);
  EXPECT_TRUE(decided->parts.empty());
  EXPECT_EQ(decided->container, ContainerAction::kKeep);
}

TEST(Loop, PlaysWholeTurnsUntilItIsLongEnough) {
  MediaInfo info = facts::video();
  facts::set_duration(info, 1.2);
  const auto decided = plan_of(info, too_short(TooShort::kLoop));
  ASSERT_TRUE(decided) << decided.error().message;
  EXPECT_EQ(decided->loop_to_us, 3'600'000);
  EXPECT_EQ(decided->output_duration_us, 3'600'000);
  EXPECT_FALSE(decided->hold_to_us);
  EXPECT_EQ(decided->video.action, StreamAction::kEncode);
  EXPECT_THAT(decided->notes, Contains("played 3 times, from 1.2 s to 3.6 s"));
}

TEST(Loop, LeavesALongEnoughClipAlone) {
  const auto decided = plan_of(facts::video(), too_short(TooShort::kLoop));
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->container, ContainerAction::kKeep);
}

TEST(Telecine, FourFramesOfFive) {
  MediaInfo info = facts::video();
  info.video[0].field_order = FieldOrder::kTopFirst;
  info.video[0].telecine = true;
  info.video[0].timing.rate = Rational{30000, 1001};
  const auto decided = plan_of(info, {});
  ASSERT_TRUE(decided) << decided.error().message;
  EXPECT_EQ(decided->video.frame_rate, (Rational{24000, 1001}));
  EXPECT_TRUE(decided->video.detelecine);
  EXPECT_FALSE(decided->video.deinterlace);
}

}  // namespace
}  // namespace tokprep
