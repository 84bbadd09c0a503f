#pragma once

#include <array>
#include <string_view>

#include "codecs/jobs.h"

namespace tokprep::av {

/// How much red and blue weigh in the luma of a YUV matrix; green has the rest.
struct LumaWeights {
  double red = 0.2126;
  double blue = 0.0722;
  [[nodiscard]] double green() const { return 1 - red - blue; }
};

/// Weights of FFmpeg's matrix names (ITU-T H.273, table 4); bt709's for names that have none.
LumaWeights luma_weights(std::string_view matrix);

/// How component values become integers.
struct CodeRange {
  bool full = false;
  int bit_depth = 8;
};

/// Code values of a colour, in the order of libav's planes: Y, Cb, Cr, or G, B, R for the matrix "gbr".
/// `rgb`: non-linear components from 0 to 1. Rounded to the nearest code.
std::array<int, 3> plane_codes(const std::array<double, 3>& rgb, std::string_view matrix, CodeRange range);

/// The same of an 8-bit colour whose white is `white` of the full signal.
std::array<int, 3> plane_codes(Rgb colour, double white, std::string_view matrix, CodeRange range);

}  // namespace tokprep::av
