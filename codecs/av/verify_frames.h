#pragma once

#include "base/result.h"
#include "base/run_context.h"
#include "codecs/av/likeness.h"
#include "codecs/jobs.h"

namespace tokprep::av {

/// `verify_video`, which also shows each decoded frame to `samples` (may be null) by its number. Errors: the same.
Result<VerifyResult> verify_frames(const VerifyJob& job, SampleTap* samples, const RunContext& run);

}  // namespace tokprep::av
