#pragma once

#include "base/result.h"
#include "codecs/av/handles.h"

namespace tokprep::av {

/// Says a decoded frame in the few words that the steps after it understand; pixels are not copied.
///
/// - Full-range YUV, which libav spells as formats of its own (yuvj420p), becomes the usual format; the recipe
///   knows the range.
/// - Grey gets neutral chroma, as 4:2:0: as grey it would be taken for full range by some filters.
/// - Sides that the chroma does not divide lose their last column or row, which has half a chroma sample only.
/// - The sample aspect is 1:1: the recipe's sizes already are square.
/// Error: kInternal, out of memory.
Status settle_frame(AVFrame& frame);

}  // namespace tokprep::av
