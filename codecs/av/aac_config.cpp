#include "codecs/av/aac_config.h"

#include <array>

#include "codecs/av/bit_reader.h"

extern "C" {
#include <libavutil/channel_layout.h>
}

namespace tokprep::av {
namespace {

constexpr std::uint32_t kLowComplexity = 2;
constexpr std::uint32_t kBandReplication = 5;
constexpr std::array kRatesHz{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350};
constexpr std::uint32_t kWrittenOutRate = 15;
// Streams at or below this rate may double it by band replication that no header mentions.
constexpr int kHighestDoubtfulRateHz = 24000;

constexpr std::array<std::uint64_t, 7> kLayouts{0,  // told elsewhere
                                                AV_CH_LAYOUT_MONO,
                                                AV_CH_LAYOUT_STEREO,
                                                AV_CH_LAYOUT_SURROUND,
                                                AV_CH_LAYOUT_4POINT0,
                                                AV_CH_LAYOUT_5POINT0_BACK,
                                                AV_CH_LAYOUT_5POINT1_BACK};

std::uint32_t read_object_type(BitReader& reader) {
  const std::uint32_t type = reader.bits(5);
  return type == 31 ? 32 + reader.bits(6) : type;
}

int read_rate(BitReader& reader) {
  const std::uint32_t index = reader.bits(4);
  if (index == kWrittenOutRate) return static_cast<int>(reader.bits(24));
  return index < kRatesHz.size() ? kRatesHz.at(index) : 0;
}

/// The extension behind the configuration: whether there is band replication; nothing where there is no word of it.
std::optional<bool> replication_of(BitReader reader) {
  constexpr std::uint32_t kSyncWord = 0x2B7;
  while (reader.left() > 15) {
    BitReader ahead = reader;
    if (ahead.bits(11) != kSyncWord) {
      reader.skip(1);
      continue;
    }
    return read_object_type(ahead) == kBandReplication ? std::optional(ahead.flag()) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<AacConfig> parse_aac_config(std::string_view configuration) {
  BitReader reader(configuration);
  if (read_object_type(reader) != kLowComplexity) return std::nullopt;
  AacConfig config;
  config.sample_rate_hz = read_rate(reader);
  const std::uint32_t channels = reader.bits(4);
  const bool short_frames = reader.flag();
  if (!reader.ok() || config.sample_rate_hz <= 0 || channels == 0 || channels >= kLayouts.size()) return std::nullopt;
  config.layout_mask = kLayouts.at(channels);
  if (short_frames) config.frame_samples = 960;
  const std::optional<bool> replication = replication_of(reader);
  if (replication.value_or(config.sample_rate_hz <= kHighestDoubtfulRateHz)) return std::nullopt;
  return config;
}

}  // namespace tokprep::av
