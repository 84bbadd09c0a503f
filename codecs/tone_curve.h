#pragma once

#include <array>
#include <string_view>

namespace tokprep::tone {

/// The mathematics of HDR pictures, moving or still, and of their way to SDR. Pure. Light is in cd/m2 (nits) or a share
/// of a stated peak; signals run from 0 to 1.

/// HDR's diffuse white, a sheet of paper in the scene (ITU-R BT.2408); SDR's white is put there.
inline constexpr double kDiffuseWhiteNits = 203;

/// HLG is relative; this is the display its system gamma of 1.2 is defined for (ITU-R BT.2100), and the one on which
/// its diffuse white is `kDiffuseWhiteNits`.
inline constexpr double kHlgPeakNits = 1000;
inline constexpr double kHlgSystemGamma = 1.2;

/// What the display of a bt709 signal does to it (ITU-R BT.1886).
inline constexpr double kSdrGamma = 2.4;

/// ITU-R BT.2100 PQ: light of a signal (the EOTF).
double pq_nits(double signal);

/// The brightest light of a PQ picture, of which its metadata states `stated_nits`. Numbers up to diffuse white are
/// made up, or zero for "not measured": then 4000, so that nothing bright is cut off.
double pq_peak_nits(double stated_nits);

/// ITU-R BT.2100 HLG: scene light, 0 to 1, of a signal (the inverse OETF).
double hlg_scene_light(double signal);

/// The way from HDR's range to SDR's, on signals of SDR's gamma: 1 is diffuse white, a peak of 1000 nits is at 1.94.
///
/// Signals below the knee (72 nits: faces in the shade, most of a room) stay what they are; above, a Möbius curve goes
/// on in the same direction and reaches 1 at the peak, without flattening out before: a bright sky keeps its clouds.
/// Diffuse white ends at 85 % for a peak of 1000 nits and at 84 % for 4000, as in SDR graded by hand, where the rest
/// is for highlights.
class RollOff {
 public:
  explicit RollOff(double peak_signal);
  /// From 0 … peak to 0 … 1; 1 beyond.
  [[nodiscard]] double operator()(double signal) const;

 private:
  static constexpr double kKnee = 0.65;
  double span_;   // from the knee to the peak
  double shape_;  // the smaller, the sooner it bends
};

/// Signal of a light, 1 for diffuse white.
double sdr_signal(double nits);

using Matrix3 = std::array<std::array<double, 3>, 3>;

/// Linear RGB in the named primaries (FFmpeg's names: bt2020, smpte432, smpte431, else bt709) to linear bt709.
Matrix3 to_bt709(std::string_view primaries);

/// How much each of the primaries weighs in luminance.
std::array<double, 3> luminance_weights(std::string_view primaries);

}  // namespace tokprep::tone
