#pragma once

#include <cstdint>
#include <string>

#include "codecs/av/handles.h"
#include "codecs/media_info.h"

namespace tokprep::av {

/// One of libav's names; it has none for values it does not know.
std::string text_or_empty(const char* text);

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

/// FFmpeg's names for what the stream is tagged with; a tag of "unspecified" or "reserved" is none.
ColourInfo colour_of(const AVCodecParameters& codec);

/// Which field is shown first, as the headers say.
FieldOrder field_order_of(AVFieldOrder order);

}  // namespace tokprep::av
