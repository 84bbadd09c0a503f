#pragma once

#include <string>
#include <vips/vips8>

#include "base/result.h"
#include "base/run_context.h"
#include "codecs/jobs.h"

namespace tokprep::still {

struct EncodedStill {
  std::string bytes;
  int quality = 0;
  Size size;
  bool made_smaller = false;  ///< no quality was enough: the picture itself was scaled down
};

/// Encodes `picture` (8-bit sRGB in memory) to at most `job.max_bytes`: at `job.quality` if that fits, else at the
/// highest lower quality found by interpolating size over quality, else scaled down. The same input gives the
/// same bytes. Errors: kNotCompliant where nothing of a sensible size fits; kCancelled.
Result<EncodedStill> encode_still(const vips::VImage& picture, const ImageJob& job, const RunContext& run);

}  // namespace tokprep::still
