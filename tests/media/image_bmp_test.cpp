#include <gmock/gmock.h>

#include <functional>
#include <random>

#include "tests/media/image_support.h"

namespace tokprep::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using vips::VImage;

using Colour = std::vector<double>;
const Colour kRed{255, 0, 0};
const Colour kGreen{0, 255, 0};
const Colour kBlue{0, 0, 255};
const Colour kWhite{255, 255, 255};

std::string le(std::uint64_t value, std::size_t width) {
  std::string bytes;
  for (std::size_t i = 0; i < width; ++i, value >>= 8) bytes += static_cast<char>(value & 0xff);
  return bytes;
}

/// A bitmap file part by part.
struct Bitmap {
  std::uint32_t header_bytes = 40;
  int width = 4, height = 2;
  int bits = 24;
  std::uint32_t packing = 0;
  std::uint32_t colours = 0;
  std::string behind_header = {};  ///< masks, palette
  std::string pixels = {};

  [[nodiscard]] std::string bytes() const {
    std::string header = le(header_bytes, 4);
    if (header_bytes == 12) {
      header += le(static_cast<std::uint64_t>(width), 2) + le(static_cast<std::uint64_t>(height), 2);
    } else {
      header += le(static_cast<std::uint32_t>(width), 4) + le(static_cast<std::uint32_t>(height), 4);
    }
    header += le(1, 2) + le(static_cast<std::uint64_t>(bits), 2);
    if (header_bytes >= 40) header += le(packing, 4) + le(0, 12) + le(colours, 4) + le(0, 4);
    header += behind_header;
    const std::size_t begin = 14 + header.size();
    return "BM" + le(begin + pixels.size(), 4) + le(0, 4) + le(begin, 4) + header + pixels;
  }
};

std::string rows(std::initializer_list<std::string> stored) {
  std::string bytes;
  for (const std::string& row : stored) bytes += row + std::string((4 - row.size() % 4) % 4, '\0');
  return bytes;
}

std::string b(std::initializer_list<int> values) {
  std::string bytes;
  for (const int value : values) bytes += static_cast<char>(value);
  return bytes;
}

// Blue, green, red, and a byte that means nothing: the colours with the numbers 0 to 3.
const std::string kPalette = b({0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0});
const std::string kCorePalette = b({0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255});
const std::string kRgb24Top = b({0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255});
const std::string kRgb24Bottom = b({255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255});

/// The same picture in every way to store it. Above: red, green, blue, white; below: the other way round.
const std::vector<std::pair<std::string, Bitmap>>& same_pictures() {
  static const std::vector<std::pair<std::string, Bitmap>> kPictures{
      {"24", {40, 4, 2, 24, 0, 0, "", rows({kRgb24Bottom, kRgb24Top})}},
      {"24 top down", {40, 4, -2, 24, 0, 0, "", rows({kRgb24Top, kRgb24Bottom})}},
      {"24 os2", {12, 4, 2, 24, 0, 0, "", rows({kRgb24Bottom, kRgb24Top})}},
      {"24 os2 short", {16, 4, 2, 24, 0, 0, "", rows({kRgb24Bottom, kRgb24Top})}},
      {"24 os2 long", {64, 4, 2, 24, 0, 0, std::string(24, '\0'), rows({kRgb24Bottom, kRgb24Top})}},
      {"8", {40, 4, 2, 8, 0, 4, kPalette, rows({b({3, 2, 1, 0}), b({0, 1, 2, 3})})}},
      {"8 os2", {12, 4, 2, 8, 0, 0, kCorePalette, rows({b({3, 2, 1, 0}), b({0, 1, 2, 3})})}},
      {"4", {40, 4, 2, 4, 0, 4, kPalette, rows({b({0x32, 0x10}), b({0x01, 0x23})})}},
      {"rle8", {40, 4, 2, 8, 1, 4, kPalette, b({0, 4, 3, 2, 1, 0, 0, 0, 1, 0, 1, 1, 1, 2, 1, 3, 0, 1})}},
      {"rle8 moved", {40, 4, 2, 8, 1, 4, kPalette, b({0, 3, 3, 2, 1, 0, 0, 0, 0, 2, 1, 0, 1, 1, 1, 2, 1, 3, 0, 1})}},
      {"rle4", {40, 4, 2, 4, 2, 4, kPalette, b({0, 4, 0x32, 0x10, 0, 0, 2, 0x01, 2, 0x23, 0, 1})}},
      {"rle8 top down", {40, 4, -2, 8, 1, 4, kPalette, b({0, 4, 0, 1, 2, 3, 0, 0, 0, 4, 3, 2, 1, 0, 0, 1})}},
      {"32", {40, 4, 2, 32, 0, 0, "", b({255, 255, 255, 0, 255, 0,   0, 9, 0,   255, 0, 0, 0,   0,   255, 0,
                                         0,   0,   255, 0, 0,   255, 0, 0, 255, 0,   0, 0, 255, 255, 255, 0})}},
      {"16",
       {40, 4, 2, 16, 0, 0, "",
        le(0x7fff, 2) + le(0x001f, 2) + le(0x03e0, 2) + le(0x7c00, 2) + le(0x7c00, 2) + le(0x03e0, 2) + le(0x001f, 2) +
            le(0x7fff, 2)}},
      {"565",
       {40, 4, 2, 16, 3, 0, le(0xf800, 4) + le(0x07e0, 4) + le(0x001f, 4),
        le(0xffff, 2) + le(0x001f, 2) + le(0x07e0, 2) + le(0xf800, 2) + le(0xf800, 2) + le(0x07e0, 2) + le(0x001f, 2) +
            le(0xffff, 2)}},
      {"10 bits a channel",
       {40, 4, 2, 32, 3, 0, le(0x3ff00000, 4) + le(0x000ffc00, 4) + le(0x000003ff, 4),
        le(0x3fffffff, 4) + le(0x3ff, 4) + le(0xffc00, 4) + le(0x3ff00000, 4) + le(0x3ff00000, 4) + le(0xffc00, 4) +
            le(0x3ff, 4) + le(0x3fffffff, 4)}},
  };
  return kPictures;
}

