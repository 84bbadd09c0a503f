#pragma once

#include "base/json.h"
#include "base/result.h"
#include "base/run_context.h"
#include "codecs/jobs.h"
#include "codecs/media_info.h"

namespace tokprep {

/// Starts libvips for this process; call once before the two functions below, from one thread.
Status start_vips();

/// What this build opens, for `doctor`: {"worker":"image","libraries":{…},"formats":{"pngload":true,…}}.
Result<Json> describe_vips();

/// Measures one still through libvips, from its header; pixels are touched only where the header cannot tell.
///
/// Errors: kInputUnreadable; kUnsupportedInput (no format we open); kCorruptInput (header broken or cut);
/// kNotCompliant with rule "image.pixels_max" for a picture too large to open safely; kCancelled.
/// Blocks. Safe from several threads at once.
Result<MediaInfo> probe_image(const ProbeJob& job, const RunContext& run);

/// Brings one still to JPEG or WebP: upright, sRGB, opaque, inside the box and under the byte limit, without
/// private metadata. Animated and multi-page inputs give their first frame, and a note.
///
/// Writes straight to `job.output`. Errors: as `probe_image`; kCorruptInput where the picture cannot be decoded
/// whole (a truncated file is refused, never half gray); kNotCompliant when no quality fits `max_bytes`;
/// kIo, kNoSpace, kOutputUnwritable; kCancelled. Blocks. Safe from several threads at once.
Result<ImageResult> convert_image(const ImageJob& job, const RunContext& run);

}  // namespace tokprep
