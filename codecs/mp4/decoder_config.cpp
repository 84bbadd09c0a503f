#include "codecs/mp4/decoder_config.h"

#include <array>

#include "codecs/mp4/box_writer.h"
#include "codecs/mp4/byte_reader.h"
#include "codecs/mp4/decline.h"

namespace tokprep::mp4 {
namespace {

/// Moves past `count` parameter sets, each behind its 16-bit size.
void skip_parameter_sets(ByteReader& reader, unsigned count) {
  for (; count > 0; --count) reader.skip(reader.u16());
}

bool has_format_extension(std::uint8_t profile) { return profile != 66 && profile != 77 && profile != 88; }

}  // namespace

Result<std::string> clean_avc_config(std::string_view body) {
  constexpr unsigned kCountMask = 0x1F;
  ByteReader reader(body);
  const std::uint8_t version = reader.u8();
  const std::uint8_t profile = reader.u8();
  reader.skip(3);  // compatibility, level, length size
  const unsigned sequence_sets = reader.u8() & kCountMask;
  skip_parameter_sets(reader, sequence_sets);
  const unsigned picture_sets = reader.u8();
  skip_parameter_sets(reader, picture_sets);
  if (!reader.ok() || version != 1 || sequence_sets == 0 || picture_sets == 0) {
    return decline("its avcC box is damaged");
  }
  // Writers of old leave the extension out.
  if (has_format_extension(profile) && reader.rest().size() >= 4) {
    ByteReader extension(reader.rest());
    extension.skip(3);  // chroma format, bit depths
    skip_parameter_sets(extension, extension.u8());
    if (extension.ok()) reader = extension;
  }
  return std::string(body.substr(0, body.size() - reader.rest().size()));
}

Result<HevcConfig> clean_hevc_config(std::string_view body) {
  constexpr std::size_t kFixedBytes = 22;
  constexpr unsigned kComplete = 0x80, kTypeMask = 0x3F, kFirstKind = 32, kKinds = 3;  // VPS, SPS, PPS
  ByteReader reader(body);
  const std::string_view fixed = reader.bytes(kFixedBytes);
  HevcConfig config;
  std::array<bool, kKinds> seen{};
  BoxWriter arrays;
  unsigned kept = 0;
  for (unsigned left = reader.u8(); left > 0 && reader.ok(); --left) {
    const unsigned head = reader.u8();
    const unsigned kind = (head & kTypeMask) - kFirstKind;  // wraps far above kKinds for lower types
    const std::string_view from_here = reader.rest();
    skip_parameter_sets(reader, reader.u16());
    if (kind >= kKinds || !reader.ok()) continue;
    arrays.u8(kComplete | (head & kTypeMask));
    arrays.bytes(from_here.substr(0, from_here.size() - reader.rest().size()));
    config.complete = config.complete && (head & kComplete) != 0;
    seen[kind] = true;
    ++kept;
  }
  if (!reader.ok() || fixed.front() != 1) return decline("its hvcC box is damaged");
  if (!seen[0] || !seen[1] || !seen[2]) return decline("its hvcC box lacks parameter sets");
  config.length_bytes = (static_cast<std::uint8_t>(fixed.back()) & 3U) + 1;
  BoxWriter out;
  out.bytes(fixed);
  out.u8(kept);
  out.bytes(arrays.take());
  config.body = out.take();
  return config;
}

}  // namespace tokprep::mp4