class ImageBmp : public ImageTest {
 protected:
  std::string file(const std::string& bytes) const {
    write_bytes(path("in.bmp"), bytes);
    return path("in.bmp");
  }
};

TEST_F(ImageBmp, EveryWayToStoreAPictureShowsIt) {
  for (const auto& [name, bitmap] : same_pictures()) {
    SCOPED_TRACE(name);
    const std::string input = file(bitmap.bytes());
    const auto info = probe_image({input}, {});
    ASSERT_TRUE(info) << describe(info.error());
    EXPECT_EQ(info->container.format, "bmp");
    EXPECT_EQ(info->image->colour_space, "srgb");
    EXPECT_FALSE(info->image->alpha);
    ImageJob job = job_for(input);
    job.min_size = {128, 64};  // enlarged, so that JPEG has room for each colour
    job.max_size = {128, 64};
    convert(job);
    const std::vector<Colour> above{kRed, kGreen, kBlue, kWhite};
    for (std::size_t i = 0; i < above.size(); ++i) {
      const int x = static_cast<int>(i) * 32 + 16;
      const auto top = pixel(path("out.jpg"), x, 8);
      const auto bottom = pixel(path("out.jpg"), 127 - x, 56);
      for (std::size_t k = 0; k < 3; ++k) {
        EXPECT_NEAR(top[k], above[i][k], 40) << i;  // the filter that enlarges mixes neighbours
        EXPECT_NEAR(bottom[k], above[i][k], 40) << i;
      }
    }
  }
}

TEST_F(ImageBmp, OneBitPixels) {
  const std::string stripes(8, '\xf0');
  Bitmap bitmap{40, 64, 32, 1, 0, 2, b({0, 0, 0, 0, 255, 255, 255, 0}), ""};
  for (int y = 0; y < 32; ++y) bitmap.pixels += stripes;
  convert(job_for(file(bitmap.bytes())));
  EXPECT_GT(pixel(path("out.jpg"), 1, 9)[0], 250);
  EXPECT_LT(pixel(path("out.jpg"), 5, 9)[0], 5);
  EXPECT_GT(pixel(path("out.jpg"), 61 - 4, 30)[0], 250);
}

