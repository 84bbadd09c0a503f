#pragma once

#include <cstdint>

#include "codecs/cover_search.h"
#include "codecs/jobs.h"
#include "codecs/media_info.h"
#include "pipeline/rules/rules.h"

namespace tokprep {

/// Size of a cover made of a frame of this upright size: inside the cover's box (turned for landscape frames), its
/// short side at least the minimum where the box allows, even.
Size cover_size(Size frame, const Rules& rules);

/// The job that takes the frame shown at `at_us` of the chosen video stream; `output` is left to the caller.
/// `info` must have a chosen video stream.
ThumbnailJob thumbnail_job(const std::string& input, const MediaInfo& info, const Rules& rules, std::int64_t at_us);

/// The job that looks for a cover in the whole of the chosen video stream. `info` must have one.
CoverSearchJob cover_search_job(const std::string& input, const MediaInfo& info);

}  // namespace tokprep
