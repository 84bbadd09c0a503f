#pragma once

#include <string_view>

#include "codecs/mp4/mp4_index.h"

namespace tokprep::mp4 {

/// Reads the body of the moov box into `index`: the movie's clock, its tracks (256 at most), private metadata, and
/// whether the samples are left to fragments. What is damaged is told in the tracks and in `oddities`.
void parse_movie(std::string_view body, Mp4Index& index);

}  // namespace tokprep::mp4
