#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace tokprep::av {

/// The inner loops of the tone map, one row at a time: plain arithmetic over arrays, for the compiler to put into
/// vector instructions, and table look-ups apart from it.
///
/// A row of an even number of pixels is kept as its even columns followed by its odd ones: 4:2:0 chroma stands on the
/// even columns, and so no loop has to pick every second value.

/// Tables and numbers that depend on the source's curve, primaries and peak, and on the output's matrix.
struct ToneTables {
  static constexpr int kSignals = 4096;  ///< signals are looked up as 0 … 4095
  static constexpr int kLights = 4096;   ///< light as its square root, 0 … 4096
  static constexpr float kFull = 65535;  ///< what stands for 1 in `shades`

  std::vector<float> light;           ///< of each signal, 1 is the peak; before the system gamma in HLG
  std::vector<float> system_gamma;    ///< factor for each square root of luminance; empty: none
  std::vector<std::uint32_t> shades;  ///< for each root of light: SDR signal << 16, and signal without the roll-off
  std::array<float, 3> luminance{};   ///< weights of the source's primaries
  std::array<std::array<float, 3>, 3> gamut{};  ///< linear source RGB to linear bt709
  std::array<float, 3> luma{};                  ///< R', G', B' to the output's luma code
  float luma_offset = 16;
  float cb = 0, cr = 0;         ///< codes per (B' - Y') and (R' - Y'), those in luma codes and summed over eight
  bool centred_chroma = false;  ///< between the columns, as in JPEG; else on the even ones
};

/// A source row: 10-bit limited bt2020nc. `far` is the second nearest chroma row.
struct SourceRow {
  const std::uint16_t* luma;
  const std::uint16_t *near_cb, *far_cb, *near_cr, *far_cr;
};

/// Where rows are worked on. One thread at a time.
class ToneRows {
 public:
  explicit ToneRows(int width);

  /// One row of luma; its chroma is added to what will be thinned out.
  void luma_row(const ToneTables& tables, const SourceRow& source, const float* threshold, std::uint8_t* luma);

  /// One row of chroma from the two luma rows made since the last call.
  void chroma_row(const ToneTables& tables, const float* threshold, std::uint8_t* cb, std::uint8_t* cr);

 private:
  void read(const SourceRow& source);

  int half_;
  std::vector<float> cb_, cr_;                      // half a row and one more
  std::array<std::vector<std::int32_t>, 3> index_;  // of R, G, B in the table that is next
  std::array<std::vector<float>, 3> light_;
  std::array<std::vector<std::uint32_t>, 3> shade_;
  std::vector<float> factor_, luma_;
  std::vector<float> blue_, red_;  // B' - Y', R' - Y', summed over two rows
};

}  // namespace tokprep::av
