#include <gmock/gmock.h>

#include <array>
#include <cmath>

#include "tests/media/image_support.h"
#include "tests/support/clips.h"

namespace tokprep::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using vips::VImage;

constexpr int kPatchPx = 64;  // smaller pictures would become a grid in HEIC
constexpr double kDiffuseWhite = 203;

// ITU-T H.273
constexpr int kBt709 = 1;
constexpr int kBt2020 = 9;
constexpr int kPq = 16;
constexpr int kHlg = 18;

/// ITU-R BT.2100, written out from the standard: the signal, 0 to 1, of a light in cd/m2.
double pq_signal(double nits) {
  const double y = std::pow(nits / 10000, 0.1593017578125);
  return std::pow((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y), 78.84375);
}

/// Of a neutral on a display of 1000 nits, whose system gamma is 1.2.
double hlg_signal(double nits) {
  const double scene = std::pow(nits / 1000, 1 / 1.2);
  return scene <= 1.0 / 12 ? std::sqrt(3 * scene) : 0.17883277 * std::log(12 * scene - 0.28466892) + 0.55991073;
}

std::string be(std::uint64_t value, std::size_t width) {
  std::string bytes;
  for (std::size_t i = width; i-- > 0;) bytes += static_cast<char>(value >> (8 * i) & 0xff);
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

/// A profile of which only the `cicp` tag says something.
std::string cicp_profile(int primaries, int transfer) {
  std::string profile(128, '\0');
  profile.replace(16, 4, "RGB ");
  return profile + be(1, 4) + "cicp" + be(144, 4) + be(12, 4) + "cicp" + be(0, 4) +
         std::string{static_cast<char>(primaries), static_cast<char>(transfer), '\0', '\1'};
}

VImage with_profile(const VImage& image, std::string profile) {
  VImage tagged = image.copy();
  tagged.set(VIPS_META_ICC_NAME, nullptr, profile.data(), profile.size());
  return tagged;
}

class ImageHdr : public ImageTest {
 protected:
  /// Patches of the given signals, 0 to 1, side by side in 16 bits.
  [[nodiscard]] static VImage deep(const std::vector<std::array<double, 3>>& signals) {
    std::vector<VImage> patches;
    for (const auto& s : signals) {
      patches.push_back(VImage::black(kPatchPx, kPatchPx).bandjoin_const({0, 0}) +
                        std::vector<double>{s[0] * 65535, s[1] * 65535, s[2] * 65535});
    }
    const VImage row = VImage::arrayjoin(patches, VImage::option()->set("across", static_cast<int>(patches.size())));
    return row.rint().cast(VIPS_FORMAT_USHORT).copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_RGB16));
  }

  [[nodiscard]] static VImage grays(const std::vector<double>& nits, double (*signal)(double)) {
    std::vector<std::array<double, 3>> signals;
    for (const double light : nits) signals.push_back({signal(light), signal(light), signal(light)});
    return deep(signals);
  }

  /// As PNG with a `cICP` chunk, and further chunks where given.
  std::string png(const VImage& image, int primaries, int transfer, const std::string& more = "") const {
    image.pngsave(path("in.png").c_str());
    std::string bytes = bytes_of(path("in.png"));
    constexpr std::size_t kBehindHeader = 33;
    const std::string signal{static_cast<char>(primaries), static_cast<char>(transfer), '\0', '\1'};
    bytes.insert(kBehindHeader, chunk("cICP", signal) + more);
    write_bytes(path("in.png"), bytes);
    return path("in.png");
  }

  static std::string chunk(const std::string& type, const std::string& data) {
    return be(data.size(), 4) + type + data + be(crc_of(type + data), 4);
  }

  /// As HEIC of 10 or 12 bits. The encoder here names no colours, so its `pixi` box gives way to a `colr` box; two
  /// brands less keep the picture where it was.
  [[nodiscard]] std::string heic(const VImage& image, const std::string& name, int bits, int transfer) const {
    image.heifsave(
        path(name).c_str(),
        VImage::option()->set("bitdepth", bits)->set("compression", VIPS_FOREIGN_HEIF_COMPRESSION_HEVC)->set("Q", 95));
    std::string bytes = bytes_of(path(name));
    const std::string nclx = "nclx" + be(kBt2020, 2) + be(static_cast<std::uint64_t>(transfer), 2) + be(6, 2) + '\x80';
    const std::string colr = be(24, 4) + "colr" + nclx + std::string(5, '\0');
    bytes.replace(bytes.find("pixi") - 4, 16, colr);
    for (const char* parent : {"meta", "iprp", "ipco"}) {
      grow(bytes, bytes.find(parent) - 4, 8);
    }
    grow(bytes, 0, -8);
    bytes.erase(20, 8);
    write_bytes(path(name), bytes);
    return path(name);
  }

  /// Changes the size in front of a box.
  static void grow(std::string& bytes, std::size_t at, int by) {
    const int size = static_cast<std::uint8_t>(bytes[at + 2]) << 8 | static_cast<std::uint8_t>(bytes[at + 3]);
    bytes.replace(at, 4, be(static_cast<std::uint64_t>(size + by), 4));
  }

  /// As AVIF of 10 or 12 bits in limited range, made by ffmpeg.
  [[nodiscard]] std::string avif(const VImage& image, const std::string& name, int bits, const char* transfer) const {
    image.pngsave(path("deep.png").c_str());
    output_of("ffmpeg -v error -nostdin -y -i '" + path("deep.png") +
              "' -vf scale=out_color_matrix=bt2020:out_range=tv" + " -pix_fmt yuv444p" + std::to_string(bits) +
              "le -frames:v 1 -c:v libaom-av1 -still-picture 1 -crf 4" +
              " -cpu-used 8 -color_range tv -colorspace bt2020nc -color_primaries bt2020 -color_trc " + transfer +
              " '" + path(name) + "'");
    return path(name);
  }

  /// The colour that patch `index` has come out with.
  [[nodiscard]] std::vector<double> patch(int index) const {
    return pixel(path("out.jpg"), index * kPatchPx + kPatchPx / 2, kPatchPx / 2);
  }

  [[nodiscard]] double gray(int index) const {
    const std::vector<double> colour = patch(index);
    EXPECT_NEAR(colour[0], colour[1], 1) << "patch " << index;
    EXPECT_NEAR(colour[2], colour[1], 1) << "patch " << index;
    return colour[1] / 255;
  }
};

