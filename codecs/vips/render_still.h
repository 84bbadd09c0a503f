#pragma once

#include <string>
#include <vector>
#include <vips/vips8>

#include "base/result.h"
#include "base/run_context.h"
#include "codecs/jobs.h"
#include "codecs/vips/still_file.h"

namespace tokprep::still {

struct RenderedStill {
  vips::VImage picture;   ///< in memory: 8-bit sRGB, three channels, upright, of the final size
  std::string copyright;  ///< as `copyright_of`
  std::vector<std::string> notes;
};

/// The size a picture of `source` gets: shrunk into `max_size`, or enlarged to cover `min_size` as far as `max_size`
/// allows; the shape stays. Pure.
Size fitted_size(Size source, Size max_size, Size min_size);

/// Decodes, scales, converts, flattens and turns one still. Errors as `convert_image`.
Result<RenderedStill> render_still(const StillFile& still, const ImageJob& job, const RunContext& run);

}  // namespace tokprep::still
