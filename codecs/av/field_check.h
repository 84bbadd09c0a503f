#pragma once

#include <string>
#include <vector>

#include "base/run_context.h"
#include "codecs/av/demuxer.h"
#include "codecs/media_info.h"

namespace tokprep::av {

/// Holds what the headers say of fields against the frames, and sets `field_order` and `telecine` of `video` to what
/// is seen; a difference is told in `notes`.
///
/// Up to thirty frames are decoded at each of up to three places, and only where there is a question: the headers
/// say interlaced, or say nothing for a codec that may be, or say it of the first frame only (MPEG-2, H.264 with
/// field coding). Content that does not tell leaves the headers' word. Moves the demuxer and selects the stream.
/// Errors: kCancelled, kIo. What cannot be decoded does not tell.
Status check_fields(Demuxer& demuxer, VideoStreamInfo& video, std::vector<std::string>& notes, const RunContext& run);

}  // namespace tokprep::av
