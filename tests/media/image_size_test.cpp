#include <gmock/gmock.h>

#include "tests/media/image_support.h"

namespace tokprep::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using vips::VImage;

class ImageSize : public ImageTest {
 protected:
  void SetUp() override {
    // The hardest picture there is: every pixel on its own.
    const auto channel = [](int seed) {
      return VImage::gaussnoise(700, 500, VImage::option()->set("mean", 128.0)->set("sigma", 60.0)->set("seed", seed));
    };
    const VImage noise = channel(1).bandjoin(channel(2)).bandjoin(channel(3));
    noise.cast(VIPS_FORMAT_UCHAR)
        .copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB))
        .write_to_file(path("noise.png").c_str());
  }

  [[nodiscard]] ImageJob limited(std::uint64_t max_bytes, ImageFormat format) const {
    ImageJob job = job_for(path("noise.png"));
    job.quality = 90;
    job.max_bytes = max_bytes;
    job.format = format;
    return job;
  }
};

TEST_F(ImageSize, LowerQualityMeetsTheLimitAndUsesIt) {
  for (const ImageFormat format : {ImageFormat::kJpeg, ImageFormat::kWebp}) {
    SCOPED_TRACE(name_of(format));
    const auto free_size = convert(limited(20'000'000, format));
    EXPECT_EQ(free_size.quality, 90);
    const std::uint64_t limit = free_size.size_bytes * 3 / 4;
    const ImageResult result = convert(limited(limit, format));
    EXPECT_LE(result.size_bytes, limit);
    EXPECT_GT(result.size_bytes, limit * 8 / 10);
    EXPECT_EQ(result.size_bytes, std::filesystem::file_size(path("out.jpg")));
    EXPECT_LT(result.quality, 90);
    EXPECT_EQ(result.width_px, 700);
    EXPECT_THAT(result.notes, Contains(HasSubstr("to fit the byte limit")));
  }
}

TEST_F(ImageSize, ThenThePictureGetsSmaller) {
  for (const ImageFormat format : {ImageFormat::kJpeg, ImageFormat::kWebp}) {
    SCOPED_TRACE(name_of(format));
    const ImageResult result = convert(limited(25'000, format));
    EXPECT_LE(result.size_bytes, 25'000U);
    EXPECT_LT(result.width_px, 700);
    EXPECT_NEAR(static_cast<double>(result.width_px) / result.height_px, 1.4, 0.03);
    const VImage written = VImage::new_from_file(path("out.jpg").c_str());
    EXPECT_EQ(written.width(), result.width_px);
    EXPECT_THAT(result.notes, Contains(HasSubstr("made smaller")));
  }
}

TEST_F(ImageSize, TheSameJobGivesTheSameBytes) {
  convert(limited(25'000, ImageFormat::kJpeg));
  const std::string first = bytes_of(path("out.jpg"));
  convert(limited(25'000, ImageFormat::kJpeg));
  EXPECT_EQ(first, bytes_of(path("out.jpg")));
}

TEST_F(ImageSize, AnImpossibleLimitIsRefusedWithTheNumbers) {
  const auto result = convert_image(limited(100, ImageFormat::kJpeg), {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kNotCompliant);
  EXPECT_EQ(result.error().rule, "image.size_max");
  EXPECT_EQ(result.error().limit, Scalar(std::int64_t{100}));
  EXPECT_GT(std::get<std::int64_t>(result.error().measured), 100);
  EXPECT_FALSE(std::filesystem::exists(path("out.jpg")));
}

TEST_F(ImageSize, ACoverIsNotShrunkBelowItsLeastSize) {
  ImageJob job = limited(12'000, ImageFormat::kJpeg);
  job.min_size = {360, 360};
  EXPECT_EQ(convert_image(job, {}).error().code, ErrorCode::kNotCompliant);
}

std::string chroma_of(const std::string& file) {
  return VImage::new_from_file(file.c_str()).get_string("jpeg-chroma-subsample");
}

TEST_F(ImageSize, ColouredEdgesKeepFullChromaAndPhotographsDoNot) {
  const std::string photo = TOKPREP_MEDIA_OR_SKIP("image/Landscape_3.jpg");
  ImageJob job = job_for(photo);
  job.quality = 90;
  convert(job);
  EXPECT_EQ(chroma_of(path("out.jpg")), "4:2:0");

  std::vector<std::vector<double>> lines;
  for (int i = 0; i < 40; ++i)
    lines.push_back(i % 2 == 0 ? std::vector<double>{255, 0, 0} : std::vector<double>{0, 0, 255});
  striped(lines, 5, 100).write_to_file(path("drawing.png").c_str());
  job.input = path("drawing.png");
  convert(job);
  EXPECT_EQ(chroma_of(path("out.jpg")), "4:4:4");
}

}  // namespace
}  // namespace tokprep::test
