#pragma once

#include <vips/vips8>

#include "base/result.h"
#include "base/run_context.h"
#include "codecs/vips/still_file.h"

namespace tokprep::still {

/// A bitmap as libvips' other loaders give a picture: 8-bit sRGB, with alpha where the file has it and its ICC profile
/// where it embeds one; rows are read as they are asked for, from top to bottom. libvips itself would hand bitmaps to
/// ImageMagick, which is not let near strangers' files. Errors as `load_still`.
Result<vips::VImage> load_bmp(const StillFile& still, const RunContext& run);

}  // namespace tokprep::still
