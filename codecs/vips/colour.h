#pragma once

#include <string>
#include <vector>
#include <vips/vips8>

#include "codecs/vips/still_file.h"

namespace tokprep::still {

/// The picture in 8-bit sRGB, three channels, and alpha as a fourth where there was one.
///
/// Believes, in this order: the embedded ICC profile, the H.273 primaries of the container, and what is usual for
/// the kind of picture (sRGB, or a press profile for CMYK). Says in `notes` where it had to guess.
/// HDR is tone-mapped (tone_still.h). Call within `vips_call`.
vips::VImage to_srgb(const vips::VImage& image, const ColourSignal& signal, std::vector<std::string>& notes);

/// Without what stands behind alpha: masks and spot colours. Call within `vips_call`.
vips::VImage without_extra_bands(const vips::VImage& image);

/// True where the numbers of an RGB picture already mean sRGB, so that `to_srgb` changes their depth at most.
bool means_srgb(const vips::VImage& image, const ColourSignal& signal);

/// True where `to_srgb` knows what the channels mean.
bool has_known_colours(const vips::VImage& image);

}  // namespace tokprep::still
