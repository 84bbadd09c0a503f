#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/media/image_support.h"
#include "tests/media/made_png.h"
#include "tests/media/png_reading.h"

namespace tokprep::test {
namespace {

using namespace std::string_literals;

class PngStreamTest : public ImageTest {
 protected:
  /// Both readers give the same, and ours does not just call the other.
  void expect_same(const std::string& file, const std::string& what) const {
    EXPECT_TRUE(is_streamed(file)) << what;
    expect_same_either_way(file, what);
  }
  static void expect_same_either_way(const std::string& file, const std::string& what) {
    const PngReading theirs = read_by_libvips(file);
    const PngReading ours = read_by_us(file);
    ASSERT_TRUE(theirs.decoded) << what << ": " << theirs.complaint;
    ASSERT_TRUE(ours.decoded) << what << ": " << ours.complaint;
    EXPECT_EQ(ours.form, theirs.form) << what;
    EXPECT_TRUE(ours.samples == theirs.samples) << what;
  }
  [[nodiscard]] std::string written(const MadePng& png) const {
    write_bytes(path("made.png"), png.bytes());
    return path("made.png");
  }
};

std::string palette_of(std::size_t entries) {
  std::string palette;
  for (std::size_t i = 0; i < 3 * entries; ++i) palette += static_cast<char>(i * 37 + 11);
  return palette;
}

/// Every colour type with every depth it may have.
std::vector<MadePng> every_kind() {
  std::vector<MadePng> kinds;
  for (const int depth : {1, 2, 4, 8, 16}) kinds.push_back({.bit_depth = depth, .colour = 0});
  for (const int depth : {1, 2, 4, 8}) {
    kinds.push_back({.bit_depth = depth, .colour = 3, .palette = palette_of(std::size_t{1} << depth)});
  }
  for (const int colour : {2, 4, 6}) {
    for (const int depth : {8, 16}) kinds.push_back({.bit_depth = depth, .colour = colour});
  }
  return kinds;
}

std::string name_of(const MadePng& png) {
  return "colour " + std::to_string(png.colour) + ", " + std::to_string(png.bit_depth) + " bits, filter " +
         std::to_string(png.filter) + ", " + std::to_string(png.width_px) + "x" + std::to_string(png.height_px);
}

TEST_F(PngStreamTest, EveryKindFilterAndSize) {
  const std::vector<std::pair<int, int>> sizes{{1, 1}, {1, 9}, {9, 1}, {5, 3}, {33, 17}};
  for (MadePng png : every_kind()) {
    for (png.filter = -1; png.filter <= 4; ++png.filter) {
      for (const auto& [width_px, height_px] : sizes) {
        png.width_px = width_px;
        png.height_px = height_px;
        png.seed++;
        expect_same(written(png), name_of(png));
      }
    }
  }
}

TEST_F(PngStreamTest, TransparentColours) {
  for (MadePng png : every_kind()) {
    if (png.colour == 4 || png.colour == 6) continue;
    // The samples of `MadePng` are mostly 0, 16 or 32; the bits above the depth count for nothing.
    std::vector<std::string> clear{"\0\0"s, "\0\x10"s, "\xff\xff"s, "\x10\x10"s};
    if (png.colour == 2) clear = {"\0\0\0\0\0\0"s, "\0\x10\0\x10\0\x10"s, "\x10\x10\x10\x10\x10\x10"s, "\1\2\3\4\5\6"s};
    if (png.colour == 3) clear = {"\x80"s, "\0\xff"s};
    for (const std::string& transparency : clear) {
      png.transparency = transparency;
      expect_same(written(png), name_of(png));
    }
  }
}

TEST_F(PngStreamTest, IndicesBeyondThePaletteAreWhatLibvipsMakesOfThem) {
  for (const int depth : {2, 4, 8}) {
    MadePng png{.bit_depth = depth, .colour = 3, .palette = palette_of(3)};
    expect_same(written(png), name_of(png));
    png.transparency = "\x40\x80\xc0"s;
    expect_same(written(png), name_of(png) + ", transparent");
  }
}

TEST_F(PngStreamTest, PalettesLongerThanTheDepthCanAddress) {
  expect_same(written({.bit_depth = 2, .colour = 3, .palette = palette_of(16)}), "16 colours, 2 bits");
}

TEST_F(PngStreamTest, WideAndTall) {
  expect_same(written({.width_px = 70'001, .height_px = 3}), "wide");
  expect_same(written({.width_px = 70'001, .height_px = 3, .bit_depth = 1, .colour = 0}), "wide, 1 bit");
  expect_same(written({.width_px = 2, .height_px = 70'001}), "tall");
  expect_same(written({.width_px = 140'000, .height_px = 2, .bit_depth = 16, .colour = 6}), "a row above a stretch");
}

TEST_F(PngStreamTest, PicturesOfManyStretches) {
  expect_same(written({.width_px = 701, .height_px = 1203}), "RGB");
  expect_same(written({.width_px = 301, .height_px = 903, .bit_depth = 16, .colour = 6, .filter = 4}), "RGBA 16");
}

TEST_F(PngStreamTest, PackedPixelsInChunksOfAnySize) {
  for (const std::size_t size : {2UL, 3UL, 7UL, 255UL, 100'000UL}) {
    expect_same(written({.idat_bytes = size}), std::to_string(size));
    expect_same(written({.idat_bytes = size, .empty_idats = true}), std::to_string(size) + " and empty ones");
  }
  // The two bytes that name the packing are in two chunks: libvips' own loader is left to see to that.
  const std::string file = written({.idat_bytes = 1});
  EXPECT_FALSE(is_streamed(file));
  expect_same_either_way(file, "single bytes");
}

TEST_F(PngStreamTest, ChunksInFrontOfThePixels) {
  const std::string exif = "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"s;
  const std::string xmp = "XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta/>"s;
  for (const std::string& chunk :
       {png_chunk("gAMA", big_endian(45'455, 4)), png_chunk("sRGB", "\0"s),
        png_chunk("pHYs", "\0\0\x0b\x13\0\0\x0b\x13\1"s), png_chunk("sBIT", "\5\6\5"),
        png_chunk("bKGD", "\0\x01\0\x02\0\x03"s), png_chunk("tEXt", "Author\0somebody"s),
        png_chunk("zTXt", "Comment\0\0"s + packed_by_zlib("a longer word")), png_chunk("iTXt", xmp),
        png_chunk("eXIf", exif), png_chunk("tIME", "\x07\xe4\1\2\3\4\5"s), png_chunk("prVt", "whatever"),
        png_chunk("cHRM", std::string(32, '\1')), png_chunk("iCCP", "broken\0\0nothing"s),
        png_chunk("PLTE", palette_of(7))}) {
    expect_same_either_way(written({.extra_chunks = chunk}), chunk.substr(4, 4));
  }
}

TEST_F(PngStreamTest, TransparencyThatLibpngDropsIsNotApplied) {
  std::string clear = png_chunk("tRNS", "\0\x10\0\x10\0\x10"s);
  clear.back() ^= 1;
  expect_same_either_way(written({.extra_chunks = clear}), "wrong checksum");
  expect_same_either_way(written({.transparency = "\0\x10\0\x10"s}), "too short");
  expect_same_either_way(written({.colour = 6, .transparency = "\0\x10\0\x10\0\x10"s}), "there is alpha already");
}

TEST_F(PngStreamTest, ColourProfilesAreKept) {
  const std::string file = path("profile.png");
  vips::VImage::black(40, 30, vips::VImage::option()->set("bands", 3))
      .copy(vips::VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB))
      .icc_export(vips::VImage::option()->set("output_profile", "p3"))
      .pngsave(file.c_str());
  expect_same(file, "Display P3");
  EXPECT_NE(read_by_us(file).form.find("icc-profile-data="), std::string::npos);
}

TEST_F(PngStreamTest, MoreThanThePictureNeeds) {
  expect_same(written({.behind_rows = std::string(100'000, 'x')}), "rows that nobody asked for");
  const MadePng png;
  write_bytes(path("a.png"), png.bytes_with(packed_by_zlib(png.rows()) + "and more"));
  expect_same(path("a.png"), "bytes behind the packed ones");
  write_bytes(path("b.png"), png.bytes() + std::string(1000, '\0'));
  expect_same(path("b.png"), "bytes behind the file");
  write_bytes(path("c.png"), png.bytes().substr(0, png.bytes().size() - 12));
  expect_same(path("c.png"), "no end chunk");
}

TEST_F(PngStreamTest, ChecksumOfTheUnpackedPixelsIsNotJudged) {
  const MadePng png;
  std::string packed = packed_by_zlib(png.rows());
  packed.back() ^= 1;
  write_bytes(path("a.png"), png.bytes_with(packed));
  expect_same(path("a.png"), "wrong, as some encoders write it");
}

TEST_F(PngStreamTest, LeavesInterlacedPicturesToLibvips) {
  const MadePng png{.width_px = 1, .height_px = 5, .colour = 0, .filter = 0, .interlaced = true};
  const std::string file = written(png);
  EXPECT_FALSE(is_streamed(file));
  expect_same_either_way(file, "interlaced");
}

TEST_F(PngStreamTest, LeavesWindowsThatMayBeTooSmallToLibvips) {
  const MadePng small{.width_px = 20, .height_px = 10};
  write_bytes(path("a.png"), small.bytes_with(packed_by_zlib(small.rows(), 10)));
  expect_same(path("a.png"), "all of it fits the window");
  const MadePng large{.width_px = 200, .height_px = 100};
  write_bytes(path("b.png"), large.bytes_with(packed_by_zlib(large.rows(), 10)));
  EXPECT_FALSE(is_streamed(path("b.png")));
  expect_same_either_way(path("b.png"), "it may not fit");
}

TEST_F(PngStreamTest, RealFiles) {
  const std::string folder = TOKPREP_MEDIA_OR_SKIP("image");
  int streamed = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string file = entry.path().string();
    if (!file.ends_with("png")) continue;
    expect_same_either_way(file, file);
    streamed += is_streamed(file) ? 1 : 0;
  }
  EXPECT_GE(streamed, 4);
}

}  // namespace
}  // namespace tokprep::test
