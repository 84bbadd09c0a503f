#pragma once

#include "codecs/media_info.h"

namespace tokprep {

/// Sets start and duration of the whole file: from the earliest start to the latest end of the chosen streams; what
/// the header declares where no stream says anything.
void measure_presentation(MediaInfo& info);

}  // namespace tokprep
