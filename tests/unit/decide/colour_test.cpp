#include "pipeline/colour.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/decide/facts.h"

namespace tokprep {
namespace {

struct Case {
  const char* name;
  int width_px, height_px;
  const char* pixel_format;
  const char* chroma;
  HdrKind hdr;
  ColourInfo tags;
  const char* taken_as;  ///< primaries/transfer/matrix range
  ColourState state;
};

class Colour : public testing::TestWithParam<Case> {};

TEST_P(Colour, GapsAreFilledAsPlayersDo) {
  const Case& c = GetParam();
  VideoStreamInfo video = facts::video_stream();
  video.coded_width_px = c.width_px;
  video.coded_height_px = c.height_px;
  video.pixel_format = c.pixel_format;
  video.chroma = c.chroma;
  video.hdr = c.hdr;
  video.colour = c.tags;
  const ColourInfo colour = filled_colour(video);
  EXPECT_EQ(colour.primaries + "/" + colour.transfer + "/" + colour.matrix + " " + colour.range, c.taken_as);
  EXPECT_FALSE(colour.chroma_location.empty());
  EXPECT_EQ(colour_state(video), c.state);
}

constexpr auto kSdr = HdrKind::kSdr;
constexpr auto kTagged = ColourState::kTagged;
constexpr auto kWanted = ColourState::kTagsWanted;
constexpr auto kOther = ColourState::kOther;

INSTANTIATE_TEST_SUITE_P(
    Sources, Colour,
    testing::ValuesIn(std::vector<Case>{
        {"tagged",
         1080,
         1920,
         "yuv420p",
         "4:2:0",
         kSdr,
         {"tv", "bt709", "bt709", "bt709", ""},
         "bt709/bt709/bt709 tv",
         kTagged},
        {"untagged_hd", 1280, 720, "yuv420p", "4:2:0", kSdr, {}, "bt709/bt709/bt709 tv", kWanted},
        {"untagged_tall", 480, 854, "yuv420p", "4:2:0", kSdr, {}, "bt709/bt709/bt709 tv", kWanted},
        {"untagged_wide", 1280, 272, "yuv420p", "4:2:0", kSdr, {}, "bt709/bt709/bt709 tv", kWanted},
        {"untagged_480", 720, 480, "yuv420p", "4:2:0", kSdr, {}, "smpte170m/smpte170m/smpte170m tv", kOther},
        {"untagged_576", 720, 576, "yuv420p", "4:2:0", kSdr, {}, "bt470bg/smpte170m/bt470bg tv", kOther},
        {"small_but_tagged",
         640,
         360,
         "yuv420p",
         "4:2:0",
         kSdr,
         {"", "", "", "bt709", ""},
         "bt709/bt709/bt709 tv",
         kWanted},
        {"android_curve",
         1080,
         1920,
         "yuv420p",
         "4:2:0",
         kSdr,
         {"tv", "bt709", "smpte170m", "bt709", ""},
         "bt709/smpte170m/bt709 tv",
         kWanted},
        {"screen_curve",
         1080,
         1920,
         "yuv420p",
         "4:2:0",
         kSdr,
         {"tv", "bt709", "iec61966-2-1", "bt709", ""},
         "bt709/iec61966-2-1/bt709 tv",
         kOther},
        {"pixel_phone",
         3840,
         2160,
         "yuvj420p",
         "4:2:0",
         kSdr,
         {"", "bt470bg", "smpte170m", "bt470bg", ""},
         "bt470bg/smpte170m/bt470bg pc",
         kOther},
        {"matrix_only",
         1920,
         1080,
         "yuv420p",
         "4:2:0",
         kSdr,
         {"tv", "", "", "bt470bg", ""},
         "bt470bg/smpte170m/bt470bg tv",
         kOther},
        {"wide_gamut_sdr",
         1920,
         1080,
         "yuv420p10le",
         "4:2:0",
         kSdr,
         {"tv", "bt2020", "", "bt2020nc", ""},
         "bt2020/bt2020-10/bt2020nc tv",
         kOther},
        {"p3_untagged_matrix",
         1920,
         1080,
         "yuv420p",
         "4:2:0",
         kSdr,
         {"tv", "smpte432", "bt709", "", ""},
         "smpte432/bt709/bt709 tv",
         kOther},
        {"pq_bare",
         720,
         1280,
         "yuv420p10le",
         "4:2:0",
         HdrKind::kPq,
         {"tv", "", "smpte2084", "", ""},
         "bt2020/smpte2084/bt2020nc tv",
         kOther},
        {"hlg",
         1920,
         1080,
         "yuv420p10le",
         "4:2:0",
         HdrKind::kHlg,
         {"", "bt2020", "arib-std-b67", "bt2020nc", ""},
         "bt2020/arib-std-b67/bt2020nc tv",
         kOther},
        {"rgb", 320, 240, "argb", "rgb", kSdr, {}, "bt709/bt709/gbr pc", kOther}}),
    [](const auto& row) { return row.param.name; });

TEST(ColourRange, GreyIsFullOutsideTheCodecsThatSayOtherwise) {
  VideoStreamInfo video = facts::video_stream();
  video.pixel_format = "gray";
  video.chroma = "gray";
  video.colour = {};
  for (const char* codec : {"ffv1", "png", "rawvideo", "mjpeg"}) {
    video.codec = codec;
    EXPECT_EQ(filled_colour(video).range, "pc") << codec;
  }
  for (const char* codec : {"h264", "hevc", "av1", "vp9"}) {
    video.codec = codec;
    EXPECT_EQ(filled_colour(video).range, "tv") << codec;
  }
  video.codec = "ffv1";
  video.colour.range = "tv";
  EXPECT_EQ(filled_colour(video).range, "tv");  // a tag is believed
}

TEST(ColourText, IsShortWhereAllAgree) {
  EXPECT_EQ(to_text(ColourInfo{"tv", "bt709", "bt709", "bt709", ""}), "bt709 tv");
  EXPECT_EQ(to_text(ColourInfo{"pc", "bt470bg", "smpte170m", "bt470bg", ""}), "bt470bg/smpte170m/bt470bg pc");
}

}  // namespace
}  // namespace tokprep
