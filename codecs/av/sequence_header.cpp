#include "codecs/av/sequence_header.h"

#include "codecs/mp4/byte_reader.h"

namespace tokprep::av {

namespace {

constexpr std::string_view kStartCode("\0\0\1", 3);

/// The one sequence parameter set of a list of NAL units behind start codes.
std::optional<SequenceHeader> parse_start_codes(std::string_view bytes) {
  std::optional<SequenceHeader> header;
  for (auto at = bytes.find(kStartCode); at != std::string_view::npos; at = bytes.find(kStartCode)) {
    bytes.remove_prefix(at + kStartCode.size());
    const auto read = parse_h264_sps(bytes.substr(0, bytes.find(kStartCode)));
    if (read && header) return std::nullopt;
    if (read) header = read;
  }
  return header;
}

}  // namespace

std::optional<SequenceHeader> parse_h264_configuration(std::string_view configuration) {
  if (configuration.starts_with(kStartCode) || configuration.substr(0, 4) == std::string_view("\0\0\0\1", 4)) {
    return parse_start_codes(configuration);
  }
  return parse_avcc(configuration);
}

std::optional<SequenceHeader> parse_avcc(std::string_view configuration) {
  mp4::ByteReader reader(configuration);
  if (reader.u8() != 1) return std::nullopt;
  reader.skip(4);
  const int count = reader.u8() & 0x1F;
  const std::string_view nal_unit = reader.bytes(reader.u16());
  return count == 1 && reader.ok() ? parse_h264_sps(nal_unit) : std::nullopt;
}

std::optional<SequenceHeader> parse_hvcc(std::string_view configuration) {
  constexpr int kSequenceSets = 33;
  mp4::ByteReader reader(configuration);
  if (reader.u8() != 1) return std::nullopt;
  reader.skip(21);
  const int arrays = reader.u8();
  std::string_view found;
  int sets = 0;
  for (int i = 0; i < arrays && reader.ok(); ++i) {
    const int type = reader.u8() & 0x3F;
    const int count = reader.u16();
    for (int j = 0; j < count && reader.ok(); ++j) {
      const std::string_view nal_unit = reader.bytes(reader.u16());
      if (type != kSequenceSets) continue;
      found = nal_unit;
      ++sets;
    }
  }
  return sets == 1 && reader.ok() ? parse_hevc_sps(found) : std::nullopt;
}

}  // namespace tokprep::av
