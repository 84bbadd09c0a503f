#pragma once

#include <vector>

#include "codecs/media_info.h"

namespace tokprep::av {

/// What one frame, seen beside its neighbours, says of its two fields.
struct FieldSigns {
  enum class Comb { kUnclear, kProgressive, kTopFirst, kBottomFirst };
  enum class Repeat { kNone, kTop, kBottom };
  Comb comb = Comb::kUnclear;
  Repeat repeat = Repeat::kNone;  ///< this field is that of the frame before
};

/// What frames say together.
struct FieldVerdict {
  FieldOrder order = FieldOrder::kUnknown;  ///< kUnknown: they do not tell
  bool telecine = false;                    ///< 3:2 pulldown; `order` is then that of its fields
  bool clear = false;                       ///< more frames would hardly change it
};

/// Judges runs of neighbouring frames, each from another place of a stream. Pure.
///
/// Frames that do not tell (hardly any motion, black) do not count, and fewer than ten that do are no verdict. Up to
/// one combed frame in twenty is noise on progressive content; from one in four on the content is interlaced, as parts
/// of it may stand still; in between there is no verdict. Telecine is combed too, and repeats two fields in every five
/// frames, one top and one bottom, in step throughout a run.
FieldVerdict judge_fields(const std::vector<std::vector<FieldSigns>>& runs);

}  // namespace tokprep::av
