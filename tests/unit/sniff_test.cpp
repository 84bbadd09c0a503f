#include "codecs/sniff.h"

#include <gtest/gtest.h>

#include <string>

#include "codecs/still_format.h"

namespace tokprep {

void PrintTo(Sniffed kind, std::ostream* out) {
  constexpr const char* kNames[] = {"image", "video", "unknown", "text"};
  *out << kNames[static_cast<int>(kind)];
}

namespace {

using namespace std::string_literals;

struct Case {
  std::string name;
  std::string head;
  Sniffed expected;
  std::string format;  // for images
};

std::string bmp_head(char header_size) {
  std::string head = "BM"s + std::string(12, '\0') + header_size + std::string(15, '\0');
  return head;
}

std::string ftyp(const std::string& brands) {
  const std::string body = "ftyp" + brands.substr(0, 4) + "\0\0\0\0"s + brands.substr(4);
  return "\0\0\0"s + static_cast<char>(body.size() + 4) + body + "\0\0\0\x08mdat"s;
}

std::string transport(std::size_t stride, std::size_t start, std::size_t size) {
  std::string head(size, '\x01');
  for (std::size_t at = start; at < size; at += stride) head[at] = 0x47;
  return head;
}

class SniffTest : public testing::TestWithParam<Case> {};

TEST_P(SniffTest, TellsTheKindByTheFirstBytes) {
  EXPECT_EQ(sniff(GetParam().head), GetParam().expected);
  EXPECT_EQ(still_format(GetParam().head), GetParam().format);
}

TEST_P(SniffTest, NoCutMakesItReadPastTheEnd) {
  const std::string& head = GetParam().head;
  for (std::size_t size = 0; size < std::min<std::size_t>(head.size(), 64); ++size) {
    const std::string cut = head.substr(0, size);  // a buffer of its own: address sanitizer sees overruns
    (void)sniff(cut);
  }
}

std::string case_name(const testing::TestParamInfo<Case>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Stills, SniffTest,
                         testing::Values(Case{"png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"s, Sniffed::kImage, "png"},
                                         Case{"jpeg", "\xff\xd8\xff\xe0\0\x10JFIF"s, Sniffed::kImage, "jpeg"},
                                         Case{"webp", "RIFF\x10\0\0\0WEBPVP8 "s, Sniffed::kImage, "webp"},
                                         Case{"gif87", "GIF87a\x01\0\x01\0"s, Sniffed::kImage, "gif"},
                                         Case{"gif89", "GIF89a\x01\0\x01\0"s, Sniffed::kImage, "gif"},
                                         Case{"tiff_little", "II*\0\x08\0\0\0"s, Sniffed::kImage, "tiff"},
                                         Case{"tiff_big", "MM\0*\0\0\0\x08"s, Sniffed::kImage, "tiff"},
                                         Case{"bigtiff", "II+\0\x08\0\0\0"s, Sniffed::kImage, "tiff"},
                                         Case{"bmp", bmp_head(40), Sniffed::kImage, "bmp"},
                                         Case{"jxl_stream", "\xff\x0a\xfa\x7f"s, Sniffed::kImage, "jxl"},
                                         Case{"jxl_box", "\0\0\0\x0cJXL \r\n\x87\n"s, Sniffed::kImage, "jxl"},
                                         Case{"heic", ftyp("heicmif1"), Sniffed::kImage, "heic"},
                                         Case{"heix", ftyp("heixmif1"), Sniffed::kImage, "heic"},
                                         Case{"heic_sequence", ftyp("hevcmsf1"), Sniffed::kImage, "heic"},
                                         Case{"mif1_heic", ftyp("mif1mif1heic"), Sniffed::kImage, "heic"},
                                         Case{"mif1_avif", ftyp("mif1miafavif"), Sniffed::kImage, "avif"},
                                         Case{"avif", ftyp("avifmif1"), Sniffed::kImage, "avif"},
                                         Case{"avis", ftyp("avisavif"), Sniffed::kImage, "avif"},
                                         Case{"psd", "8BPS\0\x01\0\0"s, Sniffed::kImage, "psd"}),
                         case_name);

INSTANTIATE_TEST_SUITE_P(Videos, SniffTest,
                         testing::Values(Case{"mp4", ftyp("isomavc1"), Sniffed::kVideo, ""},
                                         Case{"mov", ftyp("qt  "), Sniffed::kVideo, ""},
                                         Case{"mp4_that_also_is_an_image", ftyp("isommif1"), Sniffed::kVideo, ""},
                                         Case{"moov_first", "\0\0\x02\0moov"s, Sniffed::kVideo, ""},
                                         Case{"mdat_first", "\0\0\0\x01mdat"s, Sniffed::kVideo, ""},
                                         Case{"fragment", "\0\0\x02\0moof"s, Sniffed::kVideo, ""},
                                         Case{"wide", "\0\0\0\x08wide"s, Sniffed::kVideo, ""},
                                         Case{"matroska", "\x1a\x45\xdf\xa3\x9f"s, Sniffed::kVideo, ""},
                                         Case{"avi", "RIFF\x10\0\0\0AVI LIST"s, Sniffed::kVideo, ""},
                                         Case{"transport", transport(188, 0, 4096), Sniffed::kVideo, ""},
                                         Case{"transport_short", transport(188, 0, 400), Sniffed::kVideo, ""},
                                         Case{"transport_bluray", transport(192, 4, 4096), Sniffed::kVideo, ""},
                                         Case{"transport_204", transport(204, 0, 4096), Sniffed::kVideo, ""},
                                         Case{"transport_cut_in", transport(188, 100, 4096), Sniffed::kVideo, ""},
                                         Case{"program_stream", "\0\0\x01\xba\x44"s, Sniffed::kVideo, ""},
                                         Case{"flv", "FLV\x01\x05\0\0\0\x09"s, Sniffed::kVideo, ""},
                                         Case{"ogg", "OggS\0\x02"s, Sniffed::kVideo, ""},
                                         Case{"asf", "\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9"s, Sniffed::kVideo, ""},
                                         Case{"mxf", "\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d"s, Sniffed::kVideo, ""},
                                         Case{"ivf", "DKIF\0\0\x20\0"s, Sniffed::kVideo, ""},
                                         Case{"h264", "\0\0\0\x01\x67\x64\0\x1f"s, Sniffed::kVideo, ""},
                                         Case{"h264_delimiter", "\0\0\0\x01\x09\xf0"s, Sniffed::kVideo, ""},
                                         Case{"hevc", "\0\0\0\x01\x40\x01\x0c"s, Sniffed::kVideo, ""}),
                         case_name);

INSTANTIATE_TEST_SUITE_P(Sounds, SniffTest,
                         testing::Values(Case{"mp3_id3", "ID3\x04\0\0\0\0\0\x0a"s, Sniffed::kVideo, ""},
                                         Case{"mp3", "\xff\xfb\x90\x64"s, Sniffed::kVideo, ""},
                                         Case{"aac", "\xff\xf1\x50\x80"s, Sniffed::kVideo, ""},
                                         Case{"flac", "fLaC\0\0\0\x22"s, Sniffed::kVideo, ""},
                                         Case{"wav", "RIFF\x10\0\0\0WAVEfmt "s, Sniffed::kVideo, ""},
                                         Case{"aiff",
                                              "FORM\0\0\0\x10"
                                              "AIFFCOMM"s,
                                              Sniffed::kVideo, ""}),
                         case_name);

INSTANTIATE_TEST_SUITE_P(
    Texts, SniffTest,
    testing::Values(Case{"prose", "Sunset at the beach #fyp\n", Sniffed::kText, ""},
                    Case{"prose_with_a_box_name", "The free lunch is over", Sniffed::kText, ""},
                    Case{"prose_with_bmp_letters", "BM is short for benchmark, they say.", Sniffed::kText, ""},
                    Case{"emoji", "\xf0\x9f\x8c\x85 dawn", Sniffed::kText, ""},
                    Case{"emoji_cut_by_the_end", "dawn \xf0\x9f\x8c", Sniffed::kText, ""},
                    Case{"json_with_mark", "\xef\xbb\xbf{\"post\": \"x\"}", Sniffed::kText, ""},
                    Case{"utf16", "\xff\xfeh\0i\0!\0"s, Sniffed::kText, ""},
                    Case{"html", "<!DOCTYPE html><html>", Sniffed::kText, ""},
                    Case{"svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", Sniffed::kText, ""}),
    case_name);

INSTANTIATE_TEST_SUITE_P(Others, SniffTest,
                         testing::Values(Case{"empty", "", Sniffed::kUnknown, ""},
                                         Case{"zip", "PK\x03\x04\x14\0"s, Sniffed::kUnknown, ""},
                                         Case{"elf",
                                              "\x7f"
                                              "ELF\x02\x01\x01\0"s,
                                              Sniffed::kUnknown, ""},
                                         Case{"zeros", std::string(512, '\0'), Sniffed::kUnknown, ""},
                                         Case{"latin1", "caf\xe9 au lait", Sniffed::kUnknown, ""}),
                         case_name);

}  // namespace
}  // namespace tokprep
