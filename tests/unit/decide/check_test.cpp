#include <gmock/gmock.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/unit/decide/facts.h"

namespace tokprep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

enum class Subject { kVideo, kImage, kCover };

/// One thing wrong, and the one finding it must cause.
struct Case {
  const char* rule;
  const char* name;
  Subject subject;
  std::function<void(MediaInfo&)> spoil;
  const char* measured;  ///< as text
  const char* limit;
};

VideoStreamInfo& picture(MediaInfo& info) { return info.video[0]; }
AudioStreamInfo& sound(MediaInfo& info) { return info.audio[0]; }

const std::vector<Case>& cases() {
  using enum Subject;
  static const std::vector<Case> kCases = {
      {"container.format", "mov", kVideo, [](MediaInfo& m) { m.container.format = "mov"; }, "mov", "mp4"},
      {"container.format", "unknown", kVideo, [](MediaInfo& m) { m.container.format = ""; }, "unknown", "mp4"},
      {"container.index_first", "last", kVideo, [](MediaInfo& m) { m.container.index = IndexPlace::kLast; }, "last",
       "first"},
      {"container.index_first", "unknown", kVideo, [](MediaInfo& m) { m.container.index = IndexPlace::kUnknown; },
       "unknown", "first"},
      {"container.not_fragmented", "moof", kVideo, [](MediaInfo& m) { m.container.fragmented = true; }, "fragmented",
       "whole"},
      {"container.no_edit_lists", "edits", kVideo, [](MediaInfo& m) { m.container.edit_lists = true; }, "present",
       "none"},
      {"container.intact", "few", kVideo, [](MediaInfo& m) { m.container.samples_outside_file = 2; }, "2", "0"},
      {"container.intact", "unknown", kVideo, [](MediaInfo& m) { m.container.samples_outside_file.reset(); }, "unknown",
       "0"},
      {"media.start_zero", "late", kVideo, [](MediaInfo& m) { m.start_us = 10'000'000; }, "10", "0.05"},
      {"media.start_zero", "early", kVideo, [](MediaInfo& m) { m.start_us = -1'000'000; }, "1", "0.05"},
      {"media.start_zero", "unknown", kVideo, [](MediaInfo& m) { m.start_us.reset(); }, "unknown", "0.05"},
      {"streams.single", "two_pictures", kVideo, [](MediaInfo& m) { m.video.push_back(m.video[0]); }, "2 video+audio",
       "video or video+audio"},
      {"streams.single", "cover_and_data", kVideo,
       [](MediaInfo& m) {
         m.other = {{2, OtherStreamKind::kAttachedPicture, "mjpeg"},
                    {3, OtherStreamKind::kData, "bin_data"},
                    {4, OtherStreamKind::kData, "bin_data"}};
       },
       "video+audio+attached_picture+2 data", "video or video+audio"},
      {"media.size_max", "above", kVideo, [](MediaInfo& m) { m.size_bytes = 1'000'000'001; }, "1000000001",
       "1000000000"},
      {"video.duration_min", "short", kVideo, [](MediaInfo& m) { facts::set_duration(m, 2.999); }, "2.999", "3"},
      {"video.duration_min", "unknown", kVideo, [](MediaInfo& m) { m.duration_us.reset(); }, "unknown", "3"},
      {"video.duration_max", "long", kVideo, [](MediaInfo& m) { facts::set_duration(m, 600.02); }, "600.02", "600"},
      {"video.side_min", "small", kVideo, [](MediaInfo& m) { facts::resize(m, 358, 636); }, "358", "360"},
      {"video.side_min", "unknown", kVideo, [](MediaInfo& m) { facts::resize(m, 0, 0); }, "unknown", "360"},
      {"video.side_max", "large", kVideo, [](MediaInfo& m) { facts::resize(m, 2306, 4098); }, "4098", "4096"},
      {"video.frame_rate_min", "slow", kVideo,
       [](MediaInfo& m) {
         picture(m).timing.rate = Rational{15, 1};
       },
       "15", "23"},
      {"video.frame_rate_min", "unknown", kVideo, [](MediaInfo& m) { picture(m).timing.rate.reset(); }, "unknown",
       "23"},
      {"video.frame_rate_max", "fast", kVideo,
       [](MediaInfo& m) {
         picture(m).timing.rate = Rational{120, 1};
       },
       "120", "60"},
      {"video.frame_rate_max", "barely", kVideo,
       [](MediaInfo& m) {
         picture(m).timing.rate = Rational{3001, 50};
       },
       "60.02", "60"},
      {"video.frame_rate_constant", "variable", kVideo, [](MediaInfo& m) { picture(m).timing.constant = false; },
       "variable", "constant"},
      {"video.aspect", "square", kVideo, [](MediaInfo& m) { facts::resize(m, 642, 642); }, "642x642", "9:16 or 16:9"},
      {"video.aspect", "four_thirds", kVideo, [](MediaInfo& m) { facts::resize(m, 1440, 1080); }, "1440x1080",
       "9:16 or 16:9"},
      {"video.codec", "vp9", kVideo, [](MediaInfo& m) { picture(m).codec = "vp9"; }, "vp9", "h264 or hevc"},
      {"video.codec", "unknown", kVideo, [](MediaInfo& m) { picture(m).codec = ""; }, "unknown", "h264 or hevc"},
      {"video.profile", "ten_bit", kVideo, [](MediaInfo& m) { picture(m).pixel_format = "yuv420p10le"; }, "yuv420p10le",
       "yuv420p"},
      {"video.profile", "unknown", kVideo, [](MediaInfo& m) { picture(m).pixel_format = ""; }, "unknown", "yuv420p"},
      {"video.tag", "hev1", kVideo,
       [](MediaInfo& m) {
         picture(m).codec = "hevc";
         picture(m).tag = "hev1";
       },
       "hev1", "avc1 or hvc1"},
      {"video.progressive", "top_first", kVideo, [](MediaInfo& m) { picture(m).field_order = FieldOrder::kTopFirst; },
       "top_first", "progressive"},
      {"video.progressive", "unknown", kVideo, [](MediaInfo& m) { picture(m).field_order = FieldOrder::kUnknown; },
       "unknown", "progressive"},
      {"video.square_pixels", "wide", kVideo,
       [](MediaInfo& m) {
         picture(m).sample_aspect = {4, 3};
       },
       "4:3", "1:1"},
      {"video.upright", "turned", kVideo, [](MediaInfo& m) { picture(m).rotation_deg = 90; }, "rotated by 90 degrees",
       "upright"},
      {"video.upright", "mirrored", kVideo, [](MediaInfo& m) { picture(m).mirrored = true; },
       "rotated by 0 degrees and mirrored", "upright"},
      {"video.even_sides", "odd", kVideo, [](MediaInfo& m) { facts::resize(m, 1081, 1920); }, "1081", "2"},
      {"video.sdr", "hlg", kVideo,
       [](MediaInfo& m) {
         picture(m).hdr = HdrKind::kHlg;
         picture(m).colour = {"tv", "bt2020", "arib-std-b67", "bt2020nc", "left"};
       },
       "hlg", "sdr"},
      {"video.colour", "bt601", kVideo,
       [](MediaInfo& m) {
         picture(m).colour = {"tv", "smpte170m", "smpte170m", "smpte170m", ""};
       },
       "smpte170m tv", "bt709 tv"},
      {"video.colour", "full_range", kVideo, [](MediaInfo& m) { picture(m).colour.range = "pc"; }, "bt709 pc",
       "bt709 tv"},
      {"video.colour", "yuvj", kVideo,
       [](MediaInfo& m) {
         picture(m).pixel_format = "yuvj420p";
         picture(m).colour.range = "";
       },
       "bt709 pc", "bt709 tv"},
      {"video.colour", "untagged_small", kVideo,
       [](MediaInfo& m) {
         facts::resize(m, 640, 360);
         picture(m).colour = {};
       },
       "smpte170m tv", "bt709 tv"},
      {"video.colour_tagged", "untagged", kVideo, [](MediaInfo& m) { picture(m).colour = {}; }, "untagged", "tagged"},
      {"video.colour_tagged", "range_only", kVideo, [](MediaInfo& m) { picture(m).colour.range = ""; }, "untagged",
       "tagged"},
      {"video.colour_tagged", "same_curve", kVideo, [](MediaInfo& m) { picture(m).colour.transfer = "smpte170m"; },
       "smpte170m", "tagged"},
      {"video.bit_rate", "high", kVideo, [](MediaInfo& m) { picture(m).bit_rate_bps = 12'500'000; }, "12500000",
       "10000000"},
      {"audio.codec", "pcm", kVideo,
       [](MediaInfo& m) {
         sound(m).codec = "pcm_s16le";
         sound(m).profile = "";
       },
       "pcm_s16le", "aac"},
      {"audio.codec", "he_aac", kVideo, [](MediaInfo& m) { sound(m).profile = "HE-AAC"; }, "aac HE-AAC", "aac"},
      {"audio.codec", "unknown_profile", kVideo, [](MediaInfo& m) { sound(m).profile = ""; }, "aac of unknown profile",
       "aac"},
      {"audio.sample_rate", "odd", kVideo, [](MediaInfo& m) { sound(m).sample_rate_hz = 22050; }, "22050",
       "44100 or 48000"},
      {"audio.sample_rate", "unknown", kVideo, [](MediaInfo& m) { sound(m).sample_rate_hz.reset(); }, "unknown",
       "44100 or 48000"},
      {"audio.channels_max", "surround", kVideo, [](MediaInfo& m) { sound(m).channels = 6; }, "6", "2"},
      {"audio.channels_max", "unknown", kVideo, [](MediaInfo& m) { sound(m).channels.reset(); }, "unknown", "2"},
      {"audio.sync", "late_sound", kVideo, [](MediaInfo& m) { sound(m).start_us = 250'000; }, "0.25", "0.1"},
      {"metadata.private", "gps", kVideo,
       [](MediaInfo& m) {
         m.private_metadata = {
             {PrivateKind::kGps, "location"}, {PrivateKind::kDevice, "make"}, {PrivateKind::kGps, "location-eng"}};
       },
       "device, gps", "none"},

      {"image.format", "png", kImage, [](MediaInfo& m) { m.container.format = "png"; }, "png", "jpeg or webp"},
      {"image.size_max", "above", kImage, [](MediaInfo& m) { m.size_bytes = 20'000'001; }, "20000001", "20000000"},
      {"image.box", "tall", kImage, [](MediaInfo& m) { facts::resize(m, 1080, 1921); }, "1080x1921",
       "1080x1920 or 1920x1080 or 1080x1080"},
      {"image.box", "square", kImage, [](MediaInfo& m) { facts::resize(m, 1200, 1200); }, "1200x1200",
       "1080x1920 or 1920x1080 or 1080x1080"},
      {"image.box", "unknown", kImage, [](MediaInfo& m) { m.image.reset(); }, "unknown",
       "1080x1920 or 1920x1080 or 1080x1080"},
      {"image.sdr", "pq", kImage, [](MediaInfo& m) { m.image->hdr = HdrKind::kPq; }, "pq", "sdr"},
      {"image.colour", "cmyk", kImage, [](MediaInfo& m) { m.image->colour_space = "cmyk"; }, "cmyk", "srgb"},
      {"image.colour", "p3", kImage, [](MediaInfo& m) { m.image->icc_name = "Display P3"; }, "Display P3", "srgb"},
      {"image.colour", "unknown", kImage, [](MediaInfo& m) { m.image->colour_space = ""; }, "unknown", "srgb"},
      {"image.opaque", "alpha", kImage, [](MediaInfo& m) { m.image->alpha = true; }, "transparent", "opaque"},
      {"image.upright", "turned", kImage, [](MediaInfo& m) { m.image->orientation = 6; }, "orientation 6", "upright"},
      {"image.single_frame", "animated", kImage, [](MediaInfo& m) { m.image->pages = 30; }, "30", "1"},
      {"image.bit_depth", "sixteen", kImage, [](MediaInfo& m) { m.image->bit_depth = 16; }, "16", "8"},
      {"image.bit_depth", "unknown", kImage, [](MediaInfo& m) { m.image->bit_depth.reset(); }, "unknown", "8"},
      {"image.pixels_max", "bomb", kImage,
       [](MediaInfo& m) { m.image->coded_width_px = 20000, m.image->coded_height_px = 14000; }, "280000000",
       "268435456"},
      {"metadata.private", "owner", kImage,
       [](MediaInfo& m) { m.private_metadata = {{PrivateKind::kOwner, "exif Artist"}}; }, "owner", "none"},

      {"cover.format", "gif", kCover, [](MediaInfo& m) { m.container.format = "gif"; }, "gif", "jpeg or png or webp"},
      {"cover.size_max", "above", kCover, [](MediaInfo& m) { m.size_bytes = 20'000'001; }, "20000001", "20000000"},
      {"cover.box_min", "small", kCover, [](MediaInfo& m) { facts::resize(m, 359, 400); }, "359x400", "360x360"},
      {"cover.box_min", "unknown", kCover, [](MediaInfo& m) { m.image.reset(); }, "unknown", "360x360"},
      {"cover.box_max", "large", kCover, [](MediaInfo& m) { facts::resize(m, 2000, 1000); }, "2000x1000",
       "1080x1920 or 1920x1080"},
      {"image.opaque", "cover_alpha", kCover, [](MediaInfo& m) { m.image->alpha = true; }, "transparent", "opaque"},
  };
  return kCases;
}

MediaInfo compliant(Subject subject) { return subject == Subject::kVideo ? facts::video() : facts::image(); }

AssetRole role_of(Subject subject) { return subject == Subject::kCover ? AssetRole::kCover : AssetRole::kMedia; }

class CheckEveryRule : public testing::TestWithParam<Case> {};

TEST_P(CheckEveryRule, FindsThisOneFault) {
  const Case& c = GetParam();
  MediaInfo info = compliant(c.subject);
  c.spoil(info);
  const auto findings = check(info, built_in_rules(), role_of(c.subject));
  ASSERT_THAT(facts::broken_rules(findings), ElementsAre(c.rule));
  const Finding& finding = findings.front();
  EXPECT_EQ(to_text(finding.measured), c.measured);
  EXPECT_EQ(to_text(finding.limit), c.limit);
  EXPECT_EQ(finding.severity, built_in_rules().find(c.rule)->severity);
  EXPECT_EQ(finding.unit, built_in_rules().find(c.rule)->unit);
  EXPECT_FALSE(finding.message.empty());
  EXPECT_FALSE(finding.fix.empty());
}

INSTANTIATE_TEST_SUITE_P(Rules, CheckEveryRule, testing::ValuesIn(cases()), [](const auto& row) {
  std::string name = std::string(row.param.rule) + "_" + row.param.name;
  for (char& c : name) c = c == '.' ? '_' : c;
  return name;
});

TEST(Check, CompliantAssetsHaveNoFindings) {
  EXPECT_THAT(check(facts::video(), built_in_rules()), IsEmpty());
  EXPECT_THAT(check(facts::image(), built_in_rules()), IsEmpty());
  EXPECT_THAT(check(facts::image("webp"), built_in_rules()), IsEmpty());
  for (const char* format : {"jpeg", "png", "webp"}) {
    EXPECT_THAT(check(facts::image(format), built_in_rules(), AssetRole::kCover), IsEmpty());
  }
}

TEST(Check, EveryRuleAboutMediaHasACaseHere) {
  std::set<std::string> covered;
  for (const Case& c : cases()) covered.insert(c.rule);
  for (const Rule& rule : built_in_rules().all()) {
    if (rule.id.starts_with("post.") || rule.id.starts_with("upload.")) continue;  // judged where posts are made
    // Judged by whoever opens the file: before anything is decoded, and by the frame that became the cover.
    if (rule.id == "image.memory_max" || rule.id == "image.frames_max" || rule.id == "cover.frame") continue;
    EXPECT_TRUE(covered.contains(rule.id)) << rule.id;
  }
}

TEST(Check, FormsThatArePermittedPass) {
  const std::vector<std::function<void(MediaInfo&)>> harmless = {
      [](MediaInfo& m) { m.audio.clear(), m.chosen_audio = -1; },
      [](MediaInfo& m) { facts::resize(m, 1920, 1080); },
      [](MediaInfo& m) { facts::resize(m, 848, 480); },  // 0.6 % from 16:9
      [](MediaInfo& m) { facts::resize(m, 360, 640); },
      [](MediaInfo& m) { facts::resize(m, 2304, 4096); },
      [](MediaInfo& m) {
        m.video[0].timing.rate = Rational{60000, 1001};
      },
      [](MediaInfo& m) {
        m.video[0].timing.rate = Rational{60, 1};
      },
      [](MediaInfo& m) {
        m.video[0].timing.rate = Rational{24000, 1001};
      },
      [](MediaInfo& m) {
        m.video[0].timing.rate = Rational{28, 1};
      },
      [](MediaInfo& m) { facts::set_duration(m, 3); },
      [](MediaInfo& m) { facts::set_duration(m, 600); },
      [](MediaInfo& m) { m.size_bytes = 1'000'000'000; },
      [](MediaInfo& m) { m.start_us = -21'333; },  // one AAC frame of priming
      [](MediaInfo& m) { m.video[0].codec = "hevc", m.video[0].tag = "hvc1"; },
      // HEVC announces fields; frames go without saying.
      [](MediaInfo& m) {
        m.video[0].codec = "hevc", m.video[0].tag = "hvc1", m.video[0].field_order = FieldOrder::kUnknown;
      },
      [](MediaInfo& m) {
        m.video[0].sample_aspect = {0, 1};
      },  // "unspecified", which is square
      [](MediaInfo& m) { m.video[0].bit_rate_bps.reset(); },
      [](MediaInfo& m) { m.audio[0].sample_rate_hz = 44100, m.audio[0].channels = 1; },
  };
  for (std::size_t i = 0; i < harmless.size(); ++i) {
    MediaInfo info = facts::video();
    harmless[i](info);
    EXPECT_THAT(facts::broken_rules(check(info, built_in_rules())), IsEmpty()) << "case " << i;
  }
}

TEST(Check, ImagesShownAsSrgbPass) {
  for (const char* icc : {"", "sRGB IEC61966-2.1", "GIMP built-in sRGB", "c2"}) {
    MediaInfo info = facts::image();
    info.image->icc_name = icc;
    EXPECT_THAT(check(info, built_in_rules()), IsEmpty()) << icc;
  }
  MediaInfo gray = facts::image();
  gray.image->colour_space = "b-w";
  gray.image->bands = 1;
  EXPECT_THAT(check(gray, built_in_rules()), IsEmpty());
}

TEST(Check, IsoRulesAreLeftOutForOtherContainers) {
  MediaInfo info = facts::video();
  info.container = {};
  info.container.format = "matroska";
  info.video[0].tag = "";
  EXPECT_THAT(facts::broken_rules(check(info, built_in_rules())), ElementsAre("container.format"));
}

TEST(Check, MessagesCarryMeasuredAndLimit) {
  MediaInfo info = facts::video();
  info.video[0].timing.rate = Rational{3001, 50};
  EXPECT_EQ(check(info, built_in_rules()).front().message, "the frame rate is 60.02 fps, more than the 60 fps allowed");
  info = facts::video();
  info.size_bytes = 1'240'000'000;
  EXPECT_THAT(check(info, built_in_rules()).front().message, HasSubstr("1.24 GB (1240000000 bytes)"));
  info = facts::video();
  info.audio[0].codec = "pcm_s16le";
  EXPECT_EQ(check(info, built_in_rules()).front().message, "the audio codec is pcm_s16le, not aac");
}

TEST(Check, FindingsComeInTheOrderOfTheTable) {
  MediaInfo info = facts::video();
  info.private_metadata = {{PrivateKind::kGps, "location"}};
  info.audio[0].codec = "opus";
  info.video[0].codec = "vp9";
  info.container.format = "webm";
  facts::resize(info, 640, 640);
  EXPECT_THAT(facts::broken_rules(check(info, built_in_rules())),
              ElementsAre("container.format", "video.aspect", "video.codec", "audio.codec", "metadata.private"));
}

TEST(Check, CutFilesAreBeyondRepair) {
  MediaInfo info = facts::video();
  info.container.samples_outside_file = 7;  // of 300 frames: more than 2 %
  EXPECT_FALSE(check(info, built_in_rules()).front().fixable);
  info.container.samples_outside_file = 6;
  EXPECT_TRUE(check(info, built_in_rules()).front().fixable);
}

TEST(Check, AdviceAloneComplies) {
  MediaInfo info = facts::video();
  info.video[0].bit_rate_bps = 50'000'000;
  info.audio[0].start_us = 900'000;
  const auto findings = check(info, built_in_rules());
  EXPECT_THAT(facts::broken_rules(findings), ElementsAre("video.bit_rate", "audio.sync"));
  EXPECT_TRUE(complies(findings));
  info.container.format = "mov";
  EXPECT_FALSE(complies(check(info, built_in_rules())));
}

TEST(Check, OverriddenRulesAreUsed) {
  const auto rules = built_in_rules().with_overrides({{"video.aspect", {"9:16", "1:1"}},
                                                      {"video.duration_min", 1},
                                                      {"video.progressive", {"progressive", "top_first"}}});
  ASSERT_TRUE(rules);
  MediaInfo info = facts::video();
  facts::resize(info, 1080, 1080);
  facts::set_duration(info, 1.5);
  info.video[0].field_order = FieldOrder::kTopFirst;
  EXPECT_THAT(check(info, *rules), IsEmpty());
  facts::resize(info, 1920, 1080);
  EXPECT_THAT(facts::broken_rules(check(info, *rules)), ElementsAre("video.aspect"));
}

}  // namespace
}  // namespace tokprep
