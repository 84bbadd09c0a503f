#pragma once

#include <vips/vips8>

#include "codecs/vips/still_file.h"

namespace tokprep::still {

/// True for samples of 8 or 16 bits.
bool in_whole_numbers(const vips::VImage& image);

/// True where `tone_mapped` can read the samples: 8 or 16 bits, gray or RGB.
bool can_tone_map(const vips::VImage& image);

/// An HDR still, PQ or HLG, as 8-bit sRGB of three channels, by the curve that videos get (codecs/tone_curve.h):
/// neutral stays neutral, black stays black, diffuse white ends at about 85 % and highlights keep their drawing above
/// it.
///
/// `colours` has one or three channels of 8 or 16 bits and no alpha. Computed row by row where it is asked for.
/// Call within `vips_call`.
vips::VImage tone_mapped(const vips::VImage& colours, const ColourSignal& signal);

}  // namespace tokprep::still
