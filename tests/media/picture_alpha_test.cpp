// Transparent pictures over a background, against the exact mix.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/media/picture_support.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace tokprep::test {
namespace {

constexpr double kAlphas[] = {0, 0.25, 0.5, 0.75, 1};
constexpr int kCells = 5;
const Colour kPainted{0.2, 0.4, 0.8};

Painter layers() {
  return [](int x, int, bool) { return Paint{kPainted, kAlphas[std::min(x / kCell, kCells - 1)]}; };
}

Colour mixed(double alpha, const Colour& background) {
  Colour result{};
  for (std::size_t i = 0; i < 3; ++i) result[i] = alpha * kPainted[i] + (1 - alpha) * background[i];
  return result;
}

class PictureAlpha : public testing::TestWithParam<AVPixelFormat> {};

TEST_P(PictureAlpha, IsLaidOverTheBackground) {
  const AVPixelFormat format = GetParam();
  const bool is_rgb = (av_pix_fmt_desc_get(format)->flags & AV_PIX_FMT_FLAG_RGB) != 0;
  const bool full = is_rgb;
  const auto frame = FrameMaker{format, kCells * kCell, kCell, kBt601, full}.make(layers());
  for (const Rgb background : {Rgb{255, 255, 255}, Rgb{0, 0, 0}, Rgb{255, 128, 0}}) {
    av::PictureSteps steps = plain_steps(kCells * kCell, kCell);
    steps.colour = {full ? "pc" : "tv", "bt709", "bt709", is_rgb ? "gbr" : "smpte170m", "left"};
    steps.background = background;
    const auto out = filtered(steps, av::FramePtr(av_frame_clone(frame.get())));
    const Colour under{background.r / 255.0, background.g / 255.0, background.b / 255.0};
    for (std::size_t i = 0; i < kCells; ++i) {
      const Colour wanted = codes(mixed(kAlphas[i], under), kBt709, false);
      const Colour seen = patch_codes(*out, i);
      for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(seen[c], wanted[c], 2) << "alpha " << kAlphas[i] << " " << c;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, PictureAlpha,
                         testing::Values(AV_PIX_FMT_YUVA420P, AV_PIX_FMT_YUVA422P, AV_PIX_FMT_YUVA444P,
                                         AV_PIX_FMT_YUVA420P10, AV_PIX_FMT_YUVA444P12, AV_PIX_FMT_YUVA444P16,
                                         AV_PIX_FMT_RGBA, AV_PIX_FMT_ARGB, AV_PIX_FMT_BGRA, AV_PIX_FMT_RGBA64,
                                         AV_PIX_FMT_GBRAP, AV_PIX_FMT_GBRAP10, AV_PIX_FMT_GBRAP16),
                         [](const auto& row) { return std::string(av_get_pix_fmt_name(row.param)); });

TEST(PictureAlpha, TheColourUnderFullTransparencyNeverShows) {
  // Green is hidden beside an opaque black; no fringe of it appears at the edge, scaled or not.
  const auto frame = FrameMaker{AV_PIX_FMT_YUVA420P, 128, 64}.make([](int x, int, bool) {
    return x < 65 ? Paint{{0, 0, 0}, 1} : Paint{{0, 1, 0}, 0};
  });
  for (const int side : {128, 96}) {
    av::PictureSteps steps = plain_steps(side, side / 2);
    steps.background = {255, 255, 255};
    const auto out = filtered(steps, av::FramePtr(av_frame_clone(frame.get())));
    for (int x = 0; x < side / 2; ++x) {
      EXPECT_NEAR(out->data[1][10 * out->linesize[1] + x], 128, 2) << x;
      EXPECT_NEAR(out->data[2][10 * out->linesize[2] + x], 128, 2) << x;
    }
  }
}

TEST(PictureAlpha, PalettesAndGreysHaveItToo) {
  av::FramePtr palette(av_frame_alloc());
  palette->format = AV_PIX_FMT_PAL8;
  palette->width = palette->height = 64;
  ASSERT_EQ(av_frame_get_buffer(palette.get(), 64), 0);
  reinterpret_cast<std::uint32_t*>(palette->data[1])[0] = 0x0000ff00U;  // clear
  reinterpret_cast<std::uint32_t*>(palette->data[1])[1] = 0xff0000ffU;  // blue
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) palette->data[0][y * palette->linesize[0] + x] = x >= 32 ? 1 : 0;
  }
  av::PictureSteps steps = plain_steps(64, 64);
  steps.colour = {"pc", "bt709", "bt709", "gbr", "left"};
  steps.background = {255, 0, 0};
  const auto out = filtered(steps, std::move(palette));
  const Colour red = codes({1, 0, 0}, kBt709, false), blue = codes({0, 0, 1}, kBt709, false);
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(mean_codes(*out, 8, 8, 16, 16)[c], red[c], 1.5);
    EXPECT_NEAR(mean_codes(*out, 40, 8, 16, 16)[c], blue[c], 1.5);
  }
  steps.colour.matrix = "bt709";
  const auto grey = FrameMaker{AV_PIX_FMT_YA8, 64, 64, kBt709, true}.make([](int x, int, bool) {
    return Paint{{0.5, 0.5, 0.5}, x >= 32 ? 1.0 : 0.0};
  });
  const auto grey_out = filtered(steps, av::FramePtr(av_frame_clone(grey.get())));
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(mean_codes(*grey_out, 8, 8, 16, 16)[c], red[c], 1.5);
    EXPECT_NEAR(mean_codes(*grey_out, 40, 8, 16, 16)[c], codes({0.5, 0.5, 0.5}, kBt709, false)[c], 1.5);
  }
}

TEST(PictureAlpha, JpegHasItOverWhite) {
  ThumbnailJob job;
  job.colour = {"tv", "bt709", "bt709", "bt709", "left"};
  job.picture = {64, 64};
  const auto frame = FrameMaker{AV_PIX_FMT_YUVA420P, 64, 64}.make([](int, int, bool) { return Paint{{0, 0, 0}, 0.5}; });
  const auto out = filtered(av::steps_of(job), av::FramePtr(av_frame_clone(frame.get())));
  EXPECT_NEAR(mean_codes(*out, 8, 8, 48, 48)[0], 127.5, 1.5);
}

}  // namespace
}  // namespace tokprep::test
