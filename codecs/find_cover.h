#pragma once

#include "base/result.h"
#include "base/run_context.h"
#include "codecs/cover_search.h"

namespace tokprep {

/// Looks for the frame of a stretch that makes the best cover, or judges the one at `job.at_us`.
///
/// Searching: key frames at up to 24 places between 5 and 95 % of the stretch are weighed: not black, not of one
/// colour, not blurred, bright enough, rich in contrast and colour, like the rest of the video. The best ones are held
/// against their neighbours 0.3 s before and after, and the first that is not in a fade or dissolve is taken. Where key
/// frames are few, or none of them will do, the stretch is decoded from its start, 1800 frames at most. If nothing
/// is any good the least bad frame is the answer, and its look says why. The same file gives the same answer.
///
/// Judging costs the decoding from the key frame before to 0.3 s after the instant.
/// Errors: kInvalidArgument (`at_us` outside the stretch), kUnsupportedInput, kCorruptInput (nothing decodes),
/// kInputUnreadable, kIo, kCancelled. Blocks; safe from several threads at once.
Result<CoverSearchResult> find_cover(const CoverSearchJob& job, const RunContext& run);

}  // namespace tokprep
