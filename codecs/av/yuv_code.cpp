#include "codecs/av/yuv_code.h"

#include <cmath>

namespace tokprep::av {
namespace {

int rounded(double value) { return static_cast<int>(std::lround(value)); }

int luma_code(double value, CodeRange range) {
  if (range.full) return rounded(value * ((1 << range.bit_depth) - 1));
  return rounded((16 + 219 * value) * (1 << (range.bit_depth - 8)));
}

/// `value` runs from -0.5 to 0.5.
int chroma_code(double value, CodeRange range) {
  const double span = range.full ? (1 << range.bit_depth) - 1 : 224.0 * (1 << (range.bit_depth - 8));
  return rounded((1 << (range.bit_depth - 1)) + span * value);
}

}  // namespace

LumaWeights luma_weights(std::string_view matrix) {
  if (matrix == "smpte170m" || matrix == "bt470bg") return {0.299, 0.114};
  if (matrix == "fcc") return {0.30, 0.11};
  if (matrix == "smpte240m") return {0.212, 0.087};
  if (matrix.starts_with("bt2020")) return {0.2627, 0.0593};
  return {};
}

std::array<int, 3> plane_codes(const std::array<double, 3>& rgb, std::string_view matrix, CodeRange range) {
  const auto [red, green, blue] = rgb;
  if (matrix == "gbr") return {luma_code(green, range), luma_code(blue, range), luma_code(red, range)};
  const LumaWeights weights = luma_weights(matrix);
  const double luma = weights.red * red + weights.green() * green + weights.blue * blue;
  return {luma_code(luma, range), chroma_code((blue - luma) / (2 * (1 - weights.blue)), range),
          chroma_code((red - luma) / (2 * (1 - weights.red)), range)};
}

std::array<int, 3> plane_codes(Rgb colour, double white, std::string_view matrix, CodeRange range) {
  const double unit = white / 255;
  return plane_codes({colour.r * unit, colour.g * unit, colour.b * unit}, matrix, range);
}

}  // namespace tokprep::av
