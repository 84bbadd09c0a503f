#include "codecs/av/sound_meter.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace tokprep::av {
namespace {

constexpr float kFullScale = 0.9999F;  // 32767 / 32768 is full scale too
constexpr std::int64_t kLeastRun = 3;
constexpr float kSilence = 1e-5F;  // -100 dB: below what 16 bits can tell from nothing

std::int64_t clipped_in(std::span<const float> samples) {
  std::int64_t clipped = 0, run = 0;
  for (const float sample : samples) {
    run = std::abs(sample) >= kFullScale ? run + 1 : 0;
    if (run == kLeastRun) clipped += kLeastRun;
    if (run > kLeastRun) ++clipped;
  }
  return clipped;
}

float peak_of(std::span<const float> samples) {
  float peak = 0;
  for (const float sample : samples) peak = std::max(peak, std::abs(sample));
  return peak;
}

}  // namespace

void SoundMeter::take(const AVFrame& frame) {
  for (int channel = 0; channel < frame.ch_layout.nb_channels; ++channel) {
    const std::span samples(reinterpret_cast<const float*>(frame.extended_data[channel]),
                            static_cast<std::size_t>(frame.nb_samples));
    const float peak = peak_of(samples);
    peak_ = std::max(peak_, peak);
    if (peak >= kFullScale) clipped_ += clipped_in(samples);
  }
}

std::optional<double> SoundMeter::peak_dbfs() const {
  if (peak_ < kSilence) return std::nullopt;
  return 20 * std::log10(static_cast<double>(peak_));
}

}  // namespace tokprep::av
