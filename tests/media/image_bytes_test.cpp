#include <gmock/gmock.h>

#include <algorithm>
#include <functional>

#include "tests/media/image_support.h"

namespace tokprep::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using vips::VImage;

constexpr int kWidth = 400;
constexpr int kHeight = 600;

VImage as_rgb(const VImage& bands) {
  return bands.cast(VIPS_FORMAT_UCHAR).copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB));
}

VImage noise_band(int seed, double sigma) {
  return VImage::gaussnoise(kWidth, kHeight,
                            VImage::option()->set("mean", 128.0)->set("sigma", sigma)->set("seed", seed));
}

VImage noise() { return as_rgb(noise_band(1, 60).bandjoin(noise_band(2, 60)).bandjoin(noise_band(3, 60))); }

/// Soft shapes of every size under a little grain, as a lens and a sensor make them.
VImage photo() {
  VImage shapes = noise_band(7, 4);
  for (const double blur : {2.0, 8.0, 32.0}) shapes = shapes + noise_band(8, 60).gaussblur(blur) * blur - 128.0 * blur;
  return as_rgb((shapes * 1.0).bandjoin(shapes * 0.8 + 20).bandjoin(shapes * 0.6 + 40));
}

VImage text() {
  std::string lines;
  for (int i = 0; i < 36; ++i) lines += "The quick brown fox jumps over the lazy dog, line " + std::to_string(i) + "\n";
  const VImage letters = VImage::text(lines.c_str(), VImage::option()->set("dpi", 72));
  const VImage page =
      (255 - letters).embed(20, 20, kWidth, kHeight, VImage::option()->set("extend", VIPS_EXTEND_WHITE));
  return as_rgb(page.bandjoin(page).bandjoin(page));
}

VImage screenshot() {
  VImage page = text();
  const std::vector<std::vector<double>> colours{{230, 40, 60}, {30, 90, 220}, {250, 200, 20}, {20, 160, 90}};
  for (int i = 0; i < 40; ++i) {
    page.draw_rect(colours[static_cast<std::size_t>(i) % colours.size()], 10 + i % 5 * 78, 20 + i / 5 * 70, 66, 34,
                   VImage::option()->set("fill", true));
  }
  return page.insert(photo().extract_area(0, 0, 300, 60), 50, 530);
}

class ImageBytes : public ImageTest {
 protected:
  void SetUp() override {
    for (const auto& [name, picture] : {std::pair{"noise", noise()}, std::pair{"photo", photo()},
                                        std::pair{"text", text()}, std::pair{"screenshot", screenshot()}}) {
      picture.pngsave(path(std::string(name) + ".png").c_str(), VImage::option()->set("compression", 1));
    }
  }
};

TEST_F(ImageBytes, EveryLimitIsKeptAndUsed) {
  int searched = 0;
  for (const char* name : {"noise", "photo", "text", "screenshot"}) {
    for (const ImageFormat format : {ImageFormat::kJpeg, ImageFormat::kWebp}) {
      for (const std::uint64_t limit : {30'000, 41'000, 75'000, 130'000, 400'000, 20'000'000}) {
        SCOPED_TRACE(std::string(name) + " " + std::string(name_of(format)) + " " + std::to_string(limit));
        ImageJob job = job_for(path(std::string(name) + ".png"));
        job.format = format;
        job.quality = 90;
        job.max_bytes = limit;
        const ImageResult result = convert(job);
        EXPECT_LE(result.size_bytes, limit);
        EXPECT_EQ(result.size_bytes, std::filesystem::file_size(path("out.jpg")));
        const bool at_the_ceiling = result.quality >= job.quality && result.width_px == kWidth;
        if (!at_the_ceiling) {
          ++searched;
          EXPECT_GE(static_cast<double>(result.size_bytes), 0.9 * static_cast<double>(limit)) << result.quality;
        }
      }
    }
  }
  EXPECT_GT(searched, 10);
}

TEST_F(ImageBytes, WebpOfADrawingIsLosslessAndOfAPhotographIsNot) {
  for (const char* name : {"text", "photo", "noise"}) {
    SCOPED_TRACE(name);
    ImageJob job = job_for(path(std::string(name) + ".png"));
    job.format = ImageFormat::kWebp;
    job.quality = 90;
    const ImageResult result = convert(job);
    const VImage before = VImage::new_from_file(job.input.c_str());
    const VImage after = VImage::new_from_file(path("out.jpg").c_str());
    const bool is_text = std::string(name) == "text";
    EXPECT_EQ(largest_difference(before, after) == 0, is_text);
    EXPECT_EQ(std::ranges::count(result.notes, "lossless, which is smaller here"), is_text ? 1 : 0);
    EXPECT_EQ(result.quality, is_text ? 100 : 90);
    EXPECT_EQ(bytes_of(path("out.jpg")).find("VP8X"), std::string::npos);
  }
}

TEST_F(ImageBytes, AllInTheStandardBoxFitsAtOnce) {
  // The hardest picture of the largest permitted size, at the best quality.
  const VImage hardest = noise().replicate(3, 4).extract_area(0, 0, 1080, 1920);
  hardest.pngsave(path("in.png").c_str(), VImage::option()->set("compression", 1));
  ImageJob job = job_for(path("in.png"));
  job.quality = 95;
  const ImageResult result = convert(job);
  EXPECT_EQ(result.quality, 95);
  EXPECT_LT(result.size_bytes, 9'000'000U);
  EXPECT_THAT(result.notes, Not(Contains(HasSubstr("to fit"))));
}

}  // namespace
}  // namespace tokprep::test
