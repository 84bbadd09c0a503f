#include <gmock/gmock.h>

#include <array>
#include <cmath>

#include "tests/media/image_support.h"

namespace tokprep::test {
namespace {

using testing::Contains;
using vips::VImage;

constexpr int kWidth = 96;
constexpr int kHeight = 64;

std::string be32(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

std::uint32_t crc_of(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const char byte : bytes) {
    crc ^= static_cast<std::uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
  }
  return ~crc;
}

VImage as(VipsInterpretation meaning, const VImage& image) {
  return image.copy(VImage::option()->set("interpretation", meaning));
}

/// Slopes in every channel that tell each corner from each other, and left from right.
VImage upright() {
  const VImage place = VImage::xyz(kWidth, kHeight);
  const VImage x = place.extract_band(0) * (255.0 / kWidth), y = place.extract_band(1) * (255.0 / kHeight);
  return as(VIPS_INTERPRETATION_sRGB, x.bandjoin(y).bandjoin(255 - x).cast(VIPS_FORMAT_UCHAR)).copy_memory();
}

class ImageInputs : public ImageTest {
 protected:
  /// Converts, and gives the mean difference of any channel from `wanted`.
  double off(const std::string& name, const VImage& wanted) {
    result_ = convert(job_for(path(name)));
    return mean_difference(VImage::new_from_file(path("out.jpg").c_str()), wanted);
  }
  ImageResult result_;
};

TEST_F(ImageInputs, EveryKindShowsThePicture) {
  const VImage picture = upright();
  const auto option = [] { return VImage::option(); };
  picture.pngsave(path("plain.png").c_str());
  picture.pngsave(path("interlaced.png").c_str(), option()->set("interlace", true));
  picture.pngsave(path("palette.png").c_str(), option()->set("palette", true)->set("Q", 100)->set("dither", 1.0));
  as(VIPS_INTERPRETATION_RGB16, (picture * 257.0).cast(VIPS_FORMAT_USHORT)).pngsave(path("deep.png").c_str());
  picture.bandjoin_const({255.0}).pngsave(path("alpha.png").c_str());
  picture.jpegsave(path("baseline.jpg").c_str(), option()->set("Q", 98));
  picture.jpegsave(path("progressive.jpg").c_str(), option()->set("Q", 98)->set("interlace", true));
  picture.webpsave(path("lossy.webp").c_str(), option()->set("Q", 98));
  picture.webpsave(path("lossless.webp").c_str(), option()->set("lossless", true));
  picture.tiffsave(path("plain.tif").c_str());
  picture.tiffsave(path("tiled.tif").c_str(),
                   option()->set("tile", true)->set("compression", VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE));
  picture.heifsave(path("a.heic").c_str(), option()->set("Q", 90));
  picture.heifsave(path("a.avif").c_str(),
                   option()->set("Q", 90)->set("compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1));
  for (const char* name : {"a.gif", "a.jxl"}) picture.write_to_file(path(name).c_str());
  for (const char* name :
       {"plain.png", "interlaced.png", "deep.png", "alpha.png", "lossless.webp", "plain.tif", "tiled.tif"}) {
    EXPECT_LT(off(name, picture), 0.8) << name;  // nothing but our own JPEG stands between
  }
  for (const char* name : {"baseline.jpg", "progressive.jpg", "lossy.webp", "a.heic", "a.avif", "a.jxl"}) {
    EXPECT_LT(off(name, picture), 3) << name;
  }
  for (const char* name : {"palette.png", "a.gif"}) EXPECT_LT(off(name, picture), 9) << name;  // 256 colours
}

TEST_F(ImageInputs, GrayOfEveryDepthShowsThePicture) {
  const VImage gray = as(VIPS_INTERPRETATION_B_W, upright().extract_band(1)).copy_memory();
  const VImage wanted = gray.bandjoin(gray).bandjoin(gray);
  gray.pngsave(path("8.png").c_str());
  gray.pngsave(path("interlaced.png").c_str(), VImage::option()->set("interlace", true));
  as(VIPS_INTERPRETATION_GREY16, (gray * 257.0).cast(VIPS_FORMAT_USHORT)).pngsave(path("16.png").c_str());
  gray.jpegsave(path("8.jpg").c_str(), VImage::option()->set("Q", 100));
  gray.tiffsave(path("8.tif").c_str());
  for (const char* name : {"8.png", "interlaced.png", "16.png", "8.jpg", "8.tif"})
    EXPECT_LT(off(name, wanted), 1) << name;
}

TEST_F(ImageInputs, OfSeveralPicturesTheFirstIsTakenAndSaid) {
  const VImage first = upright();
  VImage pages = first.join(first.invert(), VIPS_DIRECTION_VERTICAL).copy();
  pages.set(VIPS_META_PAGE_HEIGHT, kHeight);
  pages.webpsave(path("frames.webp").c_str(), VImage::option()->set("lossless", true));
  pages.gifsave(path("frames.gif").c_str());
  pages.tiffsave(path("pages.tif").c_str());
  first.pngsave(path("animated.png").c_str());
  std::string bytes = bytes_of(path("animated.png"));
  const std::string control = "acTL" + be32(2) + be32(0);
  bytes.insert(33, be32(8) + control + be32(crc_of(control)));
  write_bytes(path("animated.png"), bytes);
  for (const auto& [name, note] :
       {std::pair{"frames.webp", "first of 2 frames"}, std::pair{"frames.gif", "first of 2 frames"},
        std::pair{"pages.tif", "first of 2 pages"}, std::pair{"animated.png", "first of 2 frames"}}) {
    EXPECT_LT(off(name, first), 9) << name;
    EXPECT_THAT(result_.notes, Contains(note)) << name;
    EXPECT_EQ(probe_image({path(name)}, {})->image->pages, 2) << name;
  }
}

/// As a camera held so would store it.
VImage stored(const VImage& picture, int orientation) {
  switch (orientation) {
    case 2:
      return picture.fliphor();
    case 3:
      return picture.rot180();
    case 4:
      return picture.flipver();
    case 5:
      return picture.rot90().fliphor();
    case 6:
      return picture.rot270();
    case 7:
      return picture.rot270().fliphor();
    case 8:
      return picture.rot90();
    default:
      return picture;
  }
}

TEST_F(ImageInputs, AllOrientationsOfAPictureAreThePictureInEveryKindThatHasThem) {
  const VImage picture = upright();
  for (int orientation = 1; orientation <= 8; ++orientation) {
    VImage tagged = stored(picture, orientation).copy();
    tagged.set(VIPS_META_ORIENTATION, orientation);
    tagged.jpegsave(path("a.jpg").c_str(), VImage::option()->set("Q", 100));
    tagged.tiffsave(path("a.tif").c_str());
    VImage::new_from_file(path("a.jpg").c_str()).pngsave(path("a.png").c_str());  // with the Exif block, in `eXIf`
    tagged.webpsave(path("a.webp").c_str(), VImage::option()->set("lossless", true));
    for (const char* name : {"a.jpg", "a.tif", "a.png", "a.webp"}) {
      SCOPED_TRACE(std::string(name) + " " + std::to_string(orientation));
      const auto info = probe_image({path(name)}, {});
      ASSERT_TRUE(info);
      EXPECT_EQ((Size{info->image->width_px, info->image->height_px}), (Size{kWidth, kHeight}));
      EXPECT_LT(off(name, picture), 1);
      EXPECT_EQ((Size{result_.width_px, result_.height_px}), (Size{kWidth, kHeight}));
    }
  }
}

/// To WebP of flat stripes, which is lossless: what is measured then is the conversion alone.
ImageJob exact(ImageJob job) {
  job.format = ImageFormat::kWebp;
  job.quality = 90;
  return job;
}

TEST_F(ImageInputs, DeepSlopesHaveNoSteps) {
  for (const bool gray : {true, false}) {
    const VImage slope = (VImage::xyz(2048, 16).extract_band(0) * (65535.0 / 2047)).rint().cast(VIPS_FORMAT_USHORT);
    const VImage picture = gray ? as(VIPS_INTERPRETATION_GREY16, slope)
                                : as(VIPS_INTERPRETATION_RGB16, slope.bandjoin(slope).bandjoin(slope));
    picture.pngsave(path("in.png").c_str());
    const ImageResult result = convert(exact(job_for(path("in.png"))));
    EXPECT_THAT(result.notes, Contains("lossless, which is smaller here"));
    const VImage written = VImage::new_from_file(path("out.jpg").c_str()).copy_memory();
    double before = 0;
    for (int x = 0; x < 2048; ++x) {
      const double level = pixel(written, x, 8)[1];
      EXPECT_GE(level, before);
      EXPECT_LE(level - before, 1) << x;
      EXPECT_NEAR(level, x * 255.0 / 2047, 1) << x;
      before = level;
    }
    EXPECT_EQ(before, 255);
  }
}

TEST_F(ImageInputs, EveryTransparencyOverTheBackgroundIsWithinOneLevel) {
  std::vector<std::vector<double>> colours;
  for (int alpha = 0; alpha <= 255; alpha += 5) colours.push_back({200, 40, 120, static_cast<double>(alpha)});
  const VImage picture = striped(colours, 16, 16);
  picture.pngsave(path("8.png").c_str());
  as(VIPS_INTERPRETATION_RGB16, (picture * 257.0).cast(VIPS_FORMAT_USHORT)).pngsave(path("16.png").c_str());
  for (const char* name : {"8.png", "16.png"}) {
    for (const Rgb& background : {Rgb{255, 255, 255}, Rgb{0, 0, 0}, Rgb{10, 200, 77}}) {
      ImageJob job = exact(job_for(path(name)));
      job.background = background;
      convert(job);
      const VImage written = VImage::new_from_file(path("out.jpg").c_str()).copy_memory();
      const std::array<double, 3> under{static_cast<double>(background.r), static_cast<double>(background.g),
                                        static_cast<double>(background.b)};
      for (std::size_t i = 0; i < colours.size(); ++i) {
        const auto seen = pixel(written, static_cast<int>(i) * 16 + 8, 8);
        const double cover = colours[i][3] / 255;
        for (std::size_t k = 0; k < 3; ++k) {
          EXPECT_NEAR(seen[k], colours[i][k] * cover + under.at(k) * (1 - cover), 1) << name << " " << i;
        }
      }
    }
  }
}

/// How far the output is from the input through its own profile, by CIEDE2000; both in Lab, no sRGB in between.
double colour_error(const std::string& input, const std::string& output) {
  const VImage wanted =
      VImage::new_from_file(input.c_str())
          .icc_import(
              VImage::option()->set("embedded", true)->set("intent", VIPS_INTENT_PERCEPTUAL)->set("pcs", VIPS_PCS_LAB));
  const VImage seen = VImage::new_from_file(output.c_str())
                          .icc_import(VImage::option()
                                          ->set("input_profile", "srgb")
                                          ->set("intent", VIPS_INTENT_PERCEPTUAL)
                                          ->set("pcs", VIPS_PCS_LAB));
  return seen.dE00(wanted).avg();
}

TEST_F(ImageInputs, RealProfilesAreWithinTwoOfLab) {
  const std::string dir = TOKPREP_MEDIA_OR_SKIP("image/");
  for (const char* name : {"jpg-24bit-icc-adobe-rgb.jpg", "jpg-32bit-cmyk-icc-swop.jpg", "P3-sRGB-color-bars.jpg",
                           "apple_gainmap_new.jpg"}) {
    convert(job_for(dir + name));
    EXPECT_LT(colour_error(dir + name, path("out.jpg")), 2) << name;
  }
}

}  // namespace
}  // namespace tokprep::test
