#pragma once

#include <string_view>
#include <vector>

#include "codecs/mp4/mp4_index.h"

namespace tokprep::mp4 {

/// Reads the body of a trak box. Private metadata found in it is added to `tags`; damage is told in the track.
Track parse_track(std::string_view body, std::vector<PrivateTag>& tags);

/// True for a creation time that says something: neither 0 nor 1970-01-01, which stand for "not set".
/// The header boxes count seconds since 1904.
bool is_set_time(std::uint64_t seconds_since_1904);

}  // namespace tokprep::mp4
