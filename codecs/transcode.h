#pragma once

#include "base/result.h"
#include "base/run_context.h"
#include "codecs/jobs.h"

namespace tokprep {

/// Makes one MP4 as the recipes say: each stream copied, encoded or dropped, the index in front.
///
/// Writes straight to `job.output`; on error what is there is not valid and the caller removes it.
/// Damage is passed over and counted in `decode_errors`; whether that is too much is the caller's to judge.
/// Progress: stage "transcode", or "remux" when nothing is encoded.
/// Errors: kInputUnreadable, kUnsupportedInput (no decoder), kCorruptInput (nothing decodes), kOutputUnwritable,
/// kNoSpace, kIo, kCancelled. Blocks; safe from several threads at once.
Result<TranscodeResult> transcode(const TranscodeJob& job, const RunContext& run);

}  // namespace tokprep
