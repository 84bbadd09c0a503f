#include <gmock/gmock.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
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

/// What is wrong with a clip, and how much work that may cost.
struct Case {
  const char* name;
  std::function<void(MediaInfo&)> spoil;
  ContainerAction container;
  StreamAction video, audio;
  std::vector<std::string> reasons;
};

class LeastWork : public testing::TestWithParam<Case> {};

TEST_P(LeastWork, IsChosen) {
  const Case& c = GetParam();
  MediaInfo info = facts::video();
  c.spoil(info);
  const auto decided = plan_of(info);
  ASSERT_TRUE(decided) << decided.error().message;
  EXPECT_EQ(decided->container, c.container);
  EXPECT_EQ(decided->video.action, c.video);
  EXPECT_EQ(decided->audio.action, c.audio);
  EXPECT_EQ(decided->reasons, c.reasons);
  EXPECT_EQ(decided->extension, "mp4");
  EXPECT_EQ(decided->mime, "video/mp4");
  EXPECT_EQ(decided->output_duration_us, info.duration_us);
  EXPECT_EQ(decided->cover_at_us, 0);
  EXPECT_EQ(verdict(decided), c.reasons.empty() ? Verdict::kCompliant : Verdict::kFixable);
}

constexpr auto kKeep = ContainerAction::kKeep;
constexpr auto kRemux = ContainerAction::kRemux;
constexpr auto kCopy = StreamAction::kCopy;
constexpr auto kEncode = StreamAction::kEncode;
constexpr auto kNone = StreamAction::kNone;

void drop_sound(MediaInfo& info) {
  info.audio.clear();
  info.chosen_audio = -1;
}

