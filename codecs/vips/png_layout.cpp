#include "codecs/vips/png_layout.h"

#include "codecs/vips/byte_reader.h"
#include "codecs/vips/png_chunks.h"

namespace tokprep::still {
namespace {

constexpr std::size_t kHeaderBytes = 13;
constexpr std::uint32_t kMostSidePx = 0x7fffffff;

bool is_allowed(PngColour colour, int bits) {
  const bool whole_bytes = bits == 8 || bits == 16;
  const bool part_of_byte = bits == 1 || bits == 2 || bits == 4;
  switch (colour) {
    case PngColour::kGray:
      return whole_bytes || part_of_byte;
    case PngColour::kPalette:
      return part_of_byte || bits == 8;
    case PngColour::kRgb:
    case PngColour::kGrayAlpha:
    case PngColour::kRgbAlpha:
      return whole_bytes;
  }
  return false;
}

/// False for what is no ordinary header, or an interlaced picture's.
bool read_header(std::string_view data, PngLayout& layout) {
  if (data.size() != kHeaderBytes) return false;
  ByteReader reader(data);
  const std::uint32_t width_px = reader.u32();
  const std::uint32_t height_px = reader.u32();
  if (width_px == 0 || width_px > kMostSidePx || height_px == 0 || height_px > kMostSidePx) return false;
  layout.width_px = static_cast<int>(width_px);
  layout.height_px = static_cast<int>(height_px);
  layout.bit_depth = reader.u8();
  layout.colour = static_cast<PngColour>(reader.u8());
  const bool known_methods = reader.u8() == 0 && reader.u8() == 0;  // deflate; five filters
  const bool interlaced = reader.u8() != 0;
  return known_methods && !interlaced && is_allowed(layout.colour, layout.bit_depth);
}

/// The two bytes that open a zlib stream (RFC 1950) promise a window in which every repetition lies. A broken promise
/// is damage to zlib, which forgets what lies outside, so only windows that nothing can lie outside of are read here.
bool has_full_window(std::string_view head, const PngLayout& layout) {
  ByteReader reader(head);
  reader.skip(layout.pixels_at);
  const std::uint32_t chunk_bytes = reader.u32();
  reader.skip(4);
  const unsigned method = reader.u8();
  const unsigned flags = reader.u8();
  if (reader.cut() || chunk_bytes < 2) return false;
  const bool plain_deflate = (method & 0xf) == 8 && method >> 4 <= 7;
  const bool sound = (method << 8 | flags) % 31 == 0 && (flags & 0x20) == 0;
  const std::uint64_t window_bytes = 256ULL << (method >> 4);
  const std::uint64_t picture_bytes = (layout.row_bytes() + 1) * static_cast<std::uint64_t>(layout.height_px);
  return plain_deflate && sound && (window_bytes == 32'768 || window_bytes >= picture_bytes);
}

bool has_usual_colours(const PngLayout& layout) {
  const bool indexed = layout.colour == PngColour::kPalette;
  if (indexed && (layout.palette.empty() || layout.palette.size() % 3 != 0)) return false;
  if (!layout.transparency) return true;
  const std::size_t size = layout.transparency->size();
  if (indexed) return size > 0 && size <= layout.palette.size() / 3;
  return (layout.colour == PngColour::kGray && size == 2) || (layout.colour == PngColour::kRgb && size == 6);
}

}  // namespace

int PngLayout::stored_channels() const {
  switch (colour) {
    case PngColour::kGray:
    case PngColour::kPalette:
      return 1;
    case PngColour::kGrayAlpha:
      return 2;
    case PngColour::kRgb:
      return 3;
    case PngColour::kRgbAlpha:
      return 4;
  }
  return 0;
}

std::size_t PngLayout::row_bytes() const {
  const auto bits = static_cast<std::size_t>(stored_channels() * bit_depth);
  return (static_cast<std::size_t>(width_px) * bits + 7) / 8;
}

std::size_t PngLayout::filter_step() const { return static_cast<std::size_t>(stored_channels() * bit_depth + 7) / 8; }

std::optional<PngLayout> plain_png_layout(std::string_view head) {
  PngLayout layout;
  PngChunkWalk walk(head);
  const auto header = walk.next();
  if (!header || header->type != "IHDR" || !read_header(header->data, layout)) return std::nullopt;
  while (const auto chunk = walk.next()) {
    if (chunk->type == "IDAT") {
      layout.pixels_at = chunk->at;
      if (has_usual_colours(layout) && has_full_window(head, layout)) return layout;
      return std::nullopt;
    }
    const bool again = chunk->type == "IHDR" || (chunk->type == "PLTE" && !layout.palette.empty()) ||
                       (chunk->type == "tRNS" && layout.transparency);
    if (again) return std::nullopt;
    if (chunk->type == "PLTE") layout.palette = chunk->data;
    if (chunk->type == "tRNS") layout.transparency = chunk->data;
  }
  return std::nullopt;
}

}  // namespace tokprep::still