TEST_F(ImageHdr, NeutralStaysNeutralAndDiffuseWhiteIsNearlyWhite) {
  const std::vector<double> lights{0, 10, 72, kDiffuseWhite, 1000};
  if (!have_ffmpeg()) GTEST_SKIP() << "no ffmpeg";
  const VImage pq = grays(lights, pq_signal);
  const VImage hlg = grays(lights, hlg_signal);
  for (const std::string& file : {png(pq, kBt2020, kPq), avif(pq, "pq10.avif", 10, "smpte2084"),
                                  avif(pq, "pq12.avif", 12, "smpte2084"), heic(pq, "pq10.heic", 10, kPq),
                                  avif(hlg, "hlg10.avif", 10, "arib-std-b67"), heic(hlg, "hlg12.heic", 12, kHlg)}) {
    SCOPED_TRACE(file);
    const auto info = probe_image({file}, {});
    ASSERT_TRUE(info) << describe(info.error());
    const bool is_hlg = file.find("hlg") != std::string::npos;
    EXPECT_EQ(info->image->hdr, is_hlg ? HdrKind::kHlg : HdrKind::kPq);
    const ImageResult result = convert(job_for(file));
    EXPECT_THAT(result.notes, Contains(HasSubstr("tone-mapped to SDR")));
    EXPECT_LE(gray(0), 1.0 / 255);
    EXPECT_NEAR(gray(1), 0.285, 0.015);  // below the knee light only changes its curve: (10 / 203) to the 1 / 2.4
    EXPECT_NEAR(gray(2), 0.65, 0.015);
    EXPECT_NEAR(gray(3), is_hlg ? 0.85 : 0.84, 0.015);
    EXPECT_GE(gray(4), 0.94);  // the peak of HLG; a quarter of the way up from there in PQ without a stated peak
    const auto after = probe_image({path("out.jpg")}, {});
    EXPECT_EQ(after->image->hdr, HdrKind::kSdr);
  }
}

TEST_F(ImageHdr, AStatedPeakIsWhereWhiteIs) {
  const VImage image = grays({kDiffuseWhite, 600}, pq_signal);
  convert(job_for(png(image, kBt2020, kPq)));
  EXPECT_LT(gray(1), 0.96);
  convert(job_for(png(image, kBt2020, kPq, chunk("cLLI", be(6'000'000, 4) + be(0, 4)))));  // in units of 0.0001 nits
  EXPECT_GT(gray(1), 0.99);
}

