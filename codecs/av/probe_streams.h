#pragma once

#include "codecs/av/handles.h"
#include "codecs/media_info.h"

namespace tokprep::av {

/// Fills `video`, `audio` and `other` of `info` from what the headers of the streams say; times, rates and
/// WebM's alpha layer are left open: only packets tell them. A stream nothing here can decode goes to `other`, with a
/// note.
void describe_streams(AVFormatContext& format, MediaInfo& info);

}  // namespace tokprep::av
