#include "codecs/av/tone_map.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "codecs/av/yuv_code.h"
#include "codecs/tone_curve.h"

extern "C" {
#include <libavutil/mastering_display_metadata.h>
}

namespace tokprep::av {
namespace {

constexpr int kPatternSide = 8;

std::vector<float> light_table(HdrKind kind, double peak_nits) {
  std::vector<float> table(ToneTables::kSignals);
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double signal = static_cast<double>(i) / (ToneTables::kSignals - 1);
    const double light = kind == HdrKind::kPq ? tone::pq_nits(signal) / peak_nits : tone::hlg_scene_light(signal);
    table[i] = static_cast<float>(std::min(light, 1.0));
  }
  return table;
}

std::vector<float> system_gamma_table() {
  std::vector<float> table(ToneTables::kLights + 1);
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double root = static_cast<double>(i) / ToneTables::kLights;
    table[i] = static_cast<float>(std::pow(root * root, tone::kHlgSystemGamma - 1));
  }
  return table;
}

std::vector<std::uint32_t> shade_table(double peak_nits) {
  const double brightest = tone::sdr_signal(peak_nits);
  const tone::RollOff roll_off(brightest);
  std::vector<std::uint32_t> table(ToneTables::kLights + 1);
  const auto word = [](double signal) { return static_cast<std::uint32_t>(std::lround(signal * ToneTables::kFull)); };
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double root = static_cast<double>(i) / ToneTables::kLights;
    const double signal = tone::sdr_signal(root * root * peak_nits);
    table[i] = word(roll_off(signal)) << 16 | word(signal / brightest);
  }
  return table;
}

ToneTables make_tables(HdrKind kind, std::string_view primaries, double peak_nits, bool for_jpeg) {
  ToneTables tables;
  tables.light = light_table(kind, peak_nits);
  if (kind == HdrKind::kHlg) tables.system_gamma = system_gamma_table();
  tables.shades = shade_table(peak_nits);
  const auto luminance = tone::luminance_weights(primaries);
  const auto gamut = tone::to_bt709(primaries);
  for (std::size_t i = 0; i < 3; ++i) {
    tables.luminance[i] = static_cast<float>(luminance[i]);
    for (std::size_t j = 0; j < 3; ++j) tables.gamut[i][j] = static_cast<float>(gamut[i][j]);
  }
  const LumaWeights weights = luma_weights(for_jpeg ? "smpte170m" : "bt709");
  const double luma_span = for_jpeg ? 255 : 219;
  const double chroma_span = for_jpeg ? 255 : 224;
  const double unit = luma_span / ToneTables::kFull;
  tables.luma = {static_cast<float>(weights.red * unit), static_cast<float>(weights.green() * unit),
                 static_cast<float>(weights.blue * unit)};
  tables.luma_offset = for_jpeg ? 0 : 16;
  tables.cb = static_cast<float>(chroma_span / luma_span / (2 * (1 - weights.blue)) / 8);
  tables.cr = static_cast<float>(chroma_span / luma_span / (2 * (1 - weights.red)) / 8);
  tables.centred_chroma = for_jpeg;
  return tables;
}

/// Bayer's pattern: each row and column of it, and each quarter, has every part of the range in it.
float threshold(int x, int y) {
  int value = 0;
  for (int bit = 0; bit < 3; ++bit) {
    const int across = x >> bit & 1, down = y >> bit & 1;
    value = value << 2 | (across ^ down) << 1 | down;
  }
  return (static_cast<float>(value) + 0.5F) / (kPatternSide * kPatternSide);
}

/// For each row of the pattern a row of the picture, its even columns first.
std::vector<float> threshold_rows(int width) {
  std::vector<float> rows;
  rows.reserve(static_cast<std::size_t>(width) * kPatternSide);
  for (int y = 0; y < kPatternSide; ++y) {
    for (int x = 0; x < width; x += 2) rows.push_back(threshold(x % kPatternSide, y));
    for (int x = 1; x < width; x += 2) rows.push_back(threshold(x % kPatternSide, y));
  }
  return rows;
}

template <class Sample>
auto* row_of(const AVFrame& frame, int plane, int y) {
  return reinterpret_cast<Sample*>(frame.data[plane] + static_cast<std::ptrdiff_t>(y) * frame.linesize[plane]);
}

/// Luma row `y`: of the chroma rows, which stand between pairs, the nearest and the one on the other side.
SourceRow source_row(const AVFrame& frame, int y) {
  const int near = y / 2;
  const int far = std::clamp(y % 2 == 0 ? near - 1 : near + 1, 0, frame.height / 2 - 1);
  using Sample = const std::uint16_t;
  return {row_of<Sample>(frame, 0, y), row_of<Sample>(frame, 1, near), row_of<Sample>(frame, 1, far),
          row_of<Sample>(frame, 2, near), row_of<Sample>(frame, 2, far)};
}

}  // namespace

ToneMap::ToneMap(HdrKind kind, std::string_view primaries, double peak_nits, bool for_jpeg)
    : tables_(make_tables(kind, primaries, peak_nits, for_jpeg)) {}

Result<FramePtr> ToneMap::map(const AVFrame& frame) {
  TOKPREP_ASSIGN(FramePtr mapped, pool_.get(AV_PIX_FMT_YUV420P, frame.width, frame.height, frame));
  if (frame.width != width_px_) {
    width_px_ = frame.width;
    thresholds_ = threshold_rows(width_px_);
    rows_ = std::make_unique<ToneRows>(width_px_);
  }
  const auto thresholds = [this](int y) { return thresholds_.data() + y % kPatternSide * width_px_; };
  for (int y = 0; y < frame.height; y += 2) {
    for (int row = y; row < y + 2; ++row) {
      rows_->luma_row(tables_, source_row(frame, row), thresholds(row), row_of<std::uint8_t>(*mapped, 0, row));
    }
    const int chroma_y = y / 2;
    rows_->chroma_row(tables_, thresholds(chroma_y), row_of<std::uint8_t>(*mapped, 1, chroma_y),
                      row_of<std::uint8_t>(*mapped, 2, chroma_y));
  }
  return mapped;
}

double peak_nits_of(const AVFrame& frame, HdrKind kind) {
  if (kind == HdrKind::kHlg) return tone::kHlgPeakNits;
  double peak_nits = 0;
  if (const AVFrameSideData* data = av_frame_get_side_data(&frame, AV_FRAME_DATA_MASTERING_DISPLAY_METADATA)) {
    const auto* display = reinterpret_cast<const AVMasteringDisplayMetadata*>(data->data);
    if (display->has_luminance != 0) peak_nits = av_q2d(display->max_luminance);
  }
  if (const AVFrameSideData* data = av_frame_get_side_data(&frame, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL)) {
    const auto* level = reinterpret_cast<const AVContentLightMetadata*>(data->data);
    if (level->MaxCLL > 0) peak_nits = level->MaxCLL;
  }
  return tone::pq_peak_nits(peak_nits);
}

}  // namespace tokprep::av