const std::vector<Case>& decisions() {
  static const std::vector<Case> kCases = {
      {"keep", [](MediaInfo&) {}, kKeep, kCopy, kCopy, {}},
      {"keep_silent", drop_sound, kKeep, kCopy, kNone, {}},
      {"keep_despite_advice", [](MediaInfo& m) { m.video[0].bit_rate_bps = 40'000'000; }, kKeep, kCopy, kCopy, {}},
      {"keep_hevc", [](MediaInfo& m) { m.video[0].codec = "hevc", m.video[0].tag = "hvc1"; }, kKeep, kCopy, kCopy, {}},
      {"remux_mov", [](MediaInfo& m) { m.container.format = "mov"; }, kRemux, kCopy, kCopy, {"container.format"}},
      {"remux_index",
       [](MediaInfo& m) { m.container.index = IndexPlace::kLast; },
       kRemux,
       kCopy,
       kCopy,
       {"container.index_first"}},
      {"remux_fragments",
       [](MediaInfo& m) { m.container.fragmented = true; },
       kRemux,
       kCopy,
       kCopy,
       {"container.not_fragmented"}},
      {"remux_start", [](MediaInfo& m) { m.start_us = 1'430'000; }, kRemux, kCopy, kCopy, {"media.start_zero"}},
      {"remux_streams",
       [](MediaInfo& m) {
         m.other = {{2, OtherStreamKind::kData, ""}};
       },
       kRemux,
       kCopy,
       kCopy,
       {"streams.single"}},
      {"remux_tag",
       [](MediaInfo& m) { m.video[0].codec = "hevc", m.video[0].tag = "hev1"; },
       kRemux,
       kCopy,
       kCopy,
       {"video.tag"}},
      {"remux_colour_tags",
       [](MediaInfo& m) { m.video[0].colour = {}; },
       kRemux,
       kCopy,
       kCopy,
       {"video.colour_tagged"}},
      {"remux_private",
       [](MediaInfo& m) {
         m.private_metadata = {{PrivateKind::kGps, "loci"}};
       },
       kRemux,
       kCopy,
       kCopy,
       {"metadata.private"}},
      {"remux_few_lost",
       [](MediaInfo& m) { m.container.samples_outside_file = 1; },
       kRemux,
       kCopy,
       kCopy,
       {"container.intact"}},
      {"audio_codec", [](MediaInfo& m) { m.audio[0].codec = "ac3"; }, kRemux, kCopy, kEncode, {"audio.codec"}},
      {"audio_rate",
       [](MediaInfo& m) { m.audio[0].sample_rate_hz = 96000; },
       kRemux,
       kCopy,
       kEncode,
       {"audio.sample_rate"}},
      {"audio_channels", [](MediaInfo& m) { m.audio[0].channels = 6; }, kRemux, kCopy, kEncode, {"audio.channels_max"}},
      {"video_size", [](MediaInfo& m) { m.size_bytes = 1'200'000'000; }, kRemux, kEncode, kCopy, {"media.size_max"}},
      {"video_side_min", [](MediaInfo& m) { facts::resize(m, 180, 320); }, kRemux, kEncode, kCopy, {"video.side_min"}},
      {"video_side_max",
       [](MediaInfo& m) { facts::resize(m, 4320, 7680); },
       kRemux,
       kEncode,
       kCopy,
       {"video.side_max"}},
      {"video_rate_min",
       [](MediaInfo& m) {
         m.video[0].timing.rate = Rational{15, 1};
       },
       kRemux,
       kEncode,
       kCopy,
       {"video.frame_rate_min"}},
      {"video_rate_max",
       [](MediaInfo& m) {
         m.video[0].timing.rate = Rational{120, 1};
       },
       kRemux,
       kEncode,
       kCopy,
       {"video.frame_rate_max"}},
      {"video_rate_variable",
       [](MediaInfo& m) { m.video[0].timing.constant = false; },
       kRemux,
       kEncode,
       kCopy,
       {"video.frame_rate_constant"}},
      {"video_aspect", [](MediaInfo& m) { facts::resize(m, 720, 720); }, kRemux, kEncode, kCopy, {"video.aspect"}},
      {"video_codec", [](MediaInfo& m) { m.video[0].codec = "vp9"; }, kRemux, kEncode, kCopy, {"video.codec"}},
      {"video_profile",
       [](MediaInfo& m) { m.video[0].pixel_format = "yuv444p"; },
       kRemux,
       kEncode,
       kCopy,
       {"video.profile"}},
      {"video_interlaced",
       [](MediaInfo& m) { m.video[0].field_order = FieldOrder::kBottomFirst; },
       kRemux,
       kEncode,
       kCopy,
       {"video.progressive"}},
      {"video_rotated", [](MediaInfo& m) { m.video[0].rotation_deg = 270; }, kRemux, kEncode, kCopy, {"video.upright"}},
      {"video_pixels",
       [](MediaInfo& m) {
         m.video[0].sample_aspect = {3, 2};
       },
       kRemux,
       kEncode,
       kCopy,
       {"video.square_pixels"}},
      {"video_odd", [](MediaInfo& m) { facts::resize(m, 1081, 1920); }, kRemux, kEncode, kCopy, {"video.even_sides"}},
      {"video_hdr", [](MediaInfo& m) { m.video[0].hdr = HdrKind::kPq; }, kRemux, kEncode, kCopy, {"video.sdr"}},
      {"video_colour", [](MediaInfo& m) { m.video[0].colour.range = "pc"; }, kRemux, kEncode, kCopy, {"video.colour"}},
      {"video_without_sound",
       [](MediaInfo& m) {
         drop_sound(m);
         facts::resize(m, 720, 720);
       },
       kRemux,
       kEncode,
       kNone,
       {"video.aspect"}},
      {"full",
       [](MediaInfo& m) {
         m.container.format = "webm";
         m.video[0].codec = "vp9";
         m.audio[0].codec = "opus";
       },
       kRemux,
       kEncode,
       kEncode,
       {"container.format", "video.codec", "audio.codec"}},
      {"remux_edit_list_that_only_delays",
       [](MediaInfo& m) { m.container.edit_lists = true; },
       kRemux,
       kCopy,
       kCopy,
       {"container.no_edit_lists"}},
      {"audio_only_edit_list_cuts_sound",
       [](MediaInfo& m) { m.container.edit_lists = m.audio[0].cut_by_edits = true; },
       kRemux,
       kCopy,
       kEncode,
       {"container.no_edit_lists"}},
      {"full_edit_list",
       [](MediaInfo& m) { m.container.edit_lists = m.video[0].cut_by_edits = m.audio[0].cut_by_edits = true; },
       kRemux,
       kEncode,
       kEncode,
       {"container.no_edit_lists"}}};
  return kCases;
}

INSTANTIATE_TEST_SUITE_P(Decisions, LeastWork, testing::ValuesIn(decisions()),

                         [](const auto& row) { return row.param.name; });

TEST(PlanVideo, EveryRuleThatForcesWorkHasACaseAbove) {
  // A rule that `check` calls fixable but that leads to the wrong work ends as an output that fails its own check.
  std::set<std::string> covered;
  for (const Case& c : decisions()) covered.insert(c.reasons.begin(), c.reasons.end());
  for (const Rule& rule : built_in_rules().all()) {
    const bool about_videos = rule.id.starts_with("container.") || rule.id.starts_with("media.") ||
                              rule.id.starts_with("streams.") || rule.id.starts_with("video.") ||
                              rule.id.starts_with("audio.");
    if (!about_videos || rule.severity != Severity::kMust || rule.id.starts_with("video.duration")) continue;
    EXPECT_TRUE(covered.contains(rule.id)) << rule.id;
  }
}

TEST(PlanVideo, KeepMetadataIsNoReason) {
  MediaInfo info = facts::video();
  info.private_metadata = {{PrivateKind::kGps, "loci"}};
  ConvertOptions options;
  options.keep_metadata = true;
  const auto decided = plan_of(info, options);
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->container, kKeep);
  EXPECT_EQ(verdict(decided), Verdict::kCompliant);
}

TEST(PlanVideo, CopiesGetMissingTagsWritten) {
  MediaInfo info = facts::video();
  info.video[0].colour = {};
  const auto decided = plan_of(info);
  ASSERT_TRUE(decided);
  EXPECT_TRUE(decided->video.tag_bt709);
  EXPECT_EQ(decided->video.colour.matrix, "bt709");
  EXPECT_THAT(decided->notes, ElementsAre("colours tagged as bt709"));
  EXPECT_FALSE(plan_of(facts::video())->video.tag_bt709);
}

TEST(PlanVideo, RecipeSaysHowThePictureIsMade) {
  MediaInfo info = facts::video();
  VideoStreamInfo& video = info.video[0];
  video.index = 3;
  video.width_px = 720, video.height_px = 720;
  video.rotation_deg = 90;
  video.mirrored = true;
  video.field_order = FieldOrder::kTopFirst;
  video.hdr = HdrKind::kHlg;
  video.colour = {"tv", "bt2020", "arib-std-b67", "bt2020nc", ""};
  video.timing.rate = Rational{120, 1};
  ConvertOptions options;
  options.pad_color = {1, 2, 3};
  options.quality = Quality::kBest;
  options.fit = Fit::kBlur;
  const auto decided = plan_of(info, options);
  ASSERT_TRUE(decided);
  const VideoRecipe& recipe = decided->video;
  EXPECT_EQ(recipe.stream_index, 3);
  EXPECT_EQ(recipe.rotation_deg, 90);
  EXPECT_TRUE(recipe.mirror);
  EXPECT_TRUE(recipe.deinterlace);
  EXPECT_EQ(recipe.hdr, HdrKind::kHlg);
  EXPECT_EQ(recipe.fit, Fit::kBlur);
  EXPECT_EQ(recipe.picture, (Size{720, 720}));
  EXPECT_EQ(recipe.canvas, (Size{720, 1280}));
  EXPECT_EQ(recipe.pad_color, (Rgb{1, 2, 3}));
  EXPECT_EQ(recipe.frame_rate, (Rational{60, 1}));
  EXPECT_EQ(recipe.preset, "fast");
  EXPECT_EQ(recipe.crf, 18);
  EXPECT_EQ(recipe.max_bit_rate_bps, 20'000'000);
  EXPECT_EQ(recipe.colour.matrix, "bt2020nc");
  EXPECT_THAT(decided->notes,
              ElementsAre("deinterlaced", "turned upright", "padded with a blurred background 720x720 to 720x1280",
                          "frame rate changed from 120 to 60 fps", "HLG tone-mapped to SDR bt709"));
}

TEST(PlanVideo, LongClipsGetALowerCap) {
  MediaInfo info = facts::video();
  facts::set_duration(info, 590);
  info.size_bytes = 2'000'000'000;
  const auto decided = plan_of(info);
  ASSERT_TRUE(decided);
  ASSERT_TRUE(decided->video.max_bit_rate_bps);
  EXPECT_LT(static_cast<double>(*decided->video.max_bit_rate_bps + 128'000) * 590 / 8, 1e9);
}

TEST(PlanVideo, SoundIsEncodedToWhatItHolds) {
  struct Row {
    std::optional<int> rate, channels;
    int rate_out, channels_out;
    std::int64_t bps;
  };
  for (const Row& row :
       {Row{44100, 1, 44100, 1, 96'000}, Row{8000, 1, 48000, 1, 96'000}, Row{48000, 6, 48000, 2, 160'000},
        Row{{}, {}, 48000, 2, 160'000}, Row{96000, 2, 48000, 2, 160'000}}) {
    MediaInfo info = facts::video();
    info.audio[0].codec = "opus";
    info.audio[0].sample_rate_hz = row.rate;
    info.audio[0].channels = row.channels;
    const auto decided = plan_of(info);
    ASSERT_TRUE(decided);
    EXPECT_EQ(decided->audio.sample_rate_hz, row.rate_out);
    EXPECT_EQ(decided->audio.channels, row.channels_out);
    EXPECT_EQ(decided->audio.bit_rate_bps, row.bps);
    EXPECT_EQ(decided->audio.stream_index, 1);
  }
}

TEST(PlanVideo, TheChosenStreamsAreUsed) {
  MediaInfo info = facts::video();
  info.video.push_back(facts::video_stream());
  info.audio.push_back(facts::audio_stream());
  info.video[1].index = 5;
  info.audio[1].index = 6;
  info.chosen_video = info.chosen_audio = 1;
  const auto decided = plan_of(info);
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->video.stream_index, 5);
  EXPECT_EQ(decided->audio.stream_index, 6);
  EXPECT_THAT(decided->notes, ElementsAre("left out: 1 further video stream, 1 further audio stream"));
}

TEST(PlanVideo, MaxSizeMakesACompliantClipSmaller) {
  ConvertOptions options;
  options.max_size = Size{720, 1280};
  const auto decided = plan_of(facts::video(), options);
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->video.action, kEncode);
  EXPECT_EQ(decided->video.canvas, (Size{720, 1280}));
  EXPECT_EQ(decided->audio.action, kCopy);
  EXPECT_EQ(verdict(decided), Verdict::kFixable);
  options.max_size = Size{1920, 1080};  // the same box, lying
  EXPECT_EQ(plan_of(facts::video(), options)->container, kKeep);
}

TEST(PlanVideo, StartOffsetIsHandedOn) {
  MediaInfo info = facts::video();
  info.start_us = 10'000'000;
  EXPECT_EQ(plan_of(info)->start_us, 10'000'000);
}

TEST(PlanTime, HoldReachesTheLeastLengthWithAFrameInHand) {
  MediaInfo info = facts::video();
  facts::set_duration(info, 1.2);
  ConvertOptions options;
  options.too_short = TooShort::kHold;
  const auto decided = plan_of(info, options);
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->hold_to_us, 3'033'333);
  EXPECT_EQ(decided->output_duration_us, 3'033'333);
  EXPECT_FALSE(decided->end_us);
  EXPECT_EQ(decided->video.action, kEncode);
  EXPECT_EQ(decided->audio.action, kEncode);
  EXPECT_THAT(decided->reasons, ElementsAre("video.duration_min"));
  EXPECT_THAT(decided->notes, Contains("the last frame is held, from 1.2 s to 3.033 s"));
}

TEST(PlanTime, ASingleFrameIsHeldForAsLongAsTheSoundLasts) {
  MediaInfo info = facts::video();
  info.video.front().timing = {};
  info.video.front().timing.frames = 1;
  facts::set_duration(info, 5);
  auto decided = plan_of(info);
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->hold_to_us, 5'000'000);
  EXPECT_EQ(decided->video.action, kEncode);
  EXPECT_EQ(decided->output_duration_us, 5'000'000);
  EXPECT_THAT(decided->notes, Contains("its only frame is held for as long as the sound lasts"));
}

