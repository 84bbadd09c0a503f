#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <random>

#include "pipeline/workers.h"
#include "tests/media/image_support.h"

namespace tokprep::test {
namespace {

using testing::AnyOf;
using testing::Eq;
using testing::HasSubstr;
using vips::VImage;

/// Damaged and hostile files, met as they are in earnest: by the worker program.
class ImageDamage : public ImageTest {
 protected:
  void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }

  /// A small picture in every format that is opened.
  std::vector<std::string> one_of_each() const {
    const VImage grain =
        VImage::gaussnoise(72, 56, VImage::option()->set("mean", 120.0)->set("sigma", 30.0)->set("seed", 5));
    const VImage rgb = grain.bandjoin(grain * 0.7)
                           .bandjoin(grain * 0.4 + 60)
                           .cast(VIPS_FORMAT_UCHAR)
                           .copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB));
    rgb.jpegsave(path("baseline.jpg").c_str());
    rgb.jpegsave(path("progressive.jpg").c_str(), VImage::option()->set("interlace", true));
    rgb.pngsave(path("rgb.png").c_str());
    rgb.pngsave(path("interlaced.png").c_str(), VImage::option()->set("interlace", true));
    rgb.pngsave(path("palette.png").c_str(), VImage::option()->set("palette", true));
    rgb.tiffsave(path("plain.tif").c_str());
    rgb.tiffsave(path("packed.tif").c_str(), VImage::option()->set("compression", VIPS_FOREIGN_TIFF_COMPRESSION_LZW));
    rgb.webpsave(path("lossless.webp").c_str(), VImage::option()->set("lossless", true));
    rgb.heifsave(path("a.avif").c_str(), VImage::option()->set("compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1));
    for (const char* name : {"lossy.webp", "a.gif", "a.heic", "a.jxl"}) rgb.write_to_file(path(name).c_str());
    write_bitmap(rgb);
    return {"baseline.jpg",  "progressive.jpg", "rgb.png", "interlaced.png", "palette.png", "plain.tif", "packed.tif",
            "lossless.webp", "lossy.webp",      "a.avif",  "a.heic",         "a.gif",       "a.jxl",     "a.bmp"};
  }

  void write_bitmap(const VImage& rgb) const {
    const auto u32 = [](std::uint32_t value) {
      std::string bytes;
      for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift & 0xff);
      return bytes;
    };
    std::size_t size = 0;
    const std::unique_ptr<void, decltype(&g_free)> pixels(rgb.write_to_memory(&size), g_free);
    write_bytes(path("a.bmp"), "BM" + u32(0) + u32(0) + u32(54) + u32(40) + u32(72) + u32(56) + u32(24 << 16 | 1) +
                                   std::string(24, '\0') + std::string(static_cast<const char*>(pixels.get()), size));
  }

  [[nodiscard]] static Workers one_worker() {
    WorkerOptions options;
    options.folder = TOKPREP_WORKER_FOLDER;
    options.stall_time = std::chrono::seconds(20);
    return Workers(options);
  }
};

std::string damaged(const std::string& whole, std::mt19937& random) {
  std::string bytes = whole;
  if (random() % 3 == 0) return bytes.substr(0, random() % bytes.size());
  // Half of the changes fall into the headers, where they do most.
  const std::size_t reach = random() % 2 == 0 ? bytes.size() : std::min<std::size_t>(bytes.size(), 400);
  const unsigned changes = 1 + random() % 8;
  for (unsigned i = 0; i < changes; ++i) bytes[random() % reach] ^= static_cast<char>(1U << random() % 8);
  return bytes;
}

