#pragma once

#include <vips/vips8>

#include "base/result.h"
#include "base/run_context.h"
#include "codecs/jobs.h"
#include "codecs/vips/still_encoder.h"

namespace tokprep::still {

/// Encodes `picture` (8-bit sRGB, three channels, in memory) to at most `job.max_bytes`: at `job.quality` if that fits,
/// else at a lower quality that uses at least nine tenths of the bytes, found by interpolating size over quality, else
/// scaled down. WebP of a drawing is lossless where that is no larger. The same input gives the same bytes. Errors:
/// kNotCompliant where nothing of a sensible size fits; kCancelled.
Result<EncodedStill> encode_still(const vips::VImage& picture, const ImageJob& job, const RunContext& run);

}  // namespace tokprep::still
