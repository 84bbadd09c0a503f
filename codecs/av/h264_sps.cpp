#include <algorithm>
#include <array>

#include "codecs/av/vui.h"

namespace tokprep::av {
namespace {

constexpr int kSpsType = 7;
// Profiles whose sets tell chroma format and bit depth; in all others they are 4:2:0 and 8 bits.
constexpr std::array kProfilesWithFormat{100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135};
constexpr std::uint32_t kMostMacroblocks = 4096;  // a side of 65,536 pixels: more than any level allows

void skip_scaling_list(BitReader& reader, int size) {
  std::int64_t last = 8, next = 8;
  for (int i = 0; i < size && reader.ok(); ++i) {
    if (next != 0) next = (last + reader.se()) & 0xFF;
    last = next == 0 ? last : next;
  }
}

void read_format(BitReader& reader, SequenceHeader& header) {
  header.chroma_format = static_cast<int>(reader.ue());
  if (header.chroma_format == 3) header.separate_planes = reader.flag();
  header.luma_bits = 8 + static_cast<int>(std::min(reader.ue(), 100U));
  header.chroma_bits = 8 + static_cast<int>(std::min(reader.ue(), 100U));
  reader.skip(1);  // lossless transform bypass
  if (!reader.flag()) return;
  const int lists = header.chroma_format == 3 ? 12 : 8;
  for (int i = 0; i < lists; ++i) {
    if (reader.flag()) skip_scaling_list(reader, i < 6 ? 16 : 64);
  }
}

void skip_picture_order(BitReader& reader) {
  const std::uint32_t kind = reader.ue();
  if (kind == 0) reader.ue();
  if (kind != 1) return;
  reader.skip(1);
  reader.se();
  reader.se();
  const std::uint32_t cycle = reader.ue();
  for (std::uint32_t i = 0; i < cycle && reader.ok(); ++i) reader.se();
}

/// False where the numbers cannot be a picture.
bool read_size(BitReader& reader, SequenceHeader& header) {
  const std::uint32_t across = reader.ue();
  const std::uint32_t down = reader.ue();
  const bool frames_only = reader.flag();
  if (!frames_only) reader.skip(1);  // frame or field by macroblock
  header.may_interlace = !frames_only;
  reader.skip(1);                       // direct_8x8_inference
  std::array<std::uint32_t, 4> crop{};  // left, right, top, bottom
  if (reader.flag()) std::ranges::generate(crop, [&] { return reader.ue(); });
  if (!reader.ok() || across >= kMostMacroblocks || down >= kMostMacroblocks) return false;
  const std::int64_t fields = frames_only ? 1 : 2;
  const bool subsampled = header.chroma_format != 0 && !header.separate_planes;
  const std::int64_t unit_x = subsampled && header.chroma_format != 3 ? 2 : 1;
  const std::int64_t unit_y = (subsampled && header.chroma_format == 1 ? 2 : 1) * fields;
  const std::int64_t width = 16 * (std::int64_t{across} + 1) - unit_x * (std::int64_t{crop[0]} + crop[1]);
  const std::int64_t height = 16 * fields * (std::int64_t{down} + 1) - unit_y * (std::int64_t{crop[2]} + crop[3]);
  if (width <= 0 || height <= 0) return false;
  header.width_px = static_cast<int>(width);
  header.height_px = static_cast<int>(height);
  return true;
}

void skip_hrd(BitReader& reader) {
  const std::uint32_t buffers = reader.ue();
  reader.skip(8);
  for (std::uint32_t i = 0; i <= buffers && reader.ok(); ++i) {
    reader.ue();
    reader.ue();
    reader.skip(1);
  }
  reader.skip(20);
}

/// The end of the usability information: what decoders must hold back.
void read_restrictions(BitReader& reader, SequenceHeader& header) {
  if (reader.flag()) reader.skip(65);  // clock and fixed rate
  const bool nal_hrd = reader.flag();
  if (nal_hrd) skip_hrd(reader);
  const bool vcl_hrd = reader.flag();
  if (vcl_hrd) skip_hrd(reader);
  if (nal_hrd || vcl_hrd) reader.skip(1);
  reader.skip(1);  // picture structure in SEI
  if (!reader.flag()) return;
  reader.skip(1);
  for (int i = 0; i < 4; ++i) reader.ue();
  const std::uint32_t reorders = reader.ue();
  constexpr std::uint32_t kMostFrames = 16;
  if (reader.ok() && reorders <= kMostFrames) header.reorders = static_cast<int>(reorders);
}

}  // namespace

std::optional<SequenceHeader> parse_h264_sps(std::string_view nal_unit) {
  if (nal_unit.empty() || (nal_unit.front() & 0x1F) != kSpsType) return std::nullopt;
  const std::string bytes = without_emulation_prevention(nal_unit.substr(1));
  BitReader reader(bytes);
  SequenceHeader header;
  header.profile_idc = static_cast<int>(reader.bits(8));
  header.constraints = static_cast<int>(reader.bits(8));
  header.level_idc = static_cast<int>(reader.bits(8));
  reader.ue();  // its number
  if (std::ranges::find(kProfilesWithFormat, header.profile_idc) != kProfilesWithFormat.end()) {
    read_format(reader, header);
  }
  if (header.chroma_format > 3) return std::nullopt;
  reader.ue();  // size of the frame number
  skip_picture_order(reader);
  reader.ue();  // reference frames
  reader.skip(1);
  if (!read_size(reader, header)) return std::nullopt;
  if (reader.flag()) {
    read_vui_start(reader, header);
    if (!reader.ok()) return std::nullopt;
    read_restrictions(reader, header);  // often cut short; what was read before stands
    return header;
  }
  return reader.ok() ? std::optional(header) : std::nullopt;
}

}  // namespace tokprep::av
