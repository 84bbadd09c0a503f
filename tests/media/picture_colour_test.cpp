// SDR colour: every pixel format, matrix and range to bt709 limited, against the exact values.
#include <gmock/gmock.h>

#include <cmath>
#include <set>

#include "tests/media/picture_support.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace tokprep::test {
namespace {

void expect_codes(const Colour& seen, const Colour& wanted, double tolerance, const std::string& what) {
  EXPECT_NEAR(seen[0], wanted[0], tolerance) << what << " Y";
  EXPECT_NEAR(seen[1], wanted[1], tolerance) << what << " Cb";
  EXPECT_NEAR(seen[2], wanted[2], tolerance) << what << " Cr";
}

struct Standard {
  const char* matrix;
  Weights weights;
};

class PictureColour : public testing::TestWithParam<AVPixelFormat> {};

TEST_P(PictureColour, BecomesBt709LimitedWithinTwoLevels) {
  const AVPixelFormat format = GetParam();
  const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(format);
  const bool is_rgb = (desc->flags & AV_PIX_FMT_FLAG_RGB) != 0;
  const bool is_grey = desc->nb_components == 1;
  const auto colours = ramp_and_bars();
  const std::size_t used = is_grey ? 9 : colours.size();
  const int width = static_cast<int>(colours.size()) * kCell;
  for (const Standard& standard :
       {Standard{"bt709", kBt709}, Standard{"smpte170m", kBt601}, Standard{"bt470bg", kBt601}}) {
    for (const bool full : {false, true}) {
      if (is_rgb && !full) continue;  // RGB has no room below black
      const auto frame = FrameMaker{format, width, kCell, standard.weights, full}.make(patches(colours));
      av::PictureSteps steps = plain_steps(width, kCell);
      steps.colour = {full ? "pc" : "tv", standard.matrix, "bt709", is_rgb ? "gbr" : standard.matrix, "left"};
      const auto out = filtered(steps, av::FramePtr(av_frame_clone(frame.get())));
      for (std::size_t i = 0; i < used; ++i) {
        const std::string what =
            std::string(desc->name) + " " + standard.matrix + (full ? " full " : " limited ") + std::to_string(i);
        const Colour seen = patch_codes(*out, i);
        expect_codes(seen, codes(colours[i], kBt709, false), 1.5, what);
        if (i >= 9) continue;  // the ramp
        EXPECT_NEAR(seen[1], 128, 0.5) << what;
        EXPECT_NEAR(seen[2], 128, 0.5) << what;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, PictureColour,
                         testing::Values(AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUV422P, AV_PIX_FMT_YUV444P, AV_PIX_FMT_YUV440P,
                                         AV_PIX_FMT_YUV411P, AV_PIX_FMT_YUV420P10, AV_PIX_FMT_YUV422P10,
                                         AV_PIX_FMT_YUV444P10, AV_PIX_FMT_YUV420P12, AV_PIX_FMT_YUV422P12,
                                         AV_PIX_FMT_YUV444P12, AV_PIX_FMT_YUV420P16, AV_PIX_FMT_NV12, AV_PIX_FMT_P010,
                                         AV_PIX_FMT_YUYV422, AV_PIX_FMT_UYVY422, AV_PIX_FMT_GRAY8, AV_PIX_FMT_GRAY10,
                                         AV_PIX_FMT_GRAY12, AV_PIX_FMT_GRAY16, AV_PIX_FMT_GBRP, AV_PIX_FMT_GBRP10,
                                         AV_PIX_FMT_GBRP12, AV_PIX_FMT_RGB24, AV_PIX_FMT_BGR24, AV_PIX_FMT_BGR0,
                                         AV_PIX_FMT_RGB48, AV_PIX_FMT_RGBA, AV_PIX_FMT_ARGB, AV_PIX_FMT_GBRAP,
                                         AV_PIX_FMT_YUVA420P, AV_PIX_FMT_YUVA444P10),
                         [](const auto& row) { return std::string(av_get_pix_fmt_name(row.param)); });

TEST(PictureColour, PaletteIsRgb) {
  const auto colours = ramp_and_bars();
  const int width = static_cast<int>(colours.size()) * kCell;
  av::FramePtr frame(av_frame_alloc());
  frame->format = AV_PIX_FMT_PAL8;
  frame->width = width;
  frame->height = kCell;
  ASSERT_EQ(av_frame_get_buffer(frame.get(), 64), 0);
  for (std::size_t i = 0; i < colours.size(); ++i) {
    const auto byte = [&](std::size_t c) { return static_cast<std::uint32_t>(std::lround(255 * colours[i][c])); };
    reinterpret_cast<std::uint32_t*>(frame->data[1])[i] = 0xff000000U | byte(0) << 16 | byte(1) << 8 | byte(2);
  }
  for (int y = 0; y < kCell; ++y) {
    for (int x = 0; x < width; ++x) frame->data[0][y * frame->linesize[0] + x] = static_cast<std::uint8_t>(x / kCell);
  }
  av::PictureSteps steps = plain_steps(width, kCell);
  steps.colour = {"pc", "bt709", "bt709", "gbr", "left"};
  const auto out = filtered(steps, std::move(frame));
  for (std::size_t i = 0; i < colours.size(); ++i)
    expect_codes(patch_codes(*out, i), codes(colours[i], kBt709, false), 1.5, "palette " + std::to_string(i));
}

/// bt2020 to bt709 on light, after BT.1886; the matrix is the one of ITU-R BT.2407.
Colour narrowed(const Colour& rgb) {
  static constexpr double kMatrix[3][3] = {
      {1.6605, -0.5876, -0.0728}, {-0.1246, 1.1329, -0.0083}, {-0.0182, -0.1006, 1.1187}};
  Colour result{};
  for (std::size_t i = 0; i < 3; ++i) {
    double light = 0;
    for (std::size_t j = 0; j < 3; ++j) light += kMatrix[i][j] * std::pow(rgb[j], 2.4);
    result[i] = std::pow(std::clamp(light, 0.0, 1.0), 1 / 2.4);
  }
  return result;
}

TEST(PictureColour, WideGamutSdrIsNarrowed) {
  // Inside bt709, where the exact values are known; skin, foliage, sky, and greys.
  const std::vector<Colour> colours = {{0, 0, 0},       {0.5, 0.5, 0.5}, {1, 1, 1},       {0.75, 0.6, 0.52},
                                       {0.4, 0.5, 0.3}, {0.5, 0.6, 0.8}, {0.6, 0.5, 0.5}, {0.3, 0.35, 0.45}};
  const int width = static_cast<int>(colours.size()) * kCell;
  for (const AVPixelFormat format : {AV_PIX_FMT_YUV420P10, AV_PIX_FMT_YUV422P10, AV_PIX_FMT_YUV420P12}) {
    av::PictureSteps steps = plain_steps(width, kCell);
    steps.colour = {"tv", "bt2020", "bt2020-10", "bt2020nc", "left"};
    const auto out = filtered(steps, FrameMaker{format, width, kCell, kBt2020}.make(patches(colours)));
    for (std::size_t i = 0; i < colours.size(); ++i) {
      expect_codes(patch_codes(*out, i), codes(narrowed(colours[i]), kBt709, false), 2,
                   std::string(av_get_pix_fmt_name(format)) + " " + std::to_string(i));
    }
  }
}

TEST(PictureColour, DeepSourcesAreDithered) {
  // Four levels of 8 bits over 512 columns: rounded, that would be four bands.
  constexpr int kWidth = 512, kHeight = 64;
  const auto ramp = FrameMaker{AV_PIX_FMT_YUV420P10, kWidth, kHeight}.make([](int x, int, bool) {
    const double grey = (100 + 4.0 * x / kWidth - 16) / 219;
    return Paint{{grey, grey, grey}, 1};
  });
  const auto out = filtered(plain_steps(kWidth, kHeight), av::FramePtr(av_frame_clone(ramp.get())));
  std::set<long> distinct;
  for (int x = 0; x < kWidth; x += 16) {
    const double mean = mean_codes(*out, x, 0, 16, kHeight)[0];
    distinct.insert(std::lround(mean * 8));
    EXPECT_NEAR(mean, 100 + 4.0 * (x + 7.5) / kWidth, 0.2) << x;
  }
  EXPECT_GE(distinct.size(), 14U);
}

/// Where the chroma samples of a format stand.
struct Siting {
  const char* name;
  AVPixelFormat format;
  int chroma_x, chroma_y;  ///< of the first sample, in half pixels
};

class PictureSiting : public testing::TestWithParam<Siting> {};

/// Position of the middle of a smooth slope of Cr across the chroma samples of a row or column, in luma pixels.
double centre_of_slope(const AVFrame& frame, bool across) {
  const int count = (across ? frame.width : frame.height) / 2;
  const auto at = [&](int i) {
    double sum = 0;  // over the other direction, to even out dither
    for (int j = 8; j < 24; ++j) sum += frame.data[2][across ? j * frame.linesize[2] + i : i * frame.linesize[2] + j];
    return sum;
  };
  const double first = at(4), last = at(count - 5);
  double sum = 0;
  for (int i = 4; i < count - 4; ++i) sum += (at(i) - last) / (first - last);
  return 2 * (4 + sum);
}

TEST_P(PictureSiting, ChromaStaysWhereItWas) {
  const Siting& siting = GetParam();
  for (const bool across : {true, false}) {
    const auto frame = FrameMaker{siting.format, 128, 128}.make([&](int x, int y, bool chroma) {
      // A broad slope, which every filter passes unchanged.
      const double place = across ? x + (chroma ? siting.chroma_x / 2.0 : 0) : y + (chroma ? siting.chroma_y / 2.0 : 0);
      const double amount = std::clamp((place - 40) / 48, 0.0, 1.0);
      return Paint{{0.8 - 0.6 * amount, 0.3, 0.2 + 0.6 * amount}, 1};
    });
    av::PictureSteps steps = plain_steps(128, 128);
    steps.colour.chroma_location = siting.name;
    const auto out = filtered(steps, av::FramePtr(av_frame_clone(frame.get())));
    // The slope's middle is at 64; samples of the output stand on 2 i across and on 2 i + 0.5 down.
    const double offset = across ? 0 : 0.5;
    EXPECT_NEAR(centre_of_slope(*out, across) + offset - 1, 64, 0.25) << siting.name << (across ? " across" : " down");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Places, PictureSiting,
    testing::Values(Siting{"left", AV_PIX_FMT_YUV420P10, 0, 1}, Siting{"center", AV_PIX_FMT_YUV420P10, 1, 1},
                    Siting{"topleft", AV_PIX_FMT_YUV420P10, 0, 0}, Siting{"left", AV_PIX_FMT_YUV420P, 0, 1},
                    Siting{"center", AV_PIX_FMT_YUV420P, 1, 1}, Siting{"topleft", AV_PIX_FMT_YUV420P, 0, 0},
                    Siting{"left", AV_PIX_FMT_YUV422P, 0, 0}, Siting{"left", AV_PIX_FMT_YUV444P, 0, 0},
                    Siting{"left", AV_PIX_FMT_NV12, 0, 1}),
    [](const auto& row) { return std::string(row.param.name) + "_" + av_get_pix_fmt_name(row.param.format); });

TEST(PictureBypass, AFinishedFrameGoesOnUntouched) {
  const auto frame = FrameMaker{AV_PIX_FMT_YUV420P, 360, 640}.make(patches(ramp_and_bars()));
  const std::uint8_t* pixels = frame->data[0];
  const auto out = filtered(plain_steps(360, 640), av::FramePtr(av_frame_clone(frame.get())));
  EXPECT_EQ(out->data[0], pixels);
  EXPECT_EQ(out->pts, 0);
}

TEST(PictureBypass, NothingElseDoes) {
  const auto frame = FrameMaker{AV_PIX_FMT_YUV420P, 360, 640}.make(patches(ramp_and_bars()));
  const auto touched = [&](const std::function<void(av::PictureSteps&)>& change) {
    av::PictureSteps steps = plain_steps(360, 640);
    change(steps);
    return filtered(steps, av::FramePtr(av_frame_clone(frame.get())))->data[0] != frame->data[0];
  };
  EXPECT_TRUE(touched([](auto& steps) { steps.colour.matrix = "smpte170m"; }));
  EXPECT_TRUE(touched([](auto& steps) { steps.colour.range = "pc"; }));
  EXPECT_TRUE(touched([](auto& steps) { steps.colour.primaries = "bt2020"; }));
  EXPECT_TRUE(touched([](auto& steps) { steps.colour.chroma_location = "center"; }));
  EXPECT_TRUE(touched([](auto& steps) { steps.mirror = true; }));
  EXPECT_TRUE(touched([](auto& steps) { steps.rotation_deg = 180; }));
  EXPECT_TRUE(touched([](auto& steps) { steps.deinterlace = true; }));
  EXPECT_TRUE(touched([](auto& steps) { steps.for_jpeg = true; }));
  EXPECT_TRUE(touched([](auto& steps) { steps.picture = steps.canvas = {180, 320}; }));
}

TEST(PictureBypass, AFlagOfInterlacingAloneChangesNothing) {
  const auto frame = FrameMaker{AV_PIX_FMT_YUV420P, 64, 64, kBt601}.make([](int, int y, bool) {
    const double grey = y / 63.0;
    return Paint{{grey, grey, grey}, 1};
  });
  av::PictureSteps steps = plain_steps(64, 64);
  steps.colour.matrix = "smpte170m";
  steps.picture = steps.canvas = {64, 128};
  const auto plain = filtered(steps, av::FramePtr(av_frame_clone(frame.get())));
  av::FramePtr flagged(av_frame_clone(frame.get()));
  flagged->interlaced_frame = 1;
  flagged->top_field_first = 1;
  const auto out = filtered(steps, std::move(flagged));
  for (int y = 0; y < 128; ++y) EXPECT_EQ(out->data[0][y * out->linesize[0]], plain->data[0][y * plain->linesize[0]]);
}

}  // namespace
}  // namespace tokprep::test
