#pragma once

#include <string>
#include <vector>

#include "pipeline/event.h"

namespace tokprep::hostile {

/// True where ffmpeg and exiftool are installed.
bool can_look_again();

/// What ffmpeg and exiftool, in processes of their own, have against an output: it does not open, its decoder
/// complains (only where `decodes`), its tags are broken. Empty where nothing.
std::vector<std::string> complaints_about(const OutputFile& output, bool decodes);

}  // namespace tokprep::hostile
