#pragma once

#include "base/json.h"
#include "base/result.h"
#include "base/run_context.h"
#include "codecs/jobs.h"
#include "codecs/media_info.h"

namespace tokprep {

/// What this build opens and makes, for `doctor`:
/// {"worker":"av","libraries":{…},"encoders":{"libx264":true,…},"filters":{"zscale":true,…}}.
Result<Json> describe_av();

/// Keeps libav from printing. Process-wide; for programs, not for libraries.
void silence_libav();

/// Measures one file through libav: container, every stream, timing from packets, private metadata.
///
/// Headers lie, so durations, rates and gaps come from packet times; where header and packets disagree both
/// are in the facts and a note says so. Reads the index where it tells all (plain MP4), else every packet;
/// decodes only what the headers leave open. Never writes.
///
/// A file without usable video is still a result (`chosen_video` is -1); whether that will do is a rule.
/// Errors: kInputUnreadable; kUnsupportedInput (not media that libav knows; text named .mp4);
/// kCorruptInput (known container, but the index is missing or cut: the message says what); kCancelled.
/// Blocks. Safe from several threads at once.
Result<MediaInfo> probe_video(const ProbeJob& job, const RunContext& run);

}  // namespace tokprep
