#include <algorithm>
#include <array>
#include <vector>

#include "codecs/av/vui.h"

namespace tokprep::av {
namespace {

constexpr int kSpsType = 33;
constexpr std::uint32_t kLargestSide = 65'536;
constexpr std::uint32_t kMostReferenceSets = 64;
constexpr std::uint32_t kMostReferences = 16;

void read_profile(BitReader& reader, int sub_layers, SequenceHeader& header) {
  reader.skip(3);  // profile space and tier
  header.profile_idc = static_cast<int>(reader.bits(5));
  reader.skip(32);  // compatible profiles
  reader.skip(1);   // progressive source: phones leave it out
  header.may_interlace = reader.flag();
  reader.skip(46);
  header.level_idc = static_cast<int>(reader.bits(8));
  std::array<std::uint32_t, 8> present{};  // two bits each: profile, level
  for (int i = 0; i < (sub_layers > 0 ? 8 : 0); ++i) present.at(static_cast<std::size_t>(i)) = reader.bits(2);
  for (int i = 0; i < sub_layers; ++i) {
    const std::uint32_t what = present.at(static_cast<std::size_t>(i));
    reader.skip(((what & 2U) != 0 ? 88U : 0U) + ((what & 1U) != 0 ? 8U : 0U));
  }
}

/// False where the numbers cannot be a picture.
bool read_size(BitReader& reader, SequenceHeader& header) {
  header.chroma_format = static_cast<int>(std::min(reader.ue(), 4U));
  if (header.chroma_format == 3) header.separate_planes = reader.flag();
  const std::uint32_t across = reader.ue();
  const std::uint32_t down = reader.ue();
  std::array<std::uint32_t, 4> crop{};  // left, right, top, bottom
  if (reader.flag()) std::ranges::generate(crop, [&] { return reader.ue(); });
  header.luma_bits = 8 + static_cast<int>(std::min(reader.ue(), 100U));
  header.chroma_bits = 8 + static_cast<int>(std::min(reader.ue(), 100U));
  if (!reader.ok() || header.chroma_format > 3 || across > kLargestSide || down > kLargestSide) return false;
  const std::int64_t unit_x = header.chroma_format == 1 || header.chroma_format == 2 ? 2 : 1;
  const std::int64_t unit_y = header.chroma_format == 1 ? 2 : 1;
  const std::int64_t width = across - unit_x * (std::int64_t{crop[0]} + crop[1]);
  const std::int64_t height = down - unit_y * (std::int64_t{crop[2]} + crop[3]);
  if (width <= 0 || height <= 0) return false;
  header.width_px = static_cast<int>(width);
  header.height_px = static_cast<int>(height);
  return true;
}

void read_reordering(BitReader& reader, int sub_layers, SequenceHeader& header) {
  const bool each_layer = reader.flag();
  for (int i = each_layer ? 0 : sub_layers; i <= sub_layers; ++i) {
    reader.ue();
    header.reorders = static_cast<int>(std::min(reader.ue(), kMostReferences));  // that of the last layer counts
    reader.ue();
  }
}

void skip_scaling_lists(BitReader& reader) {
  for (int size = 0; size < 4; ++size) {
    for (int matrix = 0; matrix < 6; matrix += size == 3 ? 3 : 1) {
      if (!reader.flag()) {
        reader.ue();  // taken from another list
        continue;
      }
      if (size > 1) reader.se();
      for (int i = 0; i < std::min(64, 16 << (2 * size)) && reader.ok(); ++i) reader.se();
    }
  }
}

/// A set told by its difference from the one before, which has `before` references. How many it has itself.
std::uint32_t skip_predicted_set(BitReader& reader, std::uint32_t before) {
  reader.skip(1);
  reader.ue();
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i <= before; ++i) {
    const bool used = reader.flag();
    if (used || reader.flag()) ++count;
  }
  return count;
}

bool skip_reference_sets(BitReader& reader) {
  const std::uint32_t sets = reader.ue();
  if (sets > kMostReferenceSets) return false;
  std::uint32_t references = 0;
  for (std::uint32_t set = 0; set < sets && reader.ok(); ++set) {
    if (set > 0 && reader.flag()) {
      references = skip_predicted_set(reader, references);
      continue;
    }
    const std::uint32_t before = reader.ue();
    const std::uint32_t after = reader.ue();
    if (before > kMostReferences || after > kMostReferences) return false;
    references = before + after;
    for (std::uint32_t i = 0; i < references; ++i) {
      reader.ue();
      reader.skip(1);
    }
  }
  return reader.ok();
}

/// What stands between the sizes and the usability information. False for what the standard forbids.
bool skip_tools(BitReader& reader, std::uint32_t order_bits) {
  for (int i = 0; i < 6; ++i) reader.ue();  // block and transform sizes
  if (reader.flag() && reader.flag()) skip_scaling_lists(reader);
  reader.skip(2);
  if (reader.flag()) {  // PCM blocks
    reader.skip(8);
    reader.ue();
    reader.ue();
    reader.skip(1);
  }
  if (!skip_reference_sets(reader)) return false;
  if (reader.flag()) {  // long-term references
    const std::uint32_t count = reader.ue();
    if (count > 2 * kMostReferences) return false;
    reader.skip(std::uint64_t{count} * (order_bits + 1));
  }
  reader.skip(2);
  return reader.ok();
}

}  // namespace

std::optional<SequenceHeader> parse_hevc_sps(std::string_view nal_unit) {
  if (nal_unit.size() < 2 || ((nal_unit.front() >> 1) & 0x3F) != kSpsType) return std::nullopt;
  const std::string bytes = without_emulation_prevention(nal_unit.substr(2));
  BitReader reader(bytes);
  SequenceHeader header;
  reader.skip(4);
  const int sub_layers = static_cast<int>(reader.bits(3));
  reader.skip(1);
  read_profile(reader, sub_layers, header);
  reader.ue();  // its number
  if (!read_size(reader, header)) return std::nullopt;
  const std::uint32_t order_bits = 4 + std::min(reader.ue(), 100U);
  if (order_bits > 16) return std::nullopt;
  read_reordering(reader, sub_layers, header);
  if (!skip_tools(reader, order_bits)) return std::nullopt;
  if (reader.flag()) {
    read_vui_start(reader, header);
    reader.skip(1);
    const bool fields = reader.flag();  // each picture is a field
    header.may_interlace = header.may_interlace || fields;
    reader.skip(1);
    header.cropped_by_display_window = reader.flag();
  }
  return reader.ok() ? std::optional(header) : std::nullopt;
}

}  // namespace tokprep::av
