#pragma once

#include "codecs/av/handles.h"

namespace tokprep::av {

/// Fills the parameters of every video and audio stream of an opened file from its headers alone, as
/// `avformat_find_stream_info` does by decoding the first frames: pixel format, sizes, profile, level, colour, field
/// order, reordering; layout and profile of sound.
///
/// True when the headers said everything of every stream. That needs H.264 or HEVC with a configuration record
/// (MP4, MOV, Matroska) that tells one progressive 4:2:0, 4:2:2 or 4:4:4 picture of 8 or 10 bits, and plain AAC-LC or
/// PCM. False leaves the parameters as they were: only frames tell then.
bool fill_from_headers(AVFormatContext& format);

}  // namespace tokprep::av