TEST(PlanTime, ASingleFrameIsTrimmedButNotSplit) {
  MediaInfo info = facts::video();
  info.video.front().timing = {};
  info.video.front().timing.frames = 1;
  facts::set_duration(info, 700);
  ConvertOptions options;
  options.too_long = TooLong::kTrim;
  const auto trimmed = plan_of(info, options);
  ASSERT_TRUE(trimmed);
  EXPECT_EQ(trimmed->end_us, 599'900'000);
  EXPECT_EQ(trimmed->hold_to_us, 599'900'000);
  options.too_long = TooLong::kSplit;
  const auto split = plan_of(info, options);
  ASSERT_FALSE(split);
  EXPECT_EQ(split.error().code, ErrorCode::kNotCompliant);
  EXPECT_EQ(split.error().fix, "--too-long trim");
}

TEST(PlanTime, OptionsChangeNothingWhereTheLengthIsRight) {
  ConvertOptions options;
  options.too_short = TooShort::kHold;
  options.too_long = TooLong::kTrim;
  EXPECT_EQ(plan_of(facts::video(), options)->container, kKeep);
}

TEST(PlanTime, EncodedClipsAreKeptOffTheLimits) {
  MediaInfo info = facts::video();
  facts::resize(info, 720, 720);
  facts::set_duration(info, 3.0);
  auto decided = plan_of(info);
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->hold_to_us, 3'033'333);
  facts::set_duration(info, 600);
  decided = plan_of(info);
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->end_us, 599'900'000);
  facts::set_duration(info, 3.1);
  EXPECT_FALSE(plan_of(info)->hold_to_us);
}

