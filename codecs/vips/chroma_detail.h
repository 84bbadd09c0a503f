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

}  // namespace tokprep::still
