#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tokprep::mp4 {

/// What decoders are set up with, taken out of a source and written anew: only the fields the standards define, so
/// that nothing else a file may hide behind them is carried along. All fail with kUnsupportedInput, saying why, on
/// what is damaged or of another kind.
/// Sources: ISO/IEC 14496-15 (avcC, hvcC), 14496-1 (esds), 14496-3 (AudioSpecificConfig).

/// The body of an avcC box: its parameter sets, and the format extension of the High profiles.
Result<std::string> clean_avc_config(std::string_view body);

struct HevcConfig {
  std::string body;           ///< of an hvcC box with VPS, SPS and PPS only, marked as all there are
  bool complete = true;       ///< the source said itself that no parameter sets come with the samples
  unsigned length_bytes = 4;  ///< of the size before each NAL unit
};
/// Fails where one of the three kinds of parameter sets is missing.
Result<HevcConfig> clean_hevc_config(std::string_view body);

struct AacConfig {
  std::string descriptors;  ///< the body of an esds box, after version and flags
  std::uint32_t sample_rate_hz = 0;
  std::uint16_t channels = 0;
};
/// AAC-LC with an ordinary channel configuration.
Result<AacConfig> clean_aac_config(std::string_view esds_body);

}  // namespace tokprep::mp4
