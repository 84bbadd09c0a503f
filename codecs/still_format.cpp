#include "codecs/still_format.h"

#include <array>
#include <cstdint>

namespace tokprep {
namespace {

using namespace std::string_view_literals;

struct Magic {
  std::string_view format;
  std::string_view bytes;
};

// Signatures at the very front of the file.
constexpr std::array kMagics{
    Magic{"png", "\x89PNG\r\n\x1a\n"sv},
    Magic{"jpeg", "\xff\xd8\xff"sv},
    Magic{"gif", "GIF87a"sv},
    Magic{"gif", "GIF89a"sv},
    Magic{"tiff", "II*\0"sv},
    Magic{"tiff", "MM\0*"sv},
    Magic{"tiff", "II+\0\x08\0"sv},  // BigTIFF
    Magic{"tiff", "MM\0+\0\x08"sv},
    Magic{"jxl", "\xff\x0a"sv},
    Magic{"jxl", "\0\0\0\x0cJXL \r\n\x87\n"sv},
    Magic{"jp2", "\0\0\0\x0cjP  \r\n\x87\n"sv},
    Magic{"jp2", "\xff\x4f\xff\x51"sv},
    Magic{"psd", "8BPS\0"sv},
    Magic{"ico", "\0\0\x01\0"sv},
    Magic{"exr", "\x76\x2f\x31\x01"sv},
    Magic{"pdf", "%PDF-"sv},
    Magic{"hdr", "#?RADIANCE"sv},
    Magic{"dds", "DDS |\0\0\0"sv},
};

std::uint32_t big_endian32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, 4)) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

/// "BM" alone is two letters of prose; the size of the header behind it settles it.
bool is_bmp(std::string_view head) {
  if (head.size() < 18 || !head.starts_with("BM")) return false;
  const int header_size = static_cast<std::uint8_t>(head[14]) | static_cast<std::uint8_t>(head[15]) << 8;
  for (const int known : {12, 16, 40, 52, 56, 64, 108, 124}) {
    if (header_size == known && head[16] == 0 && head[17] == 0) return true;
  }
  return false;
}

bool is_heic_brand(std::string_view brand) {
  for (const auto known : {"heic"sv, "heix"sv, "heim"sv, "heis"sv, "hevc"sv, "hevx"sv, "hevm"sv, "hevs"sv}) {
    if (brand == known) return true;
  }
  return false;
}

bool is_avif_brand(std::string_view brand) { return brand == "avif" || brand == "avis"; }

/// HEIF names its codec in the major brand, or says only "image" there and the codec among the compatible ones.
std::string_view heif_format(std::string_view head) {
  if (head.size() < 12 || head.substr(4, 4) != "ftyp") return {};
  const std::string_view major = head.substr(8, 4);
  if (is_heic_brand(major)) return "heic";
  if (is_avif_brand(major)) return "avif";
  if (major != "mif1" && major != "msf1") return {};
  const std::string_view box = head.substr(0, big_endian32(head));
  for (std::size_t at = 16; at + 4 <= box.size(); at += 4) {
    if (is_avif_brand(box.substr(at, 4))) return "avif";
  }
  return "heic";
}

}  // namespace

std::string_view still_format(std::string_view head) {
  for (const Magic& magic : kMagics) {
    if (head.starts_with(magic.bytes)) return magic.format;
  }
  if (head.size() >= 12 && head.starts_with("RIFF") && head.substr(8, 4) == "WEBP") return "webp";
  if (is_bmp(head)) return "bmp";
  return heif_format(head);
}

}  // namespace tokprep