TEST_F(ImageDamage, AThousandCutsAndFlipsEndInAPictureOrATypedRefusal) {
  const std::vector<std::string> names = one_of_each();
  std::vector<std::string> wholes;
  for (const std::string& name : names) wholes.push_back(bytes_of(path(name)));
  Workers workers = one_worker();
  std::mt19937 random(1984);
  int refused = 0, shown = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::size_t which = static_cast<std::size_t>(i) % names.size();
    const std::string input = path("damaged-" + names[which]);
    write_bytes(input, damaged(wholes[which], random));
    ImageJob job = job_for(input);
    job.max_size = {64, 64};
    std::filesystem::remove(job.output);
    const auto result = workers.convert_image(job, {});
    if (result) {
      ++shown;  // the change did no harm that the format can tell
      EXPECT_EQ(std::filesystem::file_size(job.output), result->size_bytes) << i << " " << names[which];
      continue;
    }
    ++refused;
    SCOPED_TRACE(std::to_string(i) + " " + names[which] + ": " + describe(result.error()));
    EXPECT_THAT(result.error().code,
                AnyOf(Eq(ErrorCode::kCorruptInput), Eq(ErrorCode::kUnsupportedInput), Eq(ErrorCode::kNotCompliant)));
    EXPECT_EQ(result.error().file, input);
    EXPECT_FALSE(std::filesystem::exists(job.output));
  }
  EXPECT_GT(refused, 500);
  EXPECT_GT(shown, 50);
}

std::string be32(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

/// The front of a PNG of this size; its checksum is right.
std::string png_front(std::uint32_t width, std::uint32_t height) {
  const std::string header = "IHDR" + be32(width) + be32(height) + std::string("\x01\0\0\0\0", 5);
  std::uint32_t crc = 0xffffffff;
  for (const char byte : header) {
    crc ^= static_cast<std::uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
  }
  return "\x89PNG\r\n\x1a\n" + be32(13) + header + be32(~crc) + be32(1 << 20) + "IDAT" + std::string(1 << 20, 'x');
}

TEST_F(ImageDamage, BombsAreRefusedFromTheirHeader) {
  write_bytes(path("a.png"), png_front(60'000, 60'000));
  write_bytes(path("a.gif"), std::string("GIF89a\x10\x27\x10\x27\0\0\0", 13));  // 10000 x 10000
  write_bytes(path("a.bmp"), "BM" + std::string(8, '\0') + std::string("\x36\0\0\0\x28\0\0\0", 8) +
                                 std::string("\x60\xea\0\0\x60\xea\0\0\x01\0\x18\0", 12) + std::string(24, '\0'));
  Workers workers = one_worker();
  ASSERT_TRUE(workers.describe(WorkerKind::kImage, {}));  // started: what follows is the refusal alone
  for (const auto& [name, rule] : {std::pair("a.png", "image.pixels_max"), std::pair("a.gif", "image.memory_max"),
                                   std::pair("a.bmp", "image.pixels_max")}) {
    SCOPED_TRACE(name);
    ImageJob job = job_for(path(name));
    const auto result = workers.convert_image(job, {});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kNotCompliant) << describe(result.error());
    EXPECT_EQ(result.error().rule, rule);
    EXPECT_GT(std::get<std::int64_t>(result.error().measured), std::get<std::int64_t>(result.error().limit));
    EXPECT_THAT(result.error().fix, HasSubstr("or allow more of"));
    EXPECT_FALSE(std::filesystem::exists(job.output));
  }
}

/// The largest this process has been, in kB.
long peak_kb() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word == "VmHWM:") {
      long value = 0;
      status >> value;
      return value;
    }
  }
  return 0;
}

TEST_F(ImageDamage, ARefusalTakesNoMemory) {
  const std::string giant = TOKPREP_MEDIA_OR_SKIP("broken/giant-image.jpg");
  const std::string dir = TOKPREP_MEDIA_OR_SKIP("broken/");
  write_bytes(path("a.png"), png_front(60'000, 60'000));
  const long before = peak_kb();
  for (const std::string& file : {giant, path("a.png"), dir + "decompression_bomb.gif", dir + "truncated.jpg",
                                  dir + "truncated.png", dir + "truncated.heic", dir + "corrupt-header.jpg"}) {
    const auto result = convert_image(job_for(file), {});
    EXPECT_FALSE(result) << file;
  }
  EXPECT_LT(peak_kb() - before, 60'000);  // all together; one picture of 280 megapixels alone would be 280,000
}

}  // namespace
}  // namespace tokprep::test
