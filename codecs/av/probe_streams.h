#pragma once

#include <string>
#include <vector>

#include "codecs/av/handles.h"
#include "codecs/media_info.h"

namespace tokprep::av {

/// Fills `video`, `audio` and `other` of `info` from what the headers of the streams say; times, rates and
/// WebM's alpha layer are left open: only packets tell them. A stream nothing here can decode goes to `other`, with a
/// note.
void describe_streams(AVFormatContext& format, MediaInfo& info);

/// How a frame must be turned to be seen as meant.
struct Orientation {
  int rotation_deg = 0;   ///< 0, 90, 180, 270: clockwise
  bool mirrored = false;  ///< flip left to right after the turn
  double off_deg = 0;     ///< what the matrix turns beyond that; it is ignored
};

/// Reads a display matrix (3x3, row by row, as libav keeps it).
Orientation orientation_of(const std::int32_t matrix[9]);

/// "4:2:0", "4:4:4", "rgb", "gray" …; empty for a format that is none.
std::string chroma_name(AVPixelFormat format);

}  // namespace tokprep::av
