#include "codecs/vips/chroma_detail.h"

#include <algorithm>
#include <array>

namespace tokprep::still {
namespace {

// A block counts when one of its chroma channels spans more than this: a step the eye sees blurred.
constexpr int kVisibleSpan = 48;
// Of all 2x2 blocks, the share from which the picture counts as a drawing: one in a hundred.
constexpr std::size_t kOneIn = 100;

struct Chroma {
  int cb = 0;
  int cr = 0;
};

/// BT.601 full range, as JPEG has it, without the offset.
Chroma chroma_of(const std::uint8_t* pixel) {
  const int r = pixel[0];
  const int g = pixel[1];
  const int b = pixel[2];
  return {(-43 * r - 85 * g + 128 * b) / 256, (128 * r - 107 * g - 21 * b) / 256};
}

bool is_sharp(const std::array<Chroma, 4>& block) {
  const auto [low_cb, high_cb] = std::ranges::minmax(block, {}, &Chroma::cb);
  const auto [low_cr, high_cr] = std::ranges::minmax(block, {}, &Chroma::cr);
  return high_cb.cb - low_cb.cb > kVisibleSpan || high_cr.cr - low_cr.cr > kVisibleSpan;
}

}  // namespace

bool has_sharp_colours(std::span<const std::uint8_t> rgb, std::size_t width_px, std::size_t height_px) {
  const std::size_t row = width_px * 3;
  std::size_t blocks = 0;
  std::size_t sharp = 0;
  for (std::size_t y = 0; y + 1 < height_px; y += 2) {
    for (std::size_t x = 0; x + 1 < width_px; x += 2, ++blocks) {
      const std::uint8_t* top = rgb.data() + y * row + x * 3;
      const std::uint8_t* bottom = top + row;
      if (is_sharp({chroma_of(top), chroma_of(top + 3), chroma_of(bottom), chroma_of(bottom + 3)})) ++sharp;
    }
  }
  return sharp * kOneIn > blocks;
}

bool is_drawing(std::span<const std::uint8_t> rgb) {
  std::size_t alike = 0;
  for (std::size_t i = 3; i + 2 < rgb.size(); i += 3) {
    if (rgb[i] == rgb[i - 3] && rgb[i + 1] == rgb[i - 2] && rgb[i + 2] == rgb[i - 1]) ++alike;
  }
  return alike * 2 > rgb.size() / 3;
}

}  // namespace tokprep::still
