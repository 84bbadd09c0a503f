#include "codecs/tone_curve.h"

#include <algorithm>
#include <cmath>

namespace tokprep::tone {
namespace {

// ITU-R BT.2100, table 4.
constexpr double kM1 = 2610.0 / 16384, kM2 = 2523.0 / 4096 * 128;
constexpr double kC1 = 3424.0 / 4096, kC2 = 2413.0 / 4096 * 32, kC3 = 2392.0 / 4096 * 32;
constexpr double kPqPeakNits = 10000;

struct Chromaticity {
  double x, y;
};
struct Primaries {
  Chromaticity red, green, blue, white;
};

constexpr Chromaticity kD65{0.3127, 0.3290};

Primaries primaries_of(std::string_view name) {
  if (name == "bt2020") return {{0.708, 0.292}, {0.170, 0.797}, {0.131, 0.046}, kD65};
  // DCI-P3 is watched as P3-D65: its own greenish white would tint every neutral.
  if (name == "smpte432" || name == "smpte431") return {{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}, kD65};
  return {{0.640, 0.330}, {0.300, 0.600}, {0.150, 0.060}, kD65};
}

std::array<double, 3> xyz(Chromaticity c) { return {c.x / c.y, 1, (1 - c.x - c.y) / c.y}; }

Matrix3 product(const Matrix3& a, const Matrix3& b) {
  Matrix3 result{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t k = 0; k < 3; ++k) result[i][j] += a[i][k] * b[k][j];
    }
  }
  return result;
}

Matrix3 inverse(const Matrix3& m) {
  Matrix3 cofactors{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      const std::size_t a = (j + 1) % 3, b = (j + 2) % 3, c = (i + 1) % 3, d = (i + 2) % 3;
      cofactors[i][j] = m[a][c] * m[b][d] - m[a][d] * m[b][c];  // already transposed
    }
  }
  const double determinant = m[0][0] * cofactors[0][0] + m[0][1] * cofactors[1][0] + m[0][2] * cofactors[2][0];
  for (auto& row : cofactors) {
    for (double& value : row) value /= determinant;
  }
  return cofactors;
}

/// Linear RGB to CIE XYZ, where (1, 1, 1) is the white with luminance 1.
Matrix3 rgb_to_xyz(const Primaries& primaries) {
  const auto red = xyz(primaries.red), green = xyz(primaries.green), blue = xyz(primaries.blue);
  Matrix3 matrix{};
  for (std::size_t i = 0; i < 3; ++i) matrix[i] = {red[i], green[i], blue[i]};
  const Matrix3 back = inverse(matrix);
  const auto white = xyz(primaries.white);
  for (std::size_t j = 0; j < 3; ++j) {
    const double amount = back[j][0] * white[0] + back[j][1] * white[1] + back[j][2] * white[2];
    for (auto& row : matrix) row[j] *= amount;
  }
  return matrix;
}

}  // namespace

double pq_nits(double signal) {
  const double power = std::pow(std::max(signal, 0.0), 1 / kM2);
  return kPqPeakNits * std::pow(std::max(power - kC1, 0.0) / (kC2 - kC3 * power), 1 / kM1);
}

double pq_peak_nits(double stated_nits) {
  constexpr double kUnknownPeakNits = 4000;
  return stated_nits > kDiffuseWhiteNits ? std::min(stated_nits, kPqPeakNits) : kUnknownPeakNits;
}

double hlg_scene_light(double signal) {
  constexpr double kA = 0.17883277, kB = 0.28466892, kC = 0.55991073;
  if (signal <= 0.5) return std::max(signal, 0.0) * signal / 3;
  return (std::exp((signal - kC) / kA) + kB) / 12;
}

RollOff::RollOff(double peak_signal)
    : span_(peak_signal - kKnee), shape_(1 / (span_ / (1 - kKnee) - 1)) {}  // this shape has the slope 1 at the knee

double RollOff::operator()(double signal) const {
  if (signal <= kKnee) return signal;
  const double along = std::min((signal - kKnee) / span_, 1.0);
  return kKnee + (1 - kKnee) * (1 + shape_) * along / (along + shape_);
}

double sdr_signal(double nits) { return std::pow(nits / kDiffuseWhiteNits, 1 / kSdrGamma); }

Matrix3 to_bt709(std::string_view primaries) {
  return product(inverse(rgb_to_xyz(primaries_of("bt709"))), rgb_to_xyz(primaries_of(primaries)));
}

std::array<double, 3> luminance_weights(std::string_view primaries) { return rgb_to_xyz(primaries_of(primaries))[1]; }

}  // namespace tokprep::tone
