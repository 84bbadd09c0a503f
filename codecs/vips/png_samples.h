#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "codecs/vips/png_layout.h"

namespace tokprep::still {

/// Makes of a stored row what libvips works with: samples of 8 bits, or of 16 in the machine's order; gray spread over
/// all 256 levels; indices looked up; with alpha where the file has it, or names what is transparent.
class PngSamples {
 public:
  explicit PngSamples(const PngLayout& layout);

  /// Channels and bytes of a pixel that `make` gives.
  [[nodiscard]] int channels() const;
  [[nodiscard]] std::size_t pixel_bytes() const;

  /// A row of `width_px` pixels. `stored` is unfiltered.
  void make(const std::uint8_t* stored, std::uint8_t* out) const;

 private:
  /// What each number of at most 8 bits stands for.
  using Table = std::array<std::array<std::uint8_t, 4>, 256>;

  void fill_palette(const PngLayout& layout);
  void fill_grays(const PngLayout& layout);
  void look_up(const std::uint8_t* stored, std::uint8_t* out) const;
  template <class Sample>
  void mark_clear(const std::uint8_t* stored, std::uint8_t* out) const;

  std::size_t width_px_;
  int bits_;
  std::size_t stored_channels_;
  bool added_alpha_;
  bool indexed_;
  bool by_table_;
  Table table_{};
  std::array<std::uint16_t, 3> clear_{};  // the one transparent colour
};

}  // namespace tokprep::still