TEST(PlanCover, OffsetIsTakenOver) {
  ConvertOptions options;
  options.thumbnail_offset_ms = 9999;
  EXPECT_EQ(plan_of(facts::video(), options)->cover_at_us, 9'999'000);
}

TEST(PlanText, Json) {
  MediaInfo info = facts::video();
  info.container.format = "mov";
  info.audio[0].codec = "pcm_s16le";
  const nlohmann::json json = *plan_of(info);
  EXPECT_EQ(json["container"], "remux");
  EXPECT_EQ(json["video"], "copy");
  EXPECT_EQ(json["audio"], "encode");
  EXPECT_EQ(json["reasons"], nlohmann::json({"container.format", "audio.codec"}));
  EXPECT_EQ(json["audio_recipe"]["sample_rate_hz"], 48000);
  EXPECT_FALSE(json.contains("video_recipe"));
  EXPECT_FALSE(json.contains("end_us"));
  EXPECT_FALSE(json.contains("image"));
}

TEST(PlanText, Summary) {
  EXPECT_EQ(summary(*plan_of(facts::video())), "kept as it is");
  MediaInfo info = facts::video();
  info.container.format = "mov";
  EXPECT_EQ(summary(*plan_of(info)), "remuxed to MP4");
  info.audio[0].codec = "pcm_s16le";
  EXPECT_EQ(summary(*plan_of(info)),
            "remuxed to MP4; sound pcm_s16le 2 channels 48000 Hz encoded as AAC stereo 48000 Hz");
  facts::resize(info, 642, 642);
  EXPECT_THAT(summary(*plan_of(info)), HasSubstr("encoded to H.264 648x1152 at 30 fps; padded 642x642 to 648x1152"));
}

}  // namespace
}  // namespace tokprep
