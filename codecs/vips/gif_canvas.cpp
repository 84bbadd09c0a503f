#include "codecs/vips/gif_canvas.h"

#include <algorithm>

#include "codecs/vips/byte_reader.h"

namespace tokprep::still {
namespace {

constexpr std::uint8_t kExtension = 0x21;
constexpr std::uint8_t kImage = 0x2c;

/// Data comes in stretches of up to 255 bytes, each with its length before it; an empty one is the end.
void skip_data(ByteReader& reader) {
  for (std::uint8_t size = reader.u8(); size > 0 && !reader.cut(); size = reader.u8()) reader.skip(size);
}

}  // namespace

Size gif_canvas(std::string_view head) {
  if (!head.starts_with("GIF8")) return {};
  ByteReader reader(head, true);
  reader.skip(6);
  Size canvas;
  canvas.width_px = reader.u16();
  canvas.height_px = reader.u16();
  const int flags = reader.u8();
  reader.skip(2);
  if ((flags & 0x80) != 0) reader.skip(std::size_t{3} << ((flags & 7) + 1));
  std::uint8_t block = reader.u8();
  while (block == kExtension && !reader.cut()) {
    reader.skip(1);
    skip_data(reader);
    block = reader.u8();
  }
  if (block != kImage) return canvas;
  const int left_px = reader.u16(), top_px = reader.u16();
  const int width_px = reader.u16(), height_px = reader.u16();
  return {std::max(canvas.width_px, left_px + width_px), std::max(canvas.height_px, top_px + height_px)};
}

}  // namespace tokprep::still
