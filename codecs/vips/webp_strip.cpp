#include "codecs/vips/webp_strip.h"

#include <optional>

#include "codecs/vips/byte_reader.h"

namespace tokprep::still {
namespace {

constexpr std::size_t kFileHeaderBytes = 12;
constexpr std::size_t kChunkHeaderBytes = 8;

void append_u32(std::string& bytes, std::size_t value) {
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift & 0xff);
}

/// A WebP file of these chunks.
std::string webp_of(std::string_view chunks) {
  constexpr std::string_view kForm = "WEBP";
  std::string file("RIFF");
  append_u32(file, kForm.size() + chunks.size());
  return (file += kForm) += chunks;
}

struct Chunk {
  std::size_t begin = 0;  // in the file
  std::string_view type;
  std::string_view body;  // shorter than `size_bytes` where the file ends
  std::size_t size_bytes = 0;
};

/// The first chunk that fits; nothing where there is none.
template <class Fits>
std::optional<Chunk> find_chunk(std::string_view file, Fits fits) {
  ByteReader reader(file, true);
  reader.skip(kFileHeaderBytes);
  while (reader.left() >= kChunkHeaderBytes) {
    Chunk chunk{reader.at(), reader.take(4), {}, 0};
    chunk.size_bytes = reader.u32();
    chunk.body = file.substr(reader.at(), chunk.size_bytes);
    if (fits(chunk)) return chunk;
    reader.skip(chunk.size_bytes + chunk.size_bytes % 2);
  }
  return std::nullopt;
}

}  // namespace

std::string bare_webp(std::string_view file) {
  const auto picture = find_chunk(file, [&](const Chunk& chunk) {
    const std::size_t end = chunk.begin + kChunkHeaderBytes + chunk.size_bytes + chunk.size_bytes % 2;
    return (chunk.type == "VP8 " || chunk.type == "VP8L") && end <= file.size();
  });
  if (!picture) return std::string(file);
  return webp_of(file.substr(picture->begin, kChunkHeaderBytes + picture->size_bytes + picture->size_bytes % 2));
}

std::string webp_with_plain_exif(std::string_view file) {
  constexpr std::string_view kMark("Exif\0\0", 6);
  const auto exif = find_chunk(file, [&](const Chunk& chunk) {
    return chunk.type == "EXIF" && chunk.body.size() == chunk.size_bytes && chunk.body.starts_with(kMark);
  });
  if (!exif) return std::string(file);
  std::string chunks(file.substr(kFileHeaderBytes, exif->begin - kFileHeaderBytes));
  chunks += exif->type;
  append_u32(chunks, exif->size_bytes - kMark.size());
  // With the byte that pads it: what goes is even.
  chunks += file.substr(exif->begin + kChunkHeaderBytes + kMark.size());
  return webp_of(chunks);
}

}  // namespace tokprep::still
