#pragma once

#include <optional>

#include "base/result.h"
#include "base/run_context.h"
#include "codecs/jobs.h"

namespace tokprep::av {

/// The short way for a job that copies all it keeps from one MP4, MOV or 3GP file: `mp4::rewrite`. Nothing is written
/// and nothing comes back where the job asks for more than that, or where the source is not plain enough; the
/// demuxer and the muxer then do it. The result counts what they would have counted: frames, and packets of sound.
/// Errors: those of `mp4::rewrite`.
Result<std::optional<TranscodeResult>> rewrite_mp4(const TranscodeJob& job, const RunContext& run);

}  // namespace tokprep::av
