// Where pixels land: turns and mirrors with their chroma, canvases, odd and changing sizes.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <tuple>
#include <utility>

#include "tests/media/picture_support.h"

namespace tokprep::test {
namespace {

/// Luma and chroma that swing across the upright picture with their own periods.
Colour waves(Place upright) {
  const auto wave = [](double at, double period) { return std::sin(2 * std::numbers::pi * at / period); };
  return {0.5 + 0.4 * wave(upright.x, 48), 0.5 + 0.05 * wave(upright.x + upright.y, 64),
          0.5 + 0.4 * wave(upright.y, 40)};
}

class PictureTurn : public testing::TestWithParam<std::tuple<int, bool>> {};

TEST_P(PictureTurn, LumaAndChromaLandWhereTheyBelong) {
  const auto [rotation_deg, mirror] = GetParam();
  constexpr int kWidth = 160, kHeight = 96;
  const auto frame = FrameMaker{AV_PIX_FMT_YUV420P, kWidth, kHeight}.make(
      [&, r = rotation_deg, m = mirror](int x, int y, bool chroma) {
        // Left-sited chroma stands half a pixel below its first row.
        return Paint{waves(turned({x + 0.5 - kWidth / 2.0, y + (chroma ? 1.0 : 0.5) - kHeight / 2.0}, r, m)), 1};
      });
  const bool stands = rotation_deg % 180 == 90;
  av::PictureSteps steps = stands ? plain_steps(kHeight, kWidth) : plain_steps(kWidth, kHeight);
  steps.rotation_deg = rotation_deg;
  steps.mirror = mirror;
  const auto out = filtered(steps, av::FramePtr(av_frame_clone(frame.get())));
  ASSERT_EQ(out->width, steps.picture.width_px);
  double worst_luma = 0, worst_chroma = 0;
  for (int y = 8; y < out->height - 8; ++y) {
    for (int x = 8; x < out->width - 8; ++x) {
      const Place here{x + 0.5 - out->width / 2.0, y + 0.5 - out->height / 2.0};
      worst_luma =
          std::max(worst_luma, std::abs(out->data[0][y * out->linesize[0] + x] - codes(waves(here), kBt709, false)[0]));
      if (x % 2 != 0 || y % 2 != 0) continue;
      const Colour wanted = codes(waves({here.x, here.y + 0.5}), kBt709, false);
      for (int p = 1; p < 3; ++p) {
        const int seen = out->data[p][y / 2 * out->linesize[p] + x / 2];
        worst_chroma = std::max(worst_chroma, std::abs(seen - wanted[static_cast<std::size_t>(p)]));
      }
    }
  }
  EXPECT_LE(worst_luma, 1.0);
  EXPECT_LE(worst_chroma, 1.6);  // half a pixel aside would be 2.9
}

INSTANTIATE_TEST_SUITE_P(All, PictureTurn, testing::Combine(testing::Values(0, 90, 180, 270), testing::Bool()),
                         [](const auto& row) {
                           return fmt::format("{}{}", std::get<0>(row.param),
                                              std::get<1>(row.param) ? "_mirrored" : "");
                         });

av::FramePtr grey_frame(int width, int height, AVPixelFormat format = AV_PIX_FMT_YUV420P) {
  return FrameMaker{format, width, height}.make([](int, int, bool) { return Paint{{0.5, 0.5, 0.5}, 1}; });
}

TEST(PictureCanvas, BarsHaveExactlyTheColourAndThePictureStandsInTheMiddle) {
  for (const Rgb colour : {Rgb{0, 0, 0}, Rgb{255, 255, 255}, Rgb{255, 0, 0}, Rgb{18, 52, 86}, Rgb{254, 44, 85}}) {
    av::PictureSteps steps = plain_steps(96, 64);
    steps.canvas = {96, 160};
    steps.pad_color = colour;
    const auto out = filtered(steps, grey_frame(96, 64));
    const Colour bar = codes({colour.r / 255.0, colour.g / 255.0, colour.b / 255.0}, kBt709, false);
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_EQ(mean_codes(*out, 0, 0, 96, 48)[c], std::round(bar[c]));
      EXPECT_EQ(mean_codes(*out, 0, 112, 96, 48)[c], std::round(bar[c]));
      EXPECT_EQ(mean_codes(*out, 0, 48, 96, 64)[c], c == 0 ? 126 : 128);
    }
  }
}

TEST(PictureCanvas, BarsAtTheSides) {
  av::PictureSteps steps = plain_steps(100, 90);
  steps.canvas = {160, 90};
  steps.pad_color = {255, 255, 255};
  const auto out = filtered(steps, grey_frame(100, 90));
  EXPECT_EQ(mean_codes(*out, 0, 0, 30, 90)[0], 235);
  EXPECT_EQ(mean_codes(*out, 30, 0, 100, 90)[0], 126);
  EXPECT_EQ(mean_codes(*out, 130, 0, 30, 90)[0], 235);
}

TEST(PictureCanvas, CutsAreInTheMiddleAndFree) {
  const auto frame = grey_frame(160, 90);
  av::PictureSteps steps = plain_steps(160, 90);
  steps.canvas = {100, 90};
  steps.fit = Fit::kCrop;
  const auto out = filtered(steps, av::FramePtr(av_frame_clone(frame.get())));
  EXPECT_EQ(out->width, 100);
  EXPECT_EQ(out->height, 90);
  EXPECT_EQ(out->data[0], frame->data[0] + 30);
  EXPECT_EQ(out->data[1], frame->data[1] + 15);
}

TEST(PictureCanvas, BlurIsTheSameFrameAndThePictureIsUntouched) {
  const Colour on_the_left{0.8, 0.3, 0.2}, on_the_right{0.2, 0.3, 0.8};
  constexpr int kSide = 640, kTop = 248;
  const auto frame = FrameMaker{AV_PIX_FMT_YUV420P, kSide, kSide}.make([&](int x, int, bool) {
    return Paint{x < kSide / 2 ? on_the_left : on_the_right, 1};
  });
  av::PictureSteps steps = plain_steps(kSide, kSide);
  steps.canvas = {kSide, 1136};
  steps.fit = Fit::kBlur;
  const auto out = filtered(steps, av::FramePtr(av_frame_clone(frame.get())));
  ASSERT_EQ(out->height, 1136);
  for (int y = 0; y < kSide; ++y) {
    ASSERT_EQ(std::memcmp(out->data[0] + (y + kTop) * out->linesize[0], frame->data[0] + y * frame->linesize[0], kSide),
              0)
        << y;
  }
  const Colour left = codes(on_the_left, kBt709, false), right = codes(on_the_right, kBt709, false);
  for (const int top : {8, kTop + kSide + 8}) {
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_NEAR(mean_codes(*out, 0, top, 64, 200)[c], left[c], 2);
      EXPECT_NEAR(mean_codes(*out, kSide - 64, top, 64, 200)[c], right[c], 2);
    }
  }
  const std::uint8_t* reds = out->data[2] + 40 * out->linesize[2];
  int steepest = 0;  // no edge is left in the background
  for (int x = 1; x < kSide / 2; ++x) steepest = std::max(steepest, std::abs(reds[x] - reds[x - 1]));
  EXPECT_LE(steepest, 8);  // of 134
}

