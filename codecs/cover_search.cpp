#include "codecs/cover_search.h"

#include "base/json.h"
#include "codecs/jobs.h"

namespace tokprep {

TOKPREP_JSON(FrameLook, luma_mean, luma_spread, sharpness, colourfulness, black, flat, blurred, fading, luma_before,
             luma_after)
TOKPREP_JSON(CoverSearchJob, input, stream_index, start_us, duration_us, at_us, colour, hdr, alpha)
TOKPREP_JSON(CoverSearchResult, at_us, look, frames)

}  // namespace tokprep
