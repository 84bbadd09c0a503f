#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "codecs/vips/chroma_detail.h"
#include "codecs/vips/gif_canvas.h"
#include "codecs/vips/heif_boxes.h"
#include "codecs/vips/icc_profile.h"
#include "codecs/vips/jpeg_markers.h"
#include "codecs/vips/jpeg_strip.h"
#include "codecs/vips/png_chunks.h"
#include "codecs/vips/webp_strip.h"

namespace tokprep::still {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;

std::string be(std::uint64_t value, std::size_t width) {
  std::string bytes;
  for (std::size_t i = width; i-- > 0;) bytes += static_cast<char>(value >> (8 * i) & 0xff);
  return bytes;
}

// --- GIF ----------------------------------------------------------------------------------------------------------

TEST(GifCanvas, GrowsWithAFirstFrameThatSticksOut) {
  const std::string screen = "GIF89a\x20\0\x10\0\x81\0\0"s + std::string(12, 'c');  // 32 x 16, four colours
  const std::string control = "\x21\xf9\x04\0\0\0\0\0"s;
  EXPECT_EQ(gif_canvas(screen), (Size{32, 16}));
  EXPECT_EQ(gif_canvas(screen + control + "\x2c\0\0\0\0\x08\0\x08\0\0"s), (Size{32, 16}));
  EXPECT_EQ(gif_canvas(screen + control + "\x2c\x04\0\x02\0\xff\xff\x10\0\0"s), (Size{65539, 18}));
  EXPECT_EQ(gif_canvas(screen + "\x21\xf9\x04"s), (Size{32, 16}));  // cut
  EXPECT_EQ(gif_canvas("not a GIF"), (Size{}));
}

TEST(WebpWithPlainExif, TakesJpegsMarkOutOfTheExif) {
  const std::string before = "VP8X\x0a\0\0\0"s + std::string(10, '\x08') + "VP8 \x05\0\0\0abcde\0"s;
  const std::string after = "XMP \x03\0\0\0xmp\0"s;
  const auto file = [&](const std::string& exif, char size_bytes) {
    return "RIFF"s + size_bytes + "\0\0\0WEBP"s + before + exif + after;
  };
  const std::string plain = file("EXIF\x05\0\0\0MM\0*!\0"s, 62);
  EXPECT_EQ(webp_with_plain_exif(file("EXIF\x0b\0\0\0Exif\0\0MM\0*!\0"s, 68)), plain);
  EXPECT_EQ(webp_with_plain_exif(plain), plain);
}

TEST(WebpWithPlainExif, LeavesAloneWhatIsCut) {
  for (const std::string& file : {"RIFF\x12\0\0\0WEBPEXIF\xff\0\0\0Exif\0\0MM"s, "RIFF\x04\0\0\0WEBP"s, ""s}) {
    EXPECT_EQ(webp_with_plain_exif(file), file);
  }
}

// --- PNG ----------------------------------------------------------------------------------------------------------

TEST(PngFault, NamesTheFirstBrokenChunk) {
  const std::string signature = "\x89PNG\r\n\x1a\n"s;
  const std::string gamma = be(4, 4) + "gAMA" + be(45455, 4) + be(0x0bfc6105, 4);
  const std::string pixels = be(9, 4) + "IDAT";
  EXPECT_EQ(png_fault(signature + gamma + pixels), "");
  EXPECT_EQ(png_fault(signature + be(4, 4) + "gAMA" + be(45456, 4) + be(0x0bfc6105, 4) + pixels),
            "the chunk gAMA at byte 8 has a wrong checksum");
  EXPECT_EQ(png_fault(signature + gamma + be(9, 4) +
                      "\xab"
                      "DET"),
            "byte 24 begins no chunk");
  EXPECT_EQ(png_fault(signature + gamma.substr(0, 13)), "the file ends in the chunk gAMA at byte 8");
}

// --- JPEG ---------------------------------------------------------------------------------------------------------

std::string segment(int marker, const std::string& payload) {
  return "\xff"s + static_cast<char>(marker) + be(payload.size() + 2, 2) + payload;
}

const std::string kFrame = segment(0xc2, "\x08"s + be(48, 2) + be(64, 2) + "\x01\x01\x11\0"s);
const std::string kScan = segment(0xda, "\x01\x01\0\0\x3f\0"s) +
                          "ab\xff\0cd\xff\xd0"
                          "ef"s;
const std::string kEnd = "\xff\xd9";
const std::string kJfif = segment(0xe0, "JFIF\0\x01\x01\0\0\x01\0\x01\0\0"s);
const std::string kIcc = segment(0xe2, "ICC_PROFILE\0\x01\x01profile"s);
const std::string kAdobe = segment(0xee, "Adobe\0\x64\0\0\0\0\x01"s);

TEST(StripJpeg, DropsWhatIsPrivateAndKeepsThePictureByteForByte) {
  const std::string tables = segment(0xdb, std::string(65, '\x01'));
  const std::string file =
      "\xff\xd8"s + kJfif + segment(0xe1, "Exif\0\0secret"s) + segment(0xe1, "http://ns.adobe.com/xap/1.0/\0<x/>"s) +
      kIcc + segment(0xe2, "MPF\0more"s) + segment(0xeb, "JP\0\x01"s) + segment(0xed, "Photoshop 3.0\0"s) + kAdobe +
      segment(0xfe, "made by me") + tables + kFrame + kScan + tables + kScan + kEnd + "a second picture";
  const auto stripped = strip_jpeg(file, "a.jpg");
  ASSERT_TRUE(stripped);
  EXPECT_EQ(stripped->bytes, "\xff\xd8"s + kJfif + kIcc + kAdobe + tables + kFrame + kScan + tables + kScan + kEnd);
  EXPECT_EQ(stripped->size, (Size{64, 48}));
  EXPECT_EQ(stripped->removed,
            "exif, xmp, further pictures (MPF), content credentials (JUMBF), iptc, comment, data behind the picture");
}

TEST(StripJpeg, DropsAThumbnailInJfif) {
  const std::string thumbnail = segment(0xe0, "JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01rgb"s);
  const auto stripped = strip_jpeg("\xff\xd8"s + thumbnail + kFrame + kScan + kEnd, "a.jpg");
  ASSERT_TRUE(stripped);
  EXPECT_EQ(stripped->bytes, "\xff\xd8"s + kFrame + kScan + kEnd);
  EXPECT_EQ(stripped->removed, "jfif thumbnail");
}

TEST(StripJpeg, FillBytesBeforeAMarkerAreNoFault) {
  const auto stripped = strip_jpeg("\xff\xd8"s + "\xff\xff" + kFrame + kScan + "\xff\xff\xff" + kEnd, "a.jpg");
  ASSERT_TRUE(stripped) << stripped.error().message;
  EXPECT_EQ(stripped->removed, "");
}

TEST(StripJpeg, EveryCutIsRefused) {
  const std::string file = "\xff\xd8"s + kJfif + kIcc + kFrame + kScan + kEnd;
  for (std::size_t size = 0; size < file.size(); ++size) {
    const std::string cut = file.substr(0, size);
    const auto stripped = strip_jpeg(cut, "cut.jpg");
    ASSERT_FALSE(stripped) << "cut at " << size;
    EXPECT_EQ(stripped.error().code, ErrorCode::kCorruptInput);
    EXPECT_THAT(stripped.error().message, HasSubstr("cut.jpg"));
  }
}

TEST(StripJpeg, RefusesWhatIsNoPicture) {
  EXPECT_FALSE(strip_jpeg("\xff\xd8"s + kEnd, "a.jpg"));                                     // no frame
  EXPECT_FALSE(strip_jpeg("\xff\xd8"s + kFrame + "junk" + kScan + kEnd, "a.jpg"));           // no marker
  EXPECT_FALSE(strip_jpeg("\xff\xd8"s + segment(0xe1, "").substr(0, 3) + '\x01', "a.jpg"));  // length below 2
  EXPECT_FALSE(strip_jpeg("\xff\xd8"s + "\xff\xd8" + kFrame + kScan + kEnd, "a.jpg"));       // two starts
}

// --- WebP --------------------------------------------------------------------------------------------------------

TEST(BareWebp, KeepsOnlyThePicture) {
  const std::string picture = "VP8 \x05\0\0\0abcde\0"s;
  const std::string file = "RIFF\x4a\0\0\0WEBPVP8X\x0a\0\0\0"s + std::string(10, '\x20') + "ICCP\x03\0\0\0icc\0"s +
                           picture + "EXIF\x04\0\0\0gps!"s;
  EXPECT_EQ(bare_webp(file), "RIFF\x12\0\0\0WEBP"s + picture);
}

TEST(BareWebp, KeepsALosslessPictureToo) {
  const std::string picture = "VP8L\x04\0\0\0/abc"s;
  EXPECT_EQ(bare_webp("RIFF\x2a\0\0\0WEBPEXIF\x04\0\0\0gps!"s + picture), "RIFF\x10\0\0\0WEBP"s + picture);
}

TEST(BareWebp, LeavesAloneWhatItDoesNotKnow) {
  for (const std::string& file : {"RIFF\x12\0\0\0WEBPANMF\x02\0\0\0ab"s, "RIFF\x12\0\0\0WEBPVP8 \xff\0\0\0ab"s, ""s}) {
    EXPECT_EQ(bare_webp(file), file);
  }
}

// --- PNG ----------------------------------------------------------------------------------------------------------

std::string chunk(const std::string& type, const std::string& data) {
  return be(data.size(), 4) + type + data + "crc!";
}

const std::string kPng = "\x89PNG\r\n\x1a\n" + chunk("IHDR", be(4, 4) + be(4, 4) + "\x10\x02\0\0\0"s);

TEST(PngChunks, ReadsDepthFramesAndTransfer) {
  const PngFacts facts = read_png_chunks(kPng + chunk("acTL", be(12, 4) + be(0, 4)) + chunk("cICP", "\x09\x10\0\x01"s));
  EXPECT_EQ(facts.bit_depth, 16);
  EXPECT_EQ(facts.frames, 12);
  EXPECT_EQ(facts.cicp_primaries, 9);
  EXPECT_EQ(facts.cicp_transfer, 16);
}

TEST(PngChunks, ReadsTheBrightestLight) {
  EXPECT_EQ(read_png_chunks(kPng + chunk("cLLI", be(10'000'000, 4) + be(0, 4))).peak_nits, 1000);
  EXPECT_EQ(read_png_chunks(kPng + chunk("cLLI", be(10'000'000, 4))).peak_nits, 0);
}

TEST(PngChunks, StopsAtThePixels) {
  const PngFacts facts = read_png_chunks(kPng + chunk("IDAT", "x") + chunk("acTL", be(12, 4) + be(0, 4)));
  EXPECT_EQ(facts.frames, 1);
}

TEST(PngChunks, ACutChunkIsNotRead) {
  EXPECT_EQ(read_png_chunks(kPng + be(1000, 4) + "acTL" + be(12, 4)).frames, 1);
  EXPECT_EQ(read_png_chunks(kPng.substr(0, 20)).bit_depth, std::nullopt);
}

// --- HEIF ---------------------------------------------------------------------------------------------------------

std::string box(const std::string& type, const std::string& body) { return be(body.size() + 8, 4) + type + body; }
std::string full(const std::string& type, const std::string& body) { return box(type, be(0, 4) + body); }

std::string heif(const std::string& properties, const std::string& associations) {
  const std::string ipma = full("ipma", be(1, 4) + be(7, 2) + associations);
  return box("ftyp", "avif"s + be(0, 4) + "avifmif1") +
         full("meta", full("pitm", be(7, 2)) + box("iprp", box("ipco", properties) + ipma));
}

const std::string kIspe = full("ispe", be(4032, 4) + be(3024, 4));
const std::string kNclxPq = box("colr", "nclx" + be(9, 2) + be(16, 2) + be(9, 2) + "\x80");

TEST(HeifBoxes, ReadsThePropertiesOfThePrimaryPicture) {
  const std::string properties = kIspe + full("ispe", be(320, 4) + be(240, 4)) + box("irot", "\x03") +
                                 full("pixi", "\x03\x0a\x0a\x0a") + kNclxPq + box("imir", "\x01");
  const HeifFacts facts = read_heif_boxes(heif(properties, "\x05\x01\x83\x84\x05\x06"s));
  EXPECT_EQ(facts.major_brand, "avif");
  EXPECT_THAT(facts.compatible_brands, ElementsAre("avif", "mif1"));
  EXPECT_EQ(facts.coded_width_px, 4032);  // of the first ispe: the second belongs to another picture
  EXPECT_EQ(facts.coded_height_px, 3024);
  EXPECT_EQ(facts.rotation_deg, 90);  // three quarters anti-clockwise
  EXPECT_TRUE(facts.mirrored);
  EXPECT_EQ(facts.bit_depth, 10);
  EXPECT_EQ(facts.primaries, 9);
  EXPECT_EQ(facts.transfer, 16);
}

TEST(HeifBoxes, ReadsTheBrightestLight) {
  const std::string display = box("mdcv", std::string(16, '\x01') + be(10'000'000, 4) + be(50, 4));
  const std::string content = box("clli", be(470, 2) + be(263, 2));
  EXPECT_EQ(read_heif_boxes(heif(kIspe + display, "\x02\x01\x02")).peak_nits, 1000);
  EXPECT_EQ(read_heif_boxes(heif(content + display, "\x02\x01\x02")).peak_nits, 470);
  EXPECT_EQ(read_heif_boxes(heif(display + content, "\x02\x01\x02")).peak_nits, 470);
  EXPECT_EQ(read_heif_boxes(heif(box("clli", be(0, 4)), "\x01\x01")).peak_nits, 0);  // not measured
  EXPECT_EQ(read_heif_boxes(heif(kIspe + content, "\x01\x01")).peak_nits, 0);        // of another picture
}

TEST(HeifBoxes, AGridMayLeaveItsColourToTheTiles) {
  EXPECT_EQ(read_heif_boxes(heif(kIspe + kNclxPq, "\x01\x01")).transfer, 16);
}

TEST(HeifBoxes, AnyCutIsReadWithoutHarm) {
  const std::string file = heif(kIspe + kNclxPq, "\x02\x01\x02");
  for (std::size_t size = 0; size < file.size(); ++size) {
    const std::string cut = file.substr(0, size);
    EXPECT_EQ(read_heif_boxes(cut).transfer, std::nullopt) << "cut at " << size;
  }
}

TEST(HeifBoxes, ALyingPropertyNumberIsPassedOver) {
  EXPECT_EQ(read_heif_boxes(heif(kIspe, "\x03\x7f\0\x01"s)).coded_width_px, 4032);
}

// --- ICC ----------------------------------------------------------------------------------------------------------

std::string profile(const std::string& tag, const std::string& data) {
  return std::string(128, '\0') + be(1, 4) + tag + be(144, 4) + be(data.size(), 4) + data;
}

TEST(IccProfile, ReadsBothFormsOfTheDescription) {
  EXPECT_EQ(read_icc(profile("desc", "desc" + be(0, 4) + be(17, 4) + "Adobe RGB (1998)\0"s)).description,
            "Adobe RGB (1998)");
  const std::string utf16 = "\0P\0\xe9\x20\xac"s;
  const std::string mluc = "mluc" + be(0, 4) + be(1, 4) + be(12, 4) + "enUS" + be(utf16.size(), 4) + be(28, 4) + utf16;
  EXPECT_EQ(read_icc(profile("desc", mluc)).description, "P\xc3\xa9\xe2\x82\xac");
}

TEST(IccProfile, ReadsACicpTag) {
  const IccFacts facts = read_icc(profile("cicp", "cicp" + be(0, 4) + "\x09\x12\0\x01"s));
  EXPECT_EQ(facts.cicp_primaries, 9);
  EXPECT_EQ(facts.cicp_transfer, 18);
}

TEST(IccProfile, BrokenProfilesSayNothing) {
  EXPECT_EQ(read_icc("").description, "");
  EXPECT_EQ(
      read_icc(profile("desc", "mluc" + be(0, 4) + be(1, 4) + be(12, 4) + "enUS" + be(500, 4) + be(28, 4))).description,
      "");
  std::string lying = profile("desc", "desc");
  lying.replace(136, 4, be(0xffffff00, 4));
  EXPECT_EQ(read_icc(lying).description, "");
}

// --- Chroma -------------------------------------------------------------------------------------------------------

TEST(SharpColours, AChequerOfColoursIsSharpAndASlopeIsNot) {
  constexpr std::size_t kSide = 32;
  std::vector<std::uint8_t> chequer;
  std::vector<std::uint8_t> slope;
  for (std::size_t i = 0; i < kSide * kSide; ++i) {
    const bool red = (i / 3) % 2 == 0;
    chequer.insert(chequer.end(),
                   {static_cast<std::uint8_t>(red ? 255 : 0), 0, static_cast<std::uint8_t>(red ? 0 : 255)});
    const auto level = static_cast<std::uint8_t>(i % kSide * 8);
    slope.insert(slope.end(), {level, 128, static_cast<std::uint8_t>(255 - level)});
  }
  EXPECT_TRUE(has_sharp_colours(chequer, kSide, kSide));
  EXPECT_FALSE(has_sharp_colours(slope, kSide, kSide));
}

TEST(SharpColours, BlackOnWhiteHasNoColourToLose) {
  std::vector<std::uint8_t> text;
  for (int i = 0; i < 32 * 32; ++i) text.insert(text.end(), 3, i % 2 == 0 ? 255 : 0);
  EXPECT_FALSE(has_sharp_colours(text, 32, 32));
}

TEST(Drawings, FlatPartsTellThemFromPhotographs) {
  std::vector<std::uint8_t> drawing, noise;
  for (std::size_t i = 0; i < 900; ++i) {
    drawing.insert(drawing.end(), {static_cast<std::uint8_t>(i / 100), 7, 9});
    noise.insert(noise.end(), {static_cast<std::uint8_t>(i * i), 7, 9});
  }
  EXPECT_TRUE(is_drawing(drawing));
  EXPECT_FALSE(is_drawing(noise));
  EXPECT_FALSE(is_drawing({}));
}

}  // namespace
}  // namespace tokprep::still
