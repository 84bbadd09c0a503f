#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tests/media/image_support.h"

namespace tokprep::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using vips::VImage;

using Colour = std::array<double, 3>;
using Matrix = std::array<std::array<double, 3>, 3>;

// Linear light to linear light of sRGB: a second opinion, without any colour management.
constexpr Matrix kAdobeToSrgb{{{1.39836, -0.39836, 0}, {0, 1, 0}, {0, -0.04293, 1.04293}}};
constexpr Matrix kP3ToSrgb{{{1.22494, -0.22494, 0}, {-0.04206, 1.04206, 0}, {-0.01964, -0.07864, 1.09827}}};

double srgb_encode(double linear) {
  const double v = std::clamp(linear, 0.0, 1.0);
  return 255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * std::pow(v, 1 / 2.4) - 0.055);
}
double srgb_decode(double code) {
  const double v = code / 255;
  return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
}
double adobe_decode(double code) { return std::pow(code / 255, 2.19921875); }

Colour converted(const Colour& code, double (*decode)(double), const Matrix& matrix) {
  Colour out{};
  for (std::size_t row = 0; row < 3; ++row) {
    double sum = 0;
    for (std::size_t i = 0; i < 3; ++i) sum += matrix.at(row).at(i) * decode(code.at(i));
    out.at(row) = srgb_encode(sum);
  }
  return out;
}

class ImageColour : public ImageTest {
 protected:
  const std::vector<Colour> patches_{{200, 100, 50},  {60, 140, 90},   {70, 80, 160},
                                     {128, 128, 128}, {255, 255, 255}, {0, 0, 0}};

  [[nodiscard]] VImage patches() const {
    std::vector<std::vector<double>> colours;
    for (const Colour& c : patches_) colours.emplace_back(c.begin(), c.end());
    return striped(colours, 16, 16).copy();
  }

  void expect_patches(const std::vector<Colour>& wanted, double tolerance) const {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const auto actual = pixel(path("out.jpg"), static_cast<int>(i) * 16 + 8, 8);
      ASSERT_EQ(actual.size(), 3U);
      for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(actual[k], wanted[i].at(k), tolerance) << "patch " << i;
    }
  }
};

TEST_F(ImageColour, UntaggedPicturesKeepTheirNumbers) {
  patches().write_to_file(path("in.png").c_str());
  EXPECT_THAT(convert(job_for(path("in.png"))).notes, IsEmpty());
  expect_patches(patches_, 1);
}

TEST_F(ImageColour, DisplayP3BecomesSrgb) {
  patches().pngsave(path("in.png").c_str(), VImage::option()->set("profile", "p3"));
  convert(job_for(path("in.png")));
  std::vector<Colour> wanted;
  for (const Colour& c : patches_) wanted.push_back(converted(c, srgb_decode, kP3ToSrgb));
  expect_patches(wanted, 2.5);
  EXPECT_GT(std::abs(wanted[0][0] - patches_[0][0]), 5);  // the numbers themselves must have moved
}

TEST_F(ImageColour, AdobeRgbBecomesSrgb) {
  const std::string donor = TOKPREP_MEDIA_OR_SKIP("image/jpg-24bit-icc-adobe-rgb.jpg");
  std::size_t size = 0;
  const VImage source = VImage::new_from_file(donor.c_str());
  const auto* profile = static_cast<const char*>(source.get_blob(VIPS_META_ICC_NAME, &size));
  write_bytes(path("adobe.icc"), {profile, size});
  patches().tiffsave(path("in.tif").c_str(), VImage::option()->set("profile", path("adobe.icc").c_str()));
  convert(job_for(path("in.tif")));
  std::vector<Colour> wanted;
  for (const Colour& c : patches_) wanted.push_back(converted(c, adobe_decode, kAdobeToSrgb));
  expect_patches(wanted, 2);
}

