#pragma once

#include <vips/vips8>

#include "base/result.h"
#include "base/run_context.h"
#include "codecs/vips/still_file.h"

namespace tokprep::still {

/// The PNG that libvips has `opened`, with rows of our own reading, which unpacks them twice as fast: the same samples
/// in the same form, and all of `opened`'s metadata. `opened` itself where the PNG is of a kind that is left to libvips
/// (`plain_png_layout`). Either decodes strictly, in one pass from top to bottom. Errors as `load_still`.
Result<vips::VImage> with_streamed_rows(const StillFile& still, const vips::VImage& opened, const RunContext& run);

}  // namespace tokprep::still
