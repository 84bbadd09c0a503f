#include <gmock/gmock.h>

#include <functional>
#include <vector>

#include "pipeline/plan.h"
#include "tests/unit/decide/facts.h"

namespace tokprep {
namespace {

using testing::HasSubstr;

struct Case {
  const char* name;
  std::function<void(MediaInfo&, ConvertOptions&)> arrange;
  ErrorCode code;
  const char* rule;
  const char* measured;  ///< as text; "unknown" where there is nothing to measure
  const char* limit;
  const char* fix;      ///< part of it
  const char* message;  ///< part of it
};

void lose_video(MediaInfo& info) {
  info.video.clear();
  info.chosen_video = -1;
}

void lose_audio(MediaInfo& info) {
  info.audio.clear();
  info.chosen_audio = -1;
}

class Refusal : public testing::TestWithParam<Case> {};

TEST_P(Refusal, NamesWhatIsWrongAndWhatHelps) {
  const Case& c = GetParam();
  MediaInfo info = facts::video();
  ConvertOptions options;
  c.arrange(info, options);
  const auto decided = plan(info, check(info, built_in_rules()), built_in_rules(), options);
  ASSERT_FALSE(decided);
  const Error& error = decided.error();
  EXPECT_EQ(error.code, c.code) << error.message;
  EXPECT_EQ(error.rule, c.rule);
  EXPECT_EQ(to_text(error.measured), c.measured);
  EXPECT_EQ(to_text(error.limit), c.limit);
  EXPECT_THAT(error.fix, HasSubstr(c.fix));
  EXPECT_THAT(error.message, HasSubstr(c.message));
  EXPECT_EQ(verdict(decided), Verdict::kRefused);
}

constexpr auto kNot = ErrorCode::kNotCompliant;
constexpr auto kUnsupported = ErrorCode::kUnsupportedInput;
constexpr auto kInvalid = ErrorCode::kInvalidArgument;

INSTANTIATE_TEST_SUITE_P(
    Videos, Refusal,
    testing::ValuesIn(std::vector<Case>{
        {"short", [](MediaInfo& m, ConvertOptions&) { facts::set_duration(m, 1.2); }, kNot, "video.duration_min",
         "1.2", "3", "--too-short hold", "lasts 1.2 s, and the shortest allowed is 3 s"},
        {"long", [](MediaInfo& m, ConvertOptions&) { facts::set_duration(m, 3660); }, kNot, "video.duration_max",
         "3660", "600", "--too-long trim or --too-long split", "lasts 3660 s, and the longest allowed is 600 s"},
        {"no_length", [](MediaInfo& m, ConvertOptions&) { m.duration_us.reset(); }, kNot, "video.duration_min",
         "unknown", "3", "remux", "could not be measured"},
        {"audio_only", [](MediaInfo& m, ConvertOptions&) { lose_video(m); }, kUnsupported, "streams.single", "unknown",
         "unknown", "give a video", "audio (aac) only"},
        {"audio_and_cover",
         [](MediaInfo& m, ConvertOptions&) {
           lose_video(m);
           m.other = {{1, OtherStreamKind::kAttachedPicture, "mjpeg"}};
         },
         kUnsupported, "streams.single", "unknown", "unknown", "give a video",
         "audio (aac) and a cover picture (mjpeg) only"},
        {"cover_only",
         [](MediaInfo& m, ConvertOptions&) {
           lose_video(m);
           lose_audio(m);
           m.other = {{0, OtherStreamKind::kAttachedPicture, "mjpeg"}};
         },
         kUnsupported, "streams.single", "unknown", "unknown", "give a video", "a cover picture (mjpeg) only"},
        {"subtitles_only",
         [](MediaInfo& m, ConvertOptions&) {
           lose_video(m);
           lose_audio(m);
           m.other = {{0, OtherStreamKind::kSubtitle, "mov_text"}, {1, OtherStreamKind::kSubtitle, "mov_text"}};
         },
         kUnsupported, "streams.single", "unknown", "unknown", "give a video", "holds subtitles (mov_text) only"},
        {"nothing_decodable",
         [](MediaInfo& m, ConvertOptions&) {
           lose_video(m);
           lose_audio(m);
           m.other = {{0, OtherStreamKind::kUndecodable, "apv1"}};
         },
         kUnsupported, "streams.single", "unknown", "unknown", "give a video",
         "a stream that nothing here can decode (apv1)"},
        {"nothing_at_all",
         [](MediaInfo& m, ConvertOptions&) {
           lose_video(m);
           lose_audio(m);
         },
         kUnsupported, "streams.single", "unknown", "unknown", "give a video", "no stream at all"},
        {"not_chosen", [](MediaInfo& m, ConvertOptions&) { m.chosen_video = -1, m.video[0].codec = "rv60"; },
         kUnsupported, "video.codec", "unknown", "unknown", "convert it", "rv60"},
        {"unknown_codec",
         [](MediaInfo& m, ConvertOptions&) {
           m.video[0].codec = "";
           m.video[0].tag = "XyZ1";
         },
         kUnsupported, "video.codec", "unknown", "unknown", "convert it", "'XyZ1'"},
        {"no_frame", [](MediaInfo& m, ConvertOptions&) { m.video[0].timing.frames = 0; }, kUnsupported,
         "streams.single", "unknown", "unknown", "give a video", "no frame"},
        {"no_size", [](MediaInfo& m, ConvertOptions&) { facts::resize(m, 0, 0); }, kUnsupported, "video.side_min",
         "unknown", "unknown", "give a video", "unknown"},
        {"dolby_vision_5", [](MediaInfo& m, ConvertOptions&) { m.video[0].dolby_vision_profile = 5; }, kUnsupported,
         "video.sdr", "unknown", "unknown", "HDR10", "profile 5"},
        {"unknown_sound", [](MediaInfo& m, ConvertOptions&) { m.audio[0].codec = "", m.audio[0].tag = "Qclp"; },
         kUnsupported, "audio.codec", "unknown", "unknown", "AAC", "'Qclp'"},
        {"cut", [](MediaInfo& m, ConvertOptions&) { m.container.samples_outside_file = 200; },
         ErrorCode::kCorruptInput, "container.intact", "200", "0", "whole copy", "outside the file is 200"},
        {"offset_past_end", [](MediaInfo&, ConvertOptions& o) { o.thumbnail_offset_ms = 10'000; }, kInvalid, "",
         "10000", "10000", "below", "past the end: the video lasts 10000 ms"},
        {"offset_negative", [](MediaInfo&, ConvertOptions& o) { o.thumbnail_offset_ms = -1; }, kInvalid, "",
         "unknown", "unknown", "", "before the start"},
        {"offset_past_trim",
         [](MediaInfo& m, ConvertOptions& o) {
           facts::set_duration(m, 700);
           o.too_long = TooLong::kTrim;
           o.thumbnail_offset_ms = 650'000;
         },
         kInvalid, "", "650000", "599900", "below", "past the end"},
        {"preset",
         [](MediaInfo& m, ConvertOptions& o) {
           facts::resize(m, 720, 720);
           o.preset = "warp";
         },
         kInvalid, "", "unknown", "unknown", "", "--preset warp"},
        {"box",
         [](MediaInfo& m, ConvertOptions& o) {
           facts::resize(m, 720, 720);
           o.max_size = Size{100, 100};
         },
         kInvalid, "", "unknown", "unknown", "", "--max-size 100x100"}}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tokprep
