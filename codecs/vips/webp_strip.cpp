#include "codecs/vips/webp_strip.h"

#include "codecs/vips/byte_reader.h"

namespace tokprep::still {
namespace {

constexpr std::size_t kFileHeaderBytes = 12;
constexpr std::size_t kChunkHeaderBytes = 8;

void append_u32(std::string& bytes, std::size_t value) {
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift & 0xff);
}

}  // namespace

std::string bare_webp(std::string_view file) {
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

std::string webp_with_plain_exif(std::string_view file) {
  constexpr std::string_view kMark("Exif\0\0", 6);
  ByteReader reader(file, true);
  reader.skip(kFileHeaderBytes);
  while (reader.left() >= kChunkHeaderBytes) {
    const std::size_t begin = reader.at();
    const std::string_view type = reader.take(4);
    const std::size_t size = reader.u32();
    const std::string_view body = reader.take(size);
    const std::size_t end = reader.at();
    reader.skip(size % 2);
    if (type != "EXIF" || !body.starts_with(kMark)) continue;
    std::string chunks("WEBP");
    chunks += file.substr(kFileHeaderBytes, begin - kFileHeaderBytes);
    chunks += type;
    append_u32(chunks, size - kMark.size());
    chunks += body.substr(kMark.size());
    chunks += file.substr(end);  // with the byte that pads it: what goes is even
    std::string plain("RIFF");
    append_u32(plain, chunks.size());
    return plain + chunks;
  }
  return std::string(file);
}

}  // namespace tokprep::still
