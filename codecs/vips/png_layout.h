#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tokprep::still {

/// The colour types of the PNG specification, by their numbers.
enum class PngColour { kGray = 0, kRgb = 2, kPalette = 3, kGrayAlpha = 4, kRgbAlpha = 6 };

/// What the chunks in front of its pixels say of a PNG whose rows are stored one after the other.
///
/// Source: PNG Specification (Third Edition, W3C), sections 10 and 11.
struct PngLayout {
  int width_px = 0;
  int height_px = 0;
  int bit_depth = 0;  ///< 1 2 4 8 16: a sample, or an index into the palette
  PngColour colour = PngColour::kGray;
  std::string palette;                      ///< `PLTE`: red, green, blue of each entry
  std::optional<std::string> transparency;  ///< `tRNS`: alphas of the entries, or the one colour that is clear
  std::uint64_t pixels_at = 0;              ///< offset of the first `IDAT` chunk

  /// Samples a stored pixel has.
  [[nodiscard]] int stored_channels() const;
  [[nodiscard]] std::size_t row_bytes() const;
  /// How far the pixel to the left is, to the row filters: a whole pixel, but one byte at least.
  [[nodiscard]] std::size_t filter_step() const;
};

/// Pure and bounded. `head` is the front of the file. Nothing where the picture is interlaced, or its front is longer
/// than `head` or unusual in any way (a chunk twice, a palette that is no palette, compression with a smaller window
/// than its rows may need): such files are left to libpng, which knows them all.
std::optional<PngLayout> plain_png_layout(std::string_view head);

}  // namespace tokprep::still