TEST(PictureShape, AnUnevenEdgeIsDroppedAndTheRestUntouched) {
  const auto frame = grey_frame(361, 641);
  const auto out = filtered(plain_steps(360, 640), av::FramePtr(av_frame_clone(frame.get())));
  EXPECT_EQ(out->data[0], frame->data[0]);
  EXPECT_EQ(out->width, 360);
  EXPECT_EQ(out->height, 640);
}

TEST(PictureShape, AnySizeBecomesTheSizeThatIsAsked) {
  for (const auto& [width, height] : {std::pair{1, 1}, {2, 2}, {16, 16}, {17, 33}, {1000, 10}, {10, 1000}}) {
    for (const AVPixelFormat format : {AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUV444P, AV_PIX_FMT_GBRP, AV_PIX_FMT_GRAY8}) {
      const auto out = filtered(plain_steps(128, 96), grey_frame(width, height, format));
      ASSERT_EQ(out->width, 128) << width << 'x' << height;
      ASSERT_EQ(out->height, 96);
      EXPECT_NEAR(mean_codes(*out, 0, 0, 128, 96)[1], 128, 0.5);
    }
  }
}

TEST(PictureShape, AChangeInTheMiddleOfAFileIsFollowed) {
  std::vector<av::FramePtr> frames;
  frames.push_back(grey_frame(128, 96));  // as it is
  frames.push_back(grey_frame(64, 48));   // to be enlarged
  frames.push_back(grey_frame(256, 192, AV_PIX_FMT_YUV444P));
  frames.push_back(grey_frame(128, 96));
  const auto out = filtered(plain_steps(128, 96), std::move(frames));
  ASSERT_EQ(out.size(), 4U);
  for (std::size_t i = 0; i < out.size(); ++i) {
    EXPECT_EQ(out[i]->width, 128);
    EXPECT_EQ(out[i]->height, 96);
    EXPECT_EQ(out[i]->pts, static_cast<std::int64_t>(i));
    EXPECT_NEAR(mean_codes(*out[i], 0, 0, 128, 96)[0], 126, 1);
  }
}

}  // namespace
}  // namespace tokprep::test
