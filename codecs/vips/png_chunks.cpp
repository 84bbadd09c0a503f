#include "codecs/vips/png_chunks.h"

#include <fmt/format.h>
#include <isa-l/crc.h>

#include <algorithm>

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

PngChunkWalk::PngChunkWalk(std::string_view head) : reader_(head) { reader_.skip(kSignatureBytes); }

std::optional<PngChunk> PngChunkWalk::next() {
  if (reader_.left() < 8) return std::nullopt;
  PngChunk chunk;
  chunk.at = reader_.at();
  const std::size_t size = reader_.u32();
  chunk.type = reader_.take(4);
  if (chunk.type == "IDAT") return chunk;
  chunk.data = reader_.take(size);
  reader_.skip(4);
  return chunk;
}

std::string png_fault(std::string_view head) {
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  PngChunkWalk walk(head);
  while (const auto chunk = walk.next()) {
    if (!std::ranges::all_of(chunk->type, is_letter)) return fmt::format("byte {} begins no chunk", chunk->at);
    if (chunk->type == "IDAT") return {};
    const std::string_view covered = head.substr(chunk->at + 4, 4 + chunk->data.size());
    ByteReader behind(head.substr(std::min(head.size(), chunk->at + 8 + chunk->data.size())));
    const std::uint32_t stated = behind.u32();
    if (behind.cut()) return fmt::format("the file ends in the chunk {} at byte {}", chunk->type, chunk->at);
    if (crc32_gzip_refl(0, reinterpret_cast<const unsigned char*>(covered.data()), covered.size()) != stated) {
      return fmt::format("the chunk {} at byte {} has a wrong checksum", chunk->type, chunk->at);
    }
  }
  return {};
}

PngFacts read_png_chunks(std::string_view head) {
  PngFacts facts;
  PngChunkWalk walk(head);
  while (const auto chunk = walk.next()) {
    if (chunk->type == "IDAT") break;
    read_chunk(chunk->type, chunk->data, facts);
  }
  return facts;
}

}  // namespace tokprep::still
