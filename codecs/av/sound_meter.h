#pragma once

#include <cstdint>
#include <optional>

#include "codecs/av/handles.h"

namespace tokprep::av {

/// Looks at float planar sound on its way into the encoder: how high it peaks, and whether it was clipped.
class SoundMeter {
 public:
  void take(const AVFrame& frame);

  /// Highest sample in dB of full scale; nothing for digital silence.
  [[nodiscard]] std::optional<double> peak_dbfs() const;

  /// Samples at full scale that stand three or more in a row in their channel: a wave that was cut flat.
  [[nodiscard]] std::int64_t clipped_samples() const { return clipped_; }

 private:
  float peak_ = 0;
  std::int64_t clipped_ = 0;
};

}  // namespace tokprep::av