TEST_F(ImageColour, SixteenBitsBecomeEight) {
  const VImage deep = (patches() * 257.0)
                          .cast(VIPS_FORMAT_USHORT)
                          .copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_RGB16));
  deep.write_to_file(path("in.png").c_str());
  ASSERT_EQ(probe_image({path("in.png")}, {})->image->bit_depth, 16);
  convert(job_for(path("in.png")));
  expect_patches(patches_, 1);
}

TEST_F(ImageColour, SixteenBitGrayBecomesRgb) {
  const VImage gray = (striped({{0}, {64}, {255}}, 16, 16) * 257.0)
                          .cast(VIPS_FORMAT_USHORT)
                          .copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_GREY16));
  gray.write_to_file(path("in.png").c_str());
  convert(job_for(path("in.png")));
  expect_patches({{0, 0, 0}, {64, 64, 64}, {255, 255, 255}}, 1);
}

TEST_F(ImageColour, CmykWithoutAProfileIsPaperWhiteAndInkBlack) {
  const VImage inks = striped({{0, 0, 0, 0}, {0, 0, 0, 255}, {255, 0, 0, 0}, {0, 255, 255, 0}}, 16, 16)
                          .copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_CMYK));
  inks.jpegsave(path("in.jpg").c_str(), VImage::option()->set("Q", 100));
  const ImageResult result = convert(job_for(path("in.jpg")));
  EXPECT_THAT(result.notes, Contains(HasSubstr("CMYK without a profile")));
  const auto at = [&](int patch) { return pixel(path("out.jpg"), patch * 16 + 8, 8); };
  for (int k = 0; k < 3; ++k) {
    EXPECT_GT(at(0)[static_cast<std::size_t>(k)], 250);
    EXPECT_LT(at(1)[static_cast<std::size_t>(k)], 60);
  }
  EXPECT_LT(at(2)[0], 80);  // cyan
  EXPECT_GT(at(2)[2], 180);
  EXPECT_GT(at(3)[0], 180);  // red
  EXPECT_LT(at(3)[2], 80);
}

TEST_F(ImageColour, CmykGoesThroughItsOwnProfile) {
  const std::string file = TOKPREP_MEDIA_OR_SKIP("image/jpg-32bit-cmyk-icc-swop.jpg");
  EXPECT_THAT(convert(job_for(file)).notes, IsEmpty());
  EXPECT_EQ(pixel(path("out.jpg"), 5, 5), (std::vector<double>{255, 255, 255}));  // paper
  const auto info = probe_image({path("out.jpg")}, {});
  EXPECT_EQ(info->image->colour_space, "srgb");
}

TEST_F(ImageColour, AProfileThatDoesNotFitIsSetAside) {
  patches().tiffsave(path("in.tif").c_str(), VImage::option()->set("profile", "cmyk"));
  ASSERT_NE(probe_image({path("in.tif")}, {})->image->icc_name, "");
  const ImageResult result = convert(job_for(path("in.tif")));
  EXPECT_THAT(result.notes, Contains(HasSubstr("does not fit")));
  expect_patches(patches_, 1);
}

TEST_F(ImageColour, ABrokenGrayProfileIsSetAside) {
  std::string profile(300, '\x11');
  profile.replace(16, 4, "GRAY");
  VImage gray =
      striped({{0}, {64}, {255}}, 16, 16).copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_B_W));
  gray.set(VIPS_META_ICC_NAME, nullptr, profile.data(), profile.size());
  gray.tiffsave(path("in.tif").c_str());
  const ImageResult result = convert(job_for(path("in.tif")));
  EXPECT_THAT(result.notes, Contains(HasSubstr("does not fit")));
  expect_patches({{0, 0, 0}, {64, 64, 64}, {255, 255, 255}}, 1);
}

TEST_F(ImageColour, ChannelsWithoutAMeaningAreRefused) {
  const VImage data = VImage::gaussnoise(16, 16).cast(VIPS_FORMAT_FLOAT);
  data.tiffsave(path("in.tif").c_str());
  const auto result = convert_image(job_for(path("in.tif")), {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kUnsupportedInput);
  EXPECT_THAT(result.error().fix, HasSubstr("RGB"));
}

}  // namespace
}  // namespace tokprep::test
