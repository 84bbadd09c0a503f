#include "codecs/vips/webp_strip.h"

#include "codecs/vips/byte_reader.h"

namespace tokprep::still {
namespace {

void append_u32(std::string& bytes, std::size_t value) {
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift & 0xff);
}

}  // namespace

std::string bare_webp(std::string_view file) {
  constexpr std::size_t kFileHeaderBytes = 12;
  constexpr std::size_t kChunkHeaderBytes = 8;
  ByteReader reader(file, true);
  reader.skip(kFileHeaderBytes);
  while (reader.left() >= kChunkHeaderBytes) {
    const std::size_t begin = reader.at();
    const std::string_view type = reader.take(4);
    const std::size_t size = reader.u32();
    const std::size_t padded = size + size % 2;
    if ((type == "VP8 " || type == "VP8L") && padded <= reader.left()) {
      std::string bare("RIFF");
      append_u32(bare, 4 + kChunkHeaderBytes + padded);
      bare += "WEBP";
      bare += file.substr(begin, kChunkHeaderBytes + padded);
      return bare;
    }
    reader.skip(padded);
  }
  return std::string(file);
}

}  // namespace tokprep::still
