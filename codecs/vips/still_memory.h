#pragma once

#include <cstdint>

#include "codecs/vips/still_file.h"

namespace tokprep::still {

/// About how many bytes the decoder of a still of this coded size holds at once, beside some rows: 0 where it works
/// row by row. Progressive JPEGs are held as coefficients, interlaced PNGs, GIFs, WebPs, HEIFs and JPEG XLs as whole
/// pictures, TIFFs strip by strip. Pure; from the header alone.
std::int64_t decoder_memory_bytes(const StillFile& still, int width_px, int height_px);

}  // namespace tokprep::still
