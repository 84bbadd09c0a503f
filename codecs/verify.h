#pragma once

#include "base/result.h"
#include "base/run_context.h"
#include "codecs/jobs.h"

namespace tokprep {

/// Reads a finished video from end to end: every packet, and where the job asks for it every frame and sample.
///
/// Counts; judges nothing but readability. Progress: stage "verify".
/// Errors: kCorruptInput (a packet is missing or cut), kInputUnreadable, kIo, kCancelled.
/// Blocks; safe from several threads at once.
Result<VerifyResult> verify_video(const VerifyJob& job, const RunContext& run);

}  // namespace tokprep
