#pragma once

#include <string>

#include "codecs/media_info.h"

namespace tokprep {

/// What the pixels of a stream are taken to be: its own tags, every gap filled.
///
/// A gap is filled from the tags that are there (a bt2020 matrix implies bt2020 primaries; PQ and HLG imply
/// bt2020). Where nothing is tagged the size decides, as players do: a coded height of 720 or a width of 1280
/// and more is bt709; below, bt601: bt470bg for 576 lines, smpte170m otherwise. Range: full for yuvj formats,
/// RGB, and grey outside H.264, HEVC, AV1 and VP9; else limited. RGB has the matrix "gbr".
ColourInfo filled_colour(const VideoStreamInfo& stream);

enum class ColourState {
  kTagged,      ///< bt709 in limited range, tagged so
  kTagsWanted,  ///< the pixels are that, but the tags are missing or name an equal curve: new tags will do
  kOther        ///< anything else: the pixels themselves must change
};

ColourState colour_state(const VideoStreamInfo& stream);

/// "bt709 tv" where all three tags are the same, else "primaries/transfer/matrix range".
std::string to_text(const ColourInfo& colour);

}  // namespace tokprep
