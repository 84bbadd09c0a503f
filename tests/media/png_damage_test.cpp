#include <gmock/gmock.h>

#include <random>
#include <string>
#include <vector>

#include "tests/media/image_support.h"
#include "tests/media/made_png.h"
#include "tests/media/png_reading.h"

namespace tokprep::test {
namespace {

using testing::HasSubstr;

class PngDamageTest : public ImageTest {
 protected:
  /// Of a file whose rows we read ourselves.
  [[nodiscard]] PngReading reading_of(const std::string& bytes) const {
    write_bytes(path("damaged.png"), bytes);
    EXPECT_TRUE(is_streamed(path("damaged.png")));
    return read_by_us(path("damaged.png"));
  }
  [[nodiscard]] bool libvips_decodes(const std::string& bytes) const {
    write_bytes(path("damaged.png"), bytes);
    return read_by_libvips(path("damaged.png")).decoded;
  }
  void expect_refused(const std::string& bytes, const std::string& why) const {
    const PngReading reading = reading_of(bytes);
    EXPECT_TRUE(reading.opened) << reading.complaint;
    EXPECT_FALSE(reading.decoded);
    EXPECT_THAT(reading.complaint, HasSubstr(why));
    EXPECT_FALSE(libvips_decodes(bytes));
  }
};

TEST_F(PngDamageTest, ChecksumOfAChunk) {
  std::string bytes = MadePng{}.bytes();
  bytes[bytes.find("IEND") - 5] ^= 1;  // the last byte of the last IDAT's
  expect_refused(bytes, "does not match its checksum");
}

TEST_F(PngDamageTest, CutShort) {
  const std::string bytes = MadePng{}.bytes();
  for (const std::size_t missing : {17UL, 20UL, 100UL, 300UL}) {
    expect_refused(bytes.substr(0, bytes.size() - missing), "ends within its pixels");
  }
}

TEST_F(PngDamageTest, TooFewRows) {
  const MadePng png{.height_px = 17};
  const std::string rows = png.rows();
  expect_refused(png.bytes_with(packed_by_zlib(rows.substr(0, rows.size() - 1))), "too few pixels");
}

TEST_F(PngDamageTest, PackedPixelsWithoutAnEnd) {
  const MadePng png;
  const std::string packed = packed_by_zlib(png.rows());
  expect_refused(png.bytes_with(packed.substr(0, packed.size() / 2)), "end too early");
}

TEST_F(PngDamageTest, PackedPixelsWithoutTheirChecksum) {
  const MadePng png;
  const std::string packed = packed_by_zlib(png.rows());
  for (const std::size_t missing : {1UL, 4UL}) {
    expect_refused(png.bytes_with(packed.substr(0, packed.size() - missing)), "end too early");
  }
}

TEST_F(PngDamageTest, UnknownFilter) {
  const MadePng png;
  std::string rows = png.rows();
  rows[3 * (png.row_bytes() + 1)] = 5;
  expect_refused(png.bytes_with(packed_by_zlib(rows)), "a filter that does not exist");
}

TEST_F(PngDamageTest, PackedPixelsThatCannotBeUnpacked) {
  const MadePng png;
  std::string packed = packed_by_zlib(png.rows());
  packed[2] |= 7;  // a block of a kind there is none of
  expect_refused(png.bytes_with(packed), "are damaged");
}

/// Bits turned over, pieces cut out, doubled, or put where others were.
std::string mutated(std::string bytes, const std::string& other, std::mt19937& random) {
  const auto place = [&](const std::string& in) { return random() % in.size(); };
  const std::size_t front = random() % 4 == 0 ? 8 : std::min<std::size_t>(41, bytes.size() - 1);
  const std::size_t at = front + random() % (bytes.size() - front);
  switch (random() % 5) {
    case 0:
      return bytes.substr(0, at);
    case 1:
      return bytes.erase(at, 1 + random() % 20);
    case 2:
      return bytes.insert(at, bytes.substr(place(bytes), 1 + random() % 40));
    case 3:
      return bytes.replace(at, 1 + random() % 16, other.substr(place(other), 1 + random() % 16));
    default:
      for (auto count = 1 + random() % 3; count > 0; --count) {
        bytes[front + random() % (bytes.size() - front)] ^= static_cast<char>(1U << random() % 8);
      }
      return bytes;
  }
}

std::vector<std::string> seeds_of_mutation() {
  std::vector<std::string> files;
  const std::string palette(48, '\x55');
  for (const MadePng& png :
       {MadePng{}, MadePng{.colour = 6, .idat_bytes = 40}, MadePng{.bit_depth = 16, .colour = 4},
        MadePng{.bit_depth = 4, .colour = 3, .palette = palette, .transparency = "\x10\x80"},
        MadePng{.bit_depth = 2, .colour = 0, .transparency = std::string("\0\1", 2)},
        MadePng{.width_px = 5, .height_px = 3, .idat_bytes = 7, .empty_idats = true, .behind_rows = "more"}}) {
    files.push_back(png.bytes());
  }
  return files;
}

// Whatever we decode libvips decodes too, to the same picture. What libvips decodes we do as well, but for data that is
// damaged behind the last row, where libvips no longer looks.
TEST_F(PngDamageTest, MutatedFilesEndAsWithLibvips) {
  constexpr int kCases = 1500;
  const std::vector<std::string> seeds = seeds_of_mutation();
  std::mt19937 random(4);
  int same = 0;
  int refused = 0;
  for (int i = 0; i < kCases; ++i) {
    std::string bytes = mutated(seeds[random() % seeds.size()], seeds[random() % seeds.size()], random);
    if (i % 2 == 0) bytes = with_right_checksums(std::move(bytes));
    const std::string file = path("mutated.png");
    write_bytes(file, bytes);
    const PngReading theirs = read_by_libvips(file);
    const PngReading ours = read_by_us(file);
    if (ours.decoded) {
      ASSERT_TRUE(theirs.decoded) << "case " << i << ": " << theirs.complaint;
      ASSERT_EQ(ours.form, theirs.form) << "case " << i;
      ASSERT_TRUE(ours.samples == theirs.samples) << "case " << i;
      ++same;
    } else {
      ASSERT_TRUE(!theirs.decoded || !has_sound_pixels(bytes)) << "case " << i << ": " << ours.complaint;
      refused += is_streamed(file) ? 1 : 0;
    }
  }
  EXPECT_GT(same, kCases / 20);
  EXPECT_GT(refused, kCases / 4);
}

}  // namespace
}  // namespace tokprep::test
