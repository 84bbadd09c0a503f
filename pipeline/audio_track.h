#pragma once

#include "base/result.h"
#include "codecs/media_info.h"

namespace tokprep {

/// Makes the sound with this number, counted from 1 as players list them, the one that is used, and measures start and
/// duration of the whole anew. Error: kInvalidArgument where there are not so many.
Status choose_audio_track(MediaInfo& info, int number);

}  // namespace tokprep
