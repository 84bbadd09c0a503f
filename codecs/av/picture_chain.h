#pragma once

#include <string>

#include "codecs/av/handles.h"
#include "codecs/jobs.h"

namespace tokprep::av {

/// What is done to one picture, whatever its time. `picture` and `canvas` are upright sizes.
struct PictureSteps {
  bool deinterlace = false;
  FieldOrder fields = FieldOrder::kUnknown;  ///< kUnknown: as each frame says of itself
  bool detelecine = false;
  Rgb background;  ///< under transparent pixels
  int rotation_deg = 0;
  bool mirror = false;
  HdrKind hdr = HdrKind::kSdr;
  ColourInfo colour;
  Fit fit = Fit::kPad;
  Size picture;
  Size canvas;
  Rgb pad_color;
  Rational frame_rate;    ///< of the output; needed to undo telecine
  bool for_jpeg = false;  ///< bt601 full range with centred chroma, as JPEG has it; else bt709 limited and left
};

PictureSteps steps_of(const VideoRecipe& recipe);
PictureSteps steps_of(const ThumbnailJob& job);

/// What the filters leave behind: 8-bit, or in HDR 10-bit 4:2:0 that is still to be tone-mapped.
AVPixelFormat filtered_format(const PictureSteps& steps);

/// True where `frame` already is what `picture_chain` would make of it, to the last bit.
bool is_finished(const PictureSteps& steps, const AVFrame& frame);

/// The libavfilter chain that makes an upright `picture` of frames such as this one. SDR comes out as bt709 (or as
/// JPEG has it); HDR keeps its curve and primaries and comes out as bt2020nc, limited range.
///
/// RGB is taken for full range, whatever its tags say: zscale knows no other. Scaling, matrix, range, gamut, depth and
/// chroma position change in one pass of zscale. A turned picture gets its chroma where it is in its right place once
/// the picture stands upright.
std::string picture_chain(const PictureSteps& steps, const AVFrame& frame);

}  // namespace tokprep::av
