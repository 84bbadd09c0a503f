#include <array>

#include "codecs/mp4/box_writer.h"
#include "codecs/mp4/byte_reader.h"
#include "codecs/mp4/decline.h"
#include "codecs/mp4/decoder_config.h"

namespace tokprep::mp4 {
namespace {

// Descriptor tags of ISO/IEC 14496-1.
constexpr unsigned kEsTag = 3, kDecoderTag = 4, kSpecificTag = 5, kSyncTag = 6;

struct Descriptor {
  unsigned tag = 0;
  std::string_view body;
};

/// A tag, a size in groups of seven bits, a body.
Descriptor read_descriptor(ByteReader& reader) {
  Descriptor descriptor;
  descriptor.tag = reader.u8();
  std::size_t size = 0;
  for (int i = 0; i < 4; ++i) {
    const unsigned byte = reader.u8();
    size = (size << 7U) | (byte & 0x7FU);
    if ((byte & 0x80U) == 0) break;
  }
  descriptor.body = reader.bytes(size);
  return descriptor;
}

/// The descriptor that tells of the decoder, inside that of the elementary stream.
Descriptor decoder_descriptor(std::string_view esds_body) {
  constexpr unsigned kDepends = 0x80, kUrl = 0x40, kClock = 0x20;
  ByteReader box(esds_body);
  box.skip(4);
  const Descriptor stream = read_descriptor(box);
  ByteReader reader(stream.body);
  reader.skip(2);
  const unsigned flags = reader.u8();
  if (stream.tag != kEsTag || (flags & kUrl) != 0) return {};
  reader.skip(((flags & kDepends) != 0 ? 2U : 0U) + ((flags & kClock) != 0 ? 2U : 0U));
  return read_descriptor(reader);
}

/// What AudioSpecificConfig begins with. Its fields lie across bytes: 5 bits of type, 4 of rate, 4 of channels.
Status read_specific_config(std::string_view bytes, AacConfig& config) {
  constexpr std::array kRates_hz{96000U, 88200U, 64000U, 48000U, 44100U, 32000U, 24000U,
                                 22050U, 16000U, 12000U, 11025U, 8000U,  7350U};
  constexpr std::array<std::uint16_t, 8> kChannels{0, 1, 2, 3, 4, 5, 6, 8};
  constexpr std::size_t kMostBytes = 16;  // a longer one brings a channel map of its own, with room for a comment
  constexpr unsigned kLowComplexity = 2;
  ByteReader reader(bytes);
  const unsigned bits = reader.u16();
  const unsigned type = bits >> 11U, rate = (bits >> 7U) & 15U, channels = (bits >> 3U) & 15U;
  if (!reader.ok() || bytes.size() > kMostBytes || type != kLowComplexity || rate >= kRates_hz.size() ||
      channels == 0 || channels >= kChannels.size()) {
    return decline("its sound is not plain AAC-LC");
  }
  config.sample_rate_hz = kRates_hz[rate];
  config.channels = kChannels[channels];
  return {};
}

void write_descriptor(BoxWriter& out, unsigned tag, std::string_view body) {
  out.u8(tag);
  out.u8(body.size());  // below 128: see kMostBytes
  out.bytes(body);
}

std::string write_descriptors(std::string_view decoder_head, std::string_view specific) {
  constexpr std::string_view kSyncBody("\x02", 1);  // "as MP4 has it"
  BoxWriter decoder;
  decoder.bytes(decoder_head);
  write_descriptor(decoder, kSpecificTag, specific);
  BoxWriter stream;
  stream.zeros(3);  // no number, no flags
  write_descriptor(stream, kDecoderTag, decoder.take());
  write_descriptor(stream, kSyncTag, kSyncBody);
  BoxWriter body;
  write_descriptor(body, kEsTag, stream.take());
  return body.take();
}

}  // namespace

Result<AacConfig> clean_aac_config(std::string_view esds_body) {
  constexpr unsigned kAacObject = 0x40;
  constexpr std::size_t kHeadBytes = 13;  // object type, stream type, buffer size, largest and mean bit rate
  const Descriptor decoder = decoder_descriptor(esds_body);
  ByteReader reader(decoder.body);
  const std::string_view head = reader.bytes(kHeadBytes);
  const Descriptor specific = read_descriptor(reader);
  if (!reader.ok() || decoder.tag != kDecoderTag || specific.tag != kSpecificTag) {
    return decline("its esds box is damaged");
  }
  if (static_cast<std::uint8_t>(head.front()) != kAacObject) return decline("its sound is not plain AAC-LC");
  AacConfig config;
  TOKPREP_TRY(read_specific_config(specific.body, config));
  config.descriptors = write_descriptors(head, specific.body);
  return config;
}

}  // namespace tokprep::mp4
