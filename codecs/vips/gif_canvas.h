#pragma once

#include <string_view>

#include "codecs/jobs.h"

namespace tokprep::still {

/// The canvas of a GIF, with its first frame on it where that sticks out: what a decoder that grows the canvas has to
/// hold. Pure and bounded; 0 x 0 for what is no GIF. Source: GIF89a specification.
Size gif_canvas(std::string_view head);

}  // namespace tokprep::still
