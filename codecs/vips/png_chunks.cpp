#include "codecs/vips/png_chunks.h"

#include <algorithm>

#include "codecs/vips/byte_reader.h"

namespace tokprep::still {
namespace {

constexpr std::size_t kSignatureBytes = 8;
constexpr std::uint32_t kMostFrames = 1'000'000;

void read_chunk(std::string_view type, std::string_view data, PngFacts& facts) {
  ByteReader reader(data);
  if (type == "IHDR" && data.size() >= 13) {
    reader.skip(8);  // width, height: libvips has them
    facts.bit_depth = reader.u8();
  } else if (type == "acTL" && data.size() >= 8) {
    facts.frames = static_cast<int>(std::clamp(reader.u32(), 1U, kMostFrames));
  } else if (type == "cICP" && data.size() >= 4) {
    facts.cicp_primaries = reader.u8();
    facts.cicp_transfer = reader.u8();
  } else if (type == "cLLI" && data.size() >= 8) {
    facts.peak_nits = reader.u32() * 0.0001;
  }
}

}  // namespace

PngFacts read_png_chunks(std::string_view head) {
  PngFacts facts;
  ByteReader reader(head);
  reader.skip(kSignatureBytes);
  while (reader.left() >= 8) {
    const std::size_t size = reader.u32();
    const std::string_view type = reader.take(4);
    if (type == "IDAT") break;
    read_chunk(type, reader.take(size), facts);
    reader.skip(4);  // checksum: the decoder judges it
  }
  return facts;
}

}  // namespace tokprep::still
