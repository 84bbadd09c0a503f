#pragma once

#include "codecs/av/bit_reader.h"
#include "codecs/av/sequence_header.h"

namespace tokprep::av {

/// The first fields of the video usability information, the same in H.264 and HEVC: aspect, overscan, signal
/// type with colour, chroma location. Leaves the reader behind them.
void read_vui_start(BitReader& reader, SequenceHeader& header);

}  // namespace tokprep::av
