#pragma once

#include "base/result.h"
#include "base/run_context.h"
#include "codecs/jobs.h"

namespace tokprep {

/// Writes the frame shown at `job.at_us` to `job.output` as JPEG: upright, square pixels, SDR.
///
/// Shown means the last frame with a presentation time at or before the offset, counted from the start of
/// presentation; before the first frame of a file whose sound begins earlier, that first frame. Seeks to the key
/// frame before it and decodes from there.
/// Errors: kInvalidArgument (negative, or at or past `duration_us`: names the duration), kUnsupportedInput,
/// kCorruptInput (nothing decodes there), kInputUnreadable, kIo, kNoSpace, kOutputUnwritable, kCancelled.
/// Blocks; safe from several threads at once.
Result<ThumbnailResult> extract_thumbnail(const ThumbnailJob& job, const RunContext& run);

}  // namespace tokprep
