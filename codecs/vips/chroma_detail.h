#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tokprep::still {

/// Whether a picture's colours change so sharply that halving their resolution (4:2:0) would show: coloured text,
/// drawings, screenshots. Photographs hardly ever do. Pure.
///
/// `rgb` is 8-bit RGB, three bytes a pixel, rows without gaps.
bool has_sharp_colours(std::span<const std::uint8_t> rgb, std::size_t width_px, std::size_t height_px);

/// Whether most pixels are exactly like their neighbour: drawings, screenshots, text. Noise keeps photographs from it.
/// Pure; `rgb` is 8-bit RGB.
bool is_drawing(std::span<const std::uint8_t> rgb);

}  // namespace tokprep::still
