#include "codecs/vips/png_layout.h"

#include <gtest/gtest.h>

#include <string>

namespace tokprep::still {
namespace {

using namespace std::string_literals;

std::string be(std::uint64_t value, std::size_t width) {
  std::string bytes;
  for (std::size_t i = width; i-- > 0;) bytes += static_cast<char>(value >> (8 * i) & 0xff);
  return bytes;
}

std::string chunk(const std::string& type, const std::string& data) {
  return be(data.size(), 4) + type + data + be(0, 4);
}

struct Header {
  std::uint32_t width_px = 300, height_px = 200;
  int bits = 8, colour = 2, compression = 0, filters = 0, interlace = 0;

  [[nodiscard]] std::string bytes() const {
    std::string data = be(width_px, 4) + be(height_px, 4);
    for (const int value : {bits, colour, compression, filters, interlace}) data += static_cast<char>(value);
    return "\x89PNG\r\n\x1a\n"s + chunk("IHDR", data);
  }
};

const std::string kPixels = chunk("IDAT", "\x78\x9c...");

TEST(PngLayout, OrdinaryPictures) {
  const std::string front = Header{.bits = 16, .colour = 6}.bytes() + chunk("gAMA", be(45455, 4));
  const auto layout = plain_png_layout(front + kPixels);
  ASSERT_TRUE(layout);
  EXPECT_EQ(layout->width_px, 300);
  EXPECT_EQ(layout->height_px, 200);
  EXPECT_EQ(layout->bit_depth, 16);
  EXPECT_EQ(layout->colour, PngColour::kRgbAlpha);
  EXPECT_EQ(layout->pixels_at, front.size());
  EXPECT_EQ(layout->row_bytes(), 2400U);
  EXPECT_EQ(layout->filter_step(), 8U);
}

TEST(PngLayout, RowsEndOnWholeBytes) {
  const auto layout = plain_png_layout(Header{.width_px = 9, .bits = 1, .colour = 0}.bytes() + kPixels);
  ASSERT_TRUE(layout);
  EXPECT_EQ(layout->row_bytes(), 2U);
  EXPECT_EQ(layout->filter_step(), 1U);
}

TEST(PngLayout, PalettesAndTransparency) {
  const std::string front = Header{.bits = 4, .colour = 3}.bytes() + chunk("PLTE", "abcdef");
  const auto layout = plain_png_layout(front + chunk("tRNS", "xy") + kPixels);
  ASSERT_TRUE(layout);
  EXPECT_EQ(layout->palette, "abcdef");
  EXPECT_EQ(layout->transparency, "xy");
  EXPECT_FALSE(plain_png_layout(front + kPixels)->transparency);
}

TEST(PngLayout, LeavesUnusualHeadersToOthers) {
  EXPECT_FALSE(plain_png_layout(Header{.interlace = 1}.bytes() + kPixels));
  EXPECT_FALSE(plain_png_layout(Header{.filters = 64}.bytes() + kPixels));
  EXPECT_FALSE(plain_png_layout(Header{.compression = 1}.bytes() + kPixels));
  EXPECT_FALSE(plain_png_layout(Header{.bits = 4}.bytes() + kPixels));
  EXPECT_FALSE(plain_png_layout(Header{.bits = 16, .colour = 3}.bytes() + chunk("PLTE", "abc") + kPixels));
  EXPECT_FALSE(plain_png_layout(Header{.colour = 5}.bytes() + kPixels));
  EXPECT_FALSE(plain_png_layout(Header{.width_px = 0}.bytes() + kPixels));
  EXPECT_FALSE(plain_png_layout(Header{.height_px = 0x80000000}.bytes() + kPixels));
}

TEST(PngLayout, LeavesUnusualColoursToOthers) {
  const std::string indexed = Header{.colour = 3}.bytes();
  EXPECT_FALSE(plain_png_layout(indexed + kPixels));
  EXPECT_FALSE(plain_png_layout(indexed + chunk("PLTE", "abcd") + kPixels));
  EXPECT_FALSE(plain_png_layout(indexed + chunk("PLTE", "abc") + chunk("PLTE", "abc") + kPixels));
  EXPECT_FALSE(plain_png_layout(indexed + chunk("PLTE", "abc") + chunk("tRNS", "xy") + kPixels));
  EXPECT_FALSE(plain_png_layout(Header{}.bytes() + chunk("tRNS", "xy") + kPixels));
  EXPECT_FALSE(plain_png_layout(Header{.colour = 6}.bytes() + chunk("tRNS", "abcdef") + kPixels));
  EXPECT_FALSE(plain_png_layout(Header{}.bytes() + Header{}.bytes().substr(8) + kPixels));
}

TEST(PngLayout, LeavesPackingOfAnotherKindToOthers) {
  EXPECT_TRUE(plain_png_layout(Header{}.bytes() + chunk("IDAT", "\x78\xda")));
  EXPECT_FALSE(plain_png_layout(Header{}.bytes() + chunk("IDAT", "\x78\x9d")));  // the two do not fit each other
  EXPECT_FALSE(plain_png_layout(Header{}.bytes() + chunk("IDAT", "\x78\xbb")));  // a dictionary is asked for
  EXPECT_FALSE(plain_png_layout(Header{}.bytes() + chunk("IDAT", "\x79\x9c")));
  EXPECT_FALSE(plain_png_layout(Header{}.bytes() + chunk("IDAT", "\x78")));
  EXPECT_FALSE(plain_png_layout(Header{}.bytes() + chunk("IDAT", "")));
  // A window of 16 KiB, which the picture fits or does not.
  EXPECT_FALSE(plain_png_layout(Header{}.bytes() + chunk("IDAT", "\x68\x81")));
  EXPECT_TRUE(plain_png_layout(Header{.width_px = 20, .height_px = 20}.bytes() + chunk("IDAT", "\x68\x81")));
}

TEST(PngLayout, LeavesFrontsThatAreCutToOthers) {
  const std::string whole = Header{}.bytes() + kPixels;
  ASSERT_TRUE(plain_png_layout(whole));
  for (std::size_t size = 0; size < Header{}.bytes().size() + 10; ++size) {
    EXPECT_FALSE(plain_png_layout(whole.substr(0, size))) << size;
  }
  EXPECT_FALSE(plain_png_layout("\x89PNG\r\n\x1a\n"s + kPixels));
}

}  // namespace
}  // namespace tokprep::still