TEST_F(ImageBmp, TransparencyAndTheProfileOfTheLongHeader) {
  const std::string masks = le(0xff0000, 4) + le(0xff00, 4) + le(0xff, 4) + le(0xff000000, 4);
  Bitmap bitmap{124, 16, 16, 32, 3, 0, masks, ""};
  std::size_t size = 0;
  const VImage donor = VImage::black(1, 1).new_from_image({1, 2, 3}).copy(
      VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB));
  donor.pngsave(path("p3.png").c_str(), VImage::option()->set("profile", "p3"));
  const VImage tagged = VImage::new_from_file(path("p3.png").c_str());
  const auto* profile = static_cast<const char*>(tagged.get_blob(VIPS_META_ICC_NAME, &size));
  const std::uint32_t pixel_bytes = 16 * 16 * 4;
  bitmap.behind_header += le(0x4d424544, 4) + std::string(36 + 12 + 4, '\0') + le(124 + pixel_bytes, 4) + le(size, 4) +
                          std::string(4, '\0');
  for (int i = 0; i < 16 * 16; ++i) bitmap.pixels += i % 16 < 8 ? b({0, 0, 200, 255}) : b({9, 9, 9, 0});
  bitmap.pixels += std::string(profile, size);
  const std::string input = file(bitmap.bytes());
  const auto info = probe_image({input}, {});
  ASSERT_TRUE(info) << describe(info.error());
  EXPECT_TRUE(info->image->alpha);
  EXPECT_NE(info->image->icc_name, "");
  ImageJob job = job_for(input);
  job.background = {0, 0, 255};
  const ImageResult result = convert(job);
  EXPECT_THAT(result.notes, Contains("flattened on #0000ff"));
  EXPECT_NEAR(pixel(path("out.jpg"), 3, 8)[0], 218, 3);  // P3's red of 200 is a stronger one of sRGB
  EXPECT_NEAR(pixel(path("out.jpg"), 12, 8)[2], 255, 3);
}

TEST_F(ImageBmp, MissingPixelsAreRefusedWithTheNumbers) {
  for (const auto& [name, bitmap] : same_pictures()) {
    SCOPED_TRACE(name);
    Bitmap cut = bitmap;
    cut.pixels.resize(cut.pixels.size() - 3);
    const auto result = convert_image(job_for(file(cut.bytes())), {});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kCorruptInput);
    EXPECT_EQ(result.error().file, path("in.bmp"));
    EXPECT_FALSE(std::filesystem::exists(path("out.jpg")));
  }
}

TEST_F(ImageBmp, HeadersThatMakeNoPictureAreRefusedByType) {
  const auto refused = [&](const Bitmap& bitmap) { return probe_image({file(bitmap.bytes())}, {}).error(); };
  EXPECT_EQ(refused({40, 0, 2, 24}).code, ErrorCode::kCorruptInput);
  EXPECT_EQ(refused({40, 4, 0, 24}).code, ErrorCode::kCorruptInput);
  EXPECT_EQ(refused({40, -4, 2, 24}).code, ErrorCode::kCorruptInput);
  EXPECT_EQ(refused({40, 4, 2, 13}).code, ErrorCode::kCorruptInput);
  EXPECT_EQ(refused({40, 4, 2, 24, 1}).code, ErrorCode::kCorruptInput);                              // runs of 24 bits
  EXPECT_EQ(refused({40, 4, 2, 8, 0, 0, "", std::string(8, '\0')}).code, ErrorCode::kCorruptInput);  // no palette
  const Error jpeg = refused({40, 4, 2, 24, 4});
  EXPECT_EQ(jpeg.code, ErrorCode::kUnsupportedInput);
  EXPECT_THAT(jpeg.fix, HasSubstr("PNG"));
  EXPECT_EQ(refused({40, 20'000'000, 2, 24}).code, ErrorCode::kCorruptInput);
  for (const int height : {60'000, -60'000}) {
    const Error bomb = refused({40, 60'000, height, 24});
    EXPECT_EQ(bomb.code, ErrorCode::kNotCompliant);
    EXPECT_EQ(bomb.rule, "image.pixels_max");
    EXPECT_EQ(bomb.measured, Scalar(std::int64_t{3'600'000'000}));
  }
}

TEST_F(ImageBmp, AnyFewChangedBytesEndInAPictureOrATypedRefusal) {
  std::mt19937 random(20'240'229);
  int pictures = 0, refusals = 0;
  const auto count = [&](bool worked, ErrorCode code, const std::string& name) {
    ++(worked ? pictures : refusals);
    EXPECT_NE(code, ErrorCode::kInternal) << name;
  };
  for (int round = 0; round < 60; ++round) {
    for (const auto& [name, bitmap] : same_pictures()) {
      std::string bytes = bitmap.bytes();
      const std::size_t front = std::min<std::size_t>(bytes.size(), 90);
      for (int changes = 0; changes < 3; ++changes) bytes[14 + random() % (front - 14)] = static_cast<char>(random());
      const auto info = probe_image({file(bytes)}, {});
      if (!info || info->image->width_px * std::int64_t{info->image->height_px} > 100'000) {
        count(info.has_value(), info ? ErrorCode::kIo : info.error().code, name);  // too large to draw in a test
        continue;
      }
      const auto result = convert_image(job_for(path("in.bmp")), {});
      count(result.has_value(), result ? ErrorCode::kIo : result.error().code, name);
    }
  }
  EXPECT_GT(pictures, 100);
  EXPECT_GT(refusals, 100);
}

}  // namespace
}  // namespace tokprep::test
