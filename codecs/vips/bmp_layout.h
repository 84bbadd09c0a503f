#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tokprep::still {

enum class BmpCoding { kPlain, kRle4, kRle8 };

/// How a Windows or OS/2 bitmap is laid out, from its header.
///
/// Sources: BITMAPCOREHEADER, BITMAPINFOHEADER, BITMAPV4HEADER and BITMAPV5HEADER of the Windows GDI reference;
/// BITMAPINFOHEADER2 of the OS/2 Presentation Manager reference.
struct BmpLayout {
  int width_px = 0;
  int height_px = 0;
  bool top_down = false;  ///< rows begin at the top; mostly they begin at the bottom
  int bits = 0;           ///< a pixel: 1, 4 and 8 look up `palette`; 16, 24 and 32 are colours
  BmpCoding coding = BmpCoding::kPlain;
  std::array<std::uint32_t, 4> masks{};  ///< of red, green, blue and alpha in pixels of 16 and 32 bits; 0: not there
  std::vector<std::array<std::uint8_t, 3>> palette;  ///< red, green, blue
  std::uint64_t pixels_at = 0;                       ///< offset in the file
  std::uint64_t profile_at = 0;                      ///< of an embedded ICC profile
  std::uint32_t profile_bytes = 0;                   ///< 0: none

  [[nodiscard]] bool has_alpha() const { return masks[3] != 0; }
  /// Of a plain row, with the bytes that fill it up to a multiple of four.
  [[nodiscard]] std::uint64_t row_bytes() const {
    return (static_cast<std::uint64_t>(width_px) * static_cast<std::uint64_t>(bits) + 31) / 32 * 4;
  }
};

/// Pure and bounded. `head` is the front of the file, `name` is for messages.
/// Errors: kCorruptInput (cut, or numbers that make no picture); kUnsupportedInput (JPEG, PNG, Huffman or 24-bit runs
/// inside, which hardly any program writes).
Result<BmpLayout> read_bmp_layout(std::string_view head, const std::string& name);

}  // namespace tokprep::still