TEST_F(ImageHdr, ColoursKeepTheirHueInsideSrgb) {
  // A red, green and blue of 100 nits that sRGB has, given in BT.2020 and P3, and a BT.2020 green that it has not.
  const double full = pq_signal(100);
  const auto in_bt2020 = [](double r, double g, double b) {
    return std::array{pq_signal(100 * (0.6274 * r + 0.3293 * g + 0.0433 * b)),
                      pq_signal(100 * (0.0691 * r + 0.9195 * g + 0.0114 * b)),
                      pq_signal(100 * (0.0164 * r + 0.0880 * g + 0.8956 * b))};
  };
  const VImage image = deep({in_bt2020(1, 0, 0), in_bt2020(0, 1, 0), in_bt2020(0, 0, 1), {0, full, 0}});
  convert(job_for(png(image, kBt2020, kPq)));
  for (std::size_t i = 0; i < 3; ++i) {
    const auto colour = patch(static_cast<int>(i));
    for (std::size_t k = 0; k < 3; ++k) {
      if (k == i) {
        EXPECT_GT(colour[k], 170) << i;
      } else {
        EXPECT_LT(colour[k], 14) << i << " " << k;
      }
    }
  }
  const auto outside = patch(3);
  EXPECT_GT(outside[1], 170);
  EXPECT_LT(outside[0], 14);
  EXPECT_LT(outside[2], 0.6 * outside[1]);  // paler, as sRGB's own green is yellower
}

TEST_F(ImageHdr, PrimariesAreHeeded) {
  const VImage image = deep({{pq_signal(100), pq_signal(10), pq_signal(10)}});
  convert(job_for(png(image, kBt2020, kPq)));
  const auto wide = patch(0);
  convert(job_for(png(image, kBt709, kPq)));
  const auto narrow = patch(0);
  EXPECT_GT(narrow[1], wide[1] + 20);  // the same numbers mean a paler red where red itself is paler
}

TEST_F(ImageHdr, ASlopeHasNoSteps) {
  constexpr int kWidth = 1500;
  const VImage slope = VImage::identity(VImage::option()->set("ushort", true)->set("size", 65536))
                           .resize(static_cast<double>(kWidth) / 65536, VImage::option()->set("vscale", 1.0))
                           .replicate(1, 64)
                           .cast(VIPS_FORMAT_USHORT);
  const VImage image =
      slope.bandjoin(slope).bandjoin(slope).copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_RGB16));
  convert(job_for(png(image, kBt2020, kPq)));
  const VImage written = VImage::new_from_file(path("out.jpg").c_str()).copy_memory();
  double before = 0;
  for (int x = 0; x < kWidth; ++x) {
    const double level = pixel(written, x, 32)[1];
    EXPECT_LE(std::abs(level - before), 2) << x;  // one of the curve, one of JPEG
    before = level;
  }
  EXPECT_GE(before, 254);
}

TEST_F(ImageHdr, TransparencyIsLaidOverTheBackgroundAsItIs) {
  const VImage gray = grays({kDiffuseWhite}, pq_signal);
  const VImage alpha = (VImage::black(kPatchPx, kPatchPx) + 0).cast(VIPS_FORMAT_USHORT);
  ImageJob job = job_for(png(gray.bandjoin(alpha), kBt2020, kPq));
  job.background = {200, 100, 50};
  convert(job);
  const auto colour = patch(0);
  for (const auto& [channel, wanted] : {std::pair{0U, 200}, std::pair{1U, 100}, std::pair{2U, 50}}) {
    EXPECT_NEAR(colour[channel], wanted, 1);
  }
}

TEST_F(ImageHdr, AProfileMayTellOfIt) {
  const VImage image = grays({0, kDiffuseWhite}, pq_signal);
  with_profile(image, cicp_profile(kBt2020, kPq)).tiffsave(path("in.tif").c_str());
  ASSERT_EQ(probe_image({path("in.tif")}, {})->image->hdr, HdrKind::kPq);
  convert(job_for(path("in.tif")));
  EXPECT_NEAR(gray(1), 0.84, 0.015);
}

TEST_F(ImageHdr, FloatsAreRefusedRatherThanGuessed) {
  const VImage image = striped({{1, 1, 1}}, 16, 16)
                           .cast(VIPS_FORMAT_FLOAT)
                           .copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_scRGB));
  with_profile(image, cicp_profile(kBt2020, kHlg)).tiffsave(path("in.tif").c_str());
  const auto result = convert_image(job_for(path("in.tif")), {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kUnsupportedInput);
  EXPECT_EQ(result.error().rule, "image.sdr");
  EXPECT_THAT(result.error().message, HasSubstr("float"));
  EXPECT_THAT(result.error().fix, HasSubstr("SDR"));
}

TEST_F(ImageHdr, TheSharedPictureIsNotWashedOut) {
  const std::string file = TOKPREP_MEDIA_OR_SKIP("image/colors_hdr_p3.avif");
  convert(job_for(file));
  const auto red = pixel(path("out.jpg"), 5, 20);
  const auto green = pixel(path("out.jpg"), 190, 20);
  const auto white = pixel(path("out.jpg"), 100, 190);
  EXPECT_GT(red[0] - red[1], 200);  // undone, its numbers differ by 80 at most
  EXPECT_GT(green[1] - green[2], 200);
  for (const double channel : white) EXPECT_GT(channel, 245);
}

}  // namespace
}  // namespace tokprep::test
