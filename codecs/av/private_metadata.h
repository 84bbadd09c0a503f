#pragma once

#include <vector>

#include "codecs/av/handles.h"
#include "codecs/media_info.h"

namespace tokprep::av {

/// Adds what the tags of a file and its streams, as libav names them, say of people, places and devices.
///
/// `tags` may already hold what our own reader found: a kind that is there is not told again in libav's words.
void collect_private_metadata(const AVFormatContext& format, std::vector<PrivateTag>& tags);

}  // namespace tokprep::av
