#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tokprep::av {

/// Plain AAC-LC, as its AudioSpecificConfig (ISO/IEC 14496-3) declares it.
struct AacConfig {
  int sample_rate_hz = 0;
  std::uint64_t layout_mask = 0;  ///< libav's AV_CH_LAYOUT_*
  int frame_samples = 1024;
};

/// Nothing unless the configuration says, without leaving room for doubt, that this is AAC-LC of one to six channels in
/// one of the standard layouts: other object types, spectral band replication (told here, or possible because
/// the rate is low and nothing excludes it), layouts of its own.
std::optional<AacConfig> parse_aac_config(std::string_view configuration);

}  // namespace tokprep::av
