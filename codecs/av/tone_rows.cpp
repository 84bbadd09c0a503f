#include "codecs/av/tone_rows.h"

#include <algorithm>
#include <cmath>

// Each loop is compiled twice, and the processor's own abilities choose. Results are the same to the bit.
#if defined(__x86_64__) && defined(__linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define TOKPREP_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define TOKPREP_WIDE
#endif

namespace tokprep::av {
namespace {

/// Signals of a row as table indices.
struct Signals {
  std::int32_t *red, *green, *blue;
};

// ITU-R BT.2020 non-constant luminance, limited range, 10 bits; chroma comes in eighths.
constexpr float kUnit = ToneTables::kSignals - 1;
constexpr float kLuma = kUnit / 876;
constexpr float kChroma = kUnit / 896 / 8;
constexpr float kRedOfCr = 1.4746F * kChroma;
constexpr float kGreenOfCb = -0.16455313F * kChroma;
constexpr float kGreenOfCr = -0.57135313F * kChroma;
constexpr float kBlueOfCb = 1.8814F * kChroma;

inline std::int32_t signal_index(float value) {
  value += 0.5F;
  value = value < 0 ? 0 : value;
  value = value > kUnit ? kUnit : value;
  return static_cast<std::int32_t>(value);
}

inline std::int32_t light_index(float light) {
  light = light < 0 ? 0 : light;
  light = light > 1 ? 1 : light;
  return static_cast<std::int32_t>(std::sqrt(light) * ToneTables::kLights + 0.5F);
}

/// Three parts of the nearer row, one of the farther.
TOKPREP_WIDE void blend_rows(const std::uint16_t* near, const std::uint16_t* far, int count, float* out) {
  for (int i = 0; i < count; ++i) out[i] = static_cast<float>(3 * near[i] + far[i] - 4 * 512);
}

/// Even columns have their own chroma, odd ones the mean of their neighbours'.
TOKPREP_WIDE void index_signals(const std::uint16_t* luma_row, const float* cb, const float* cr, int half, Signals even,
                                Signals odd) {
  for (int i = 0; i < half; ++i) {
    const float luma = (static_cast<float>(luma_row[2 * i]) - 64) * kLuma;
    const float b = 2 * cb[i], r = 2 * cr[i];
    even.red[i] = signal_index(luma + kRedOfCr * r);
    even.green[i] = signal_index(luma + kGreenOfCb * b + kGreenOfCr * r);
    even.blue[i] = signal_index(luma + kBlueOfCb * b);
  }
  for (int i = 0; i < half; ++i) {
    const float luma = (static_cast<float>(luma_row[2 * i + 1]) - 64) * kLuma;
    const float b = cb[i] + cb[i + 1], r = cr[i] + cr[i + 1];
    odd.red[i] = signal_index(luma + kRedOfCr * r);
    odd.green[i] = signal_index(luma + kGreenOfCb * b + kGreenOfCr * r);
    odd.blue[i] = signal_index(luma + kBlueOfCb * b);
  }
}

template <class T>
void look_up(const std::vector<T>& table, const std::vector<std::int32_t>& index, std::vector<T>& out, int count) {
  const T* from = table.data();
  for (int i = 0; i < count; ++i) out[static_cast<std::size_t>(i)] = from[index[static_cast<std::size_t>(i)]];
}

TOKPREP_WIDE void index_luminance(const std::array<float, 3>& weights, const float* red, const float* green,
                                  const float* blue, int count, std::int32_t* index) {
  const float r = weights[0], g = weights[1], b = weights[2];
  for (int i = 0; i < count; ++i) index[i] = light_index(r * red[i] + g * green[i] + b * blue[i]);
}

TOKPREP_WIDE void scale(const float* factor, int count, float* red, float* green, float* blue) {
  for (int i = 0; i < count; ++i) {
    red[i] *= factor[i];
    green[i] *= factor[i];
    blue[i] *= factor[i];
  }
}

/// To bt709's primaries. A colour outside is drawn towards the grey of its own luminance until it is inside: paler,
/// but neither darker nor of another hue.
TOKPREP_WIDE void index_gamut(const std::array<std::array<float, 3>, 3>& m, const float* red, const float* green,
                              const float* blue, int count, Signals out) {
  const auto [m00, m01, m02] = m[0];
  const auto [m10, m11, m12] = m[1];
  const auto [m20, m21, m22] = m[2];
  for (int i = 0; i < count; ++i) {
    const float r = m00 * red[i] + m01 * green[i] + m02 * blue[i];
    const float g = m10 * red[i] + m11 * green[i] + m12 * blue[i];
    const float b = m20 * red[i] + m21 * green[i] + m22 * blue[i];
    const float luminance = 0.2126F * r + 0.7152F * g + 0.0722F * b;
    float least = r < g ? r : g;
    least = least < b ? least : b;
    least = least < 0 ? least : 0;
    const float keep = luminance / (luminance - least + 1e-20F);
    out.red[i] = light_index(luminance + (r - luminance) * keep);
    out.green[i] = light_index(luminance + (g - luminance) * keep);
    out.blue[i] = light_index(luminance + (b - luminance) * keep);
  }
}

inline float rolled_off(std::uint32_t shade) { return static_cast<float>(static_cast<std::int32_t>(shade >> 16)); }
inline float as_it_was(std::uint32_t shade) { return static_cast<float>(static_cast<std::int32_t>(shade & 0xffff)); }

inline float greatest(float a, float b, float c) {
  const float ab = a > b ? a : b;
  return ab > c ? ab : c;
}

/// Half of each component rolled off by itself, as film does, which lets highlights turn white; half with the hue
/// kept, all three by the factor of the greatest.
TOKPREP_WIDE void shade_row(const std::array<float, 3>& weights, const std::uint32_t* red, const std::uint32_t* green,
                            const std::uint32_t* blue, int count, float* luma, float* blue_difference,
                            float* red_difference) {
  const float wr = weights[0], wg = weights[1], wb = weights[2];
  const float unit = wr + wg + wb;
  for (int i = 0; i < count; ++i) {
    const float top = greatest(rolled_off(red[i]), rolled_off(green[i]), rolled_off(blue[i]));
    const float was = greatest(as_it_was(red[i]), as_it_was(green[i]), as_it_was(blue[i])) + 1e-6F;
    const float gain = 0.5F * top / was;
    const float r = 0.5F * rolled_off(red[i]) + gain * as_it_was(red[i]);
    const float g = 0.5F * rolled_off(green[i]) + gain * as_it_was(green[i]);
    const float b = 0.5F * rolled_off(blue[i]) + gain * as_it_was(blue[i]);
    const float y = wr * r + wg * g + wb * b;
    luma[i] = y;
    blue_difference[i] += unit * b - y;
    red_difference[i] += unit * r - y;
  }
}

/// Even and odd columns side by side again; thresholds below 1 make the rounding a dither.
TOKPREP_WIDE void round_luma(const float* luma, const float* threshold, float offset, int half, std::uint8_t* out) {
  for (int i = 0; i < half; ++i) {
    const auto even = static_cast<std::int32_t>(luma[i] + offset + threshold[i]);
    const auto odd = static_cast<std::int32_t>(luma[half + i] + offset + threshold[half + i]);
    out[2 * i] = static_cast<std::uint8_t>(even);
    out[2 * i + 1] = static_cast<std::uint8_t>(odd);
  }
}

inline std::uint8_t chroma_code(float value) {
  value = value < 0 ? 0 : value;
  value = value > 255 ? 255 : value;
  return static_cast<std::uint8_t>(static_cast<std::int32_t>(value));
}

TOKPREP_WIDE void thin_out(const float* before, const float* even, const float* odd, float gain, const float* threshold,
                           int count, std::uint8_t* out) {
  for (int i = 0; i < count; ++i) {
    out[i] = chroma_code((before[i] + 2 * even[i] + odd[i]) * gain + 128 + threshold[i]);
  }
}

/// One plane's row of chroma: on the even columns, weighed 1 2 1, or between each pair.
void chroma_plane_row(const std::vector<float>& sums, bool centred, float gain, const float* threshold, int half,
                      std::uint8_t* out) {
  const float* even = sums.data();
  const float* odd = even + half;
  if (centred) {
    thin_out(odd, even, odd, gain, threshold, half, out);
    return;
  }
  thin_out(even, even, odd, gain, threshold, 1, out);  // nothing stands before the first column
  thin_out(odd, even + 1, odd + 1, gain, threshold + 1, half - 1, out + 1);
}

}  // namespace

ToneRows::ToneRows(int width)
    : half_(width / 2),
      cb_(static_cast<std::size_t>(half_) + 1),
      cr_(cb_.size()),
      factor_(static_cast<std::size_t>(width)),
      luma_(factor_.size()),
      blue_(factor_.size()),
      red_(factor_.size()) {
  for (auto& row : index_) row.resize(factor_.size());
  for (auto& row : light_) row.resize(factor_.size());
  for (auto& row : shade_) row.resize(factor_.size());
}

void ToneRows::read(const SourceRow& source) {
  blend_rows(source.near_cb, source.far_cb, half_, cb_.data());
  blend_rows(source.near_cr, source.far_cr, half_, cr_.data());
  const auto last = static_cast<std::size_t>(half_);
  cb_[last] = cb_[last - 1];
  cr_[last] = cr_[last - 1];
  const Signals even{index_[0].data(), index_[1].data(), index_[2].data()};
  index_signals(source.luma, cb_.data(), cr_.data(), half_, even,
                {even.red + half_, even.green + half_, even.blue + half_});
}

void ToneRows::luma_row(const ToneTables& tables, const SourceRow& source, const float* threshold, std::uint8_t* luma) {
  const int count = 2 * half_;
  read(source);
  for (std::size_t c = 0; c < 3; ++c) look_up(tables.light, index_[c], light_[c], count);
  auto& [red, green, blue] = light_;
  if (!tables.system_gamma.empty()) {
    index_luminance(tables.luminance, red.data(), green.data(), blue.data(), count, index_[0].data());
    look_up(tables.system_gamma, index_[0], factor_, count);
    scale(factor_.data(), count, red.data(), green.data(), blue.data());
  }
  index_gamut(tables.gamut, red.data(), green.data(), blue.data(), count,
              {index_[0].data(), index_[1].data(), index_[2].data()});
  for (std::size_t c = 0; c < 3; ++c) look_up(tables.shades, index_[c], shade_[c], count);
  shade_row(tables.luma, shade_[0].data(), shade_[1].data(), shade_[2].data(), count, luma_.data(), blue_.data(),
            red_.data());
  round_luma(luma_.data(), threshold, tables.luma_offset, half_, luma);
}

void ToneRows::chroma_row(const ToneTables& tables, const float* threshold, std::uint8_t* cb, std::uint8_t* cr) {
  chroma_plane_row(blue_, tables.centred_chroma, tables.cb, threshold, half_, cb);
  chroma_plane_row(red_, tables.centred_chroma, tables.cr, threshold, half_, cr);
  std::ranges::fill(blue_, 0.0F);
  std::ranges::fill(red_, 0.0F);
}

}  // namespace tokprep::av
