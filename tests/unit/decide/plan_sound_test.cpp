// Which sound, how loud, and what becomes of a video that has none.
#include <gmock/gmock.h>

#include "pipeline/audio_track.h"
#include "pipeline/bit_rate.h"
#include "pipeline/plan.h"
#include "tests/unit/decide/facts.h"

namespace tokprep {
namespace {

using testing::Contains;
using testing::HasSubstr;

Result<Plan> plan_of(const MediaInfo& info, const ConvertOptions& options) {
  return plan(info, check(info, built_in_rules()), built_in_rules(), options);
}

void lose_sound(MediaInfo& info) {
  info.audio.clear();
  info.chosen_audio = -1;
}

TEST(LoudnessAsked, EncodesTheSoundAlone) {
  ConvertOptions options;
  options.loudness_lufs = -14;
  const auto decided = plan_of(facts::video(), options);
  ASSERT_TRUE(decided) << decided.error().message;
  EXPECT_EQ(decided->container, ContainerAction::kRemux);
  EXPECT_EQ(decided->video.action, StreamAction::kCopy);
  EXPECT_EQ(decided->audio.action, StreamAction::kEncode);
  EXPECT_EQ(decided->audio.loudness_lufs, -14);
  EXPECT_THAT(summary(*decided), HasSubstr("at -14 LUFS"));
}

TEST(LoudnessAsked, IsNoMatterWithoutSound) {
  MediaInfo info = facts::video();
  lose_sound(info);
  ConvertOptions options;
  options.loudness_lufs = -14;
  const auto decided = plan_of(info, options);
  ASSERT_TRUE(decided) << decided.error().message;
  EXPECT_EQ(decided->audio.action, StreamAction::kNone);
}

TEST(SilentAudio, IsGivenToAVideoWithoutSound) {
  MediaInfo info = facts::video();
  lose_sound(info);
  ConvertOptions options;
  options.silent_audio = true;
  const auto decided = plan_of(info, options);
  ASSERT_TRUE(decided) << decided.error().message;
  EXPECT_EQ(decided->container, ContainerAction::kRemux);
  EXPECT_EQ(decided->video.action, StreamAction::kCopy);
  EXPECT_EQ(decided->audio.action, StreamAction::kEncode);
  EXPECT_LT(decided->audio.stream_index, 0);
  EXPECT_THAT(decided->notes, Contains("silence added"));
}

TEST(SilentAudio, LeavesAVideoWithSoundAlone) {
  ConvertOptions options;
  options.silent_audio = true;
  const auto decided = plan_of(facts::video(), options);
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->container, ContainerAction::kKeep);
}

MediaInfo with_two_sounds() {
  MediaInfo info = facts::video();
  info.audio.push_back(facts::audio_stream());
  info.audio[1].index = 2;
  info.audio[1].duration_us = 12'000'000;
  return info;
}

TEST(AudioTrack, SecondOfTwo) {
  MediaInfo info = with_two_sounds();
  ASSERT_TRUE(choose_audio_track(info, 2));
  EXPECT_EQ(info.chosen_audio, 1);
  EXPECT_EQ(info.duration_us, 12'000'000) << "the longer sound makes the whole longer";
  const auto decided = plan_of(info, {});
  ASSERT_TRUE(decided) << decided.error().message;
  EXPECT_EQ(decided->audio.stream_index, 2);
  EXPECT_EQ(decided->container, ContainerAction::kRemux);
}

TEST(AudioTrack, OneThatIsNotThereIsRefused) {
  MediaInfo info = with_two_sounds();
  for (const int number : {0, 3}) {
    const Status chosen = choose_audio_track(info, number);
    ASSERT_FALSE(chosen);
    EXPECT_EQ(chosen.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(chosen.error().message, HasSubstr("the file has 2 audio tracks"));
    EXPECT_EQ(info.chosen_audio, 0);
  }
}

TEST(TargetBitRate, LeavesRoomAndGivesMoreWithEachAttempt) {
  const std::int64_t first = target_video_bit_rate_bps(600, 160'000, 1e9, 0);
  EXPECT_EQ(first, 12'640'000);  // 0.96 * 8e9 bits / 600 s - 160 kb/s
  EXPECT_LT(target_video_bit_rate_bps(600, 160'000, 1e9, 1), first);
  EXPECT_GT(target_video_bit_rate_bps(600, 160'000, 1e3, 3), 0) << "hopeless, but still a rate";
}

}  // namespace
}  // namespace tokprep
