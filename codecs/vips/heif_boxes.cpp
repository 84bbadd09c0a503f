#include "codecs/vips/heif_boxes.h"

#include <algorithm>

#include "codecs/vips/byte_reader.h"

namespace tokprep::still {
namespace {

struct Box {
  std::string_view type;
  std::string_view body;  // without the header
};

/// The box at the reader, and the reader behind it. A size of 0 runs to the end, 1 has the real size behind it.
std::optional<Box> next_box(ByteReader& reader) {
  if (reader.left() < 8) return std::nullopt;
  const std::size_t start = reader.at();
  std::uint64_t size = reader.u32();
  const std::string_view type = reader.take(4);
  if (size == 1) size = reader.u64();
  const std::uint64_t header = reader.at() - start;
  if (size == 0) size = header + reader.left();
  if (size < header || size - header > reader.left()) return std::nullopt;
  return Box{type, reader.take(static_cast<std::size_t>(size - header))};
}

std::vector<Box> boxes_in(std::string_view bytes) {
  std::vector<Box> boxes;
  ByteReader reader(bytes);
  while (const auto box = next_box(reader)) boxes.push_back(*box);
  return boxes;
}

std::string_view child(std::string_view parent, std::string_view type) {
  for (const Box& box : boxes_in(parent)) {
    if (box.type == type) return box.body;
  }
  return {};
}

/// The body of a full box begins with version and flags.
std::string_view behind_version(std::string_view body) { return body.substr(std::min<std::size_t>(4, body.size())); }

std::uint32_t primary_item(std::string_view meta) {
  ByteReader reader(child(meta, "pitm"));
  const std::uint8_t version = reader.u8();
  reader.skip(3);
  return version == 0 ? reader.u16() : reader.u32();
}

/// The numbers, from 1 on, of the properties that belong to `item`.
std::vector<std::size_t> properties_of(std::uint32_t item, std::string_view ipma) {
  ByteReader reader(ipma);
  const std::uint8_t version = reader.u8();
  reader.skip(2);
  const bool wide = (reader.u8() & 1) != 0;
  const std::uint32_t entries = reader.u32();
  std::vector<std::size_t> found;
  for (std::uint32_t i = 0; i < entries && !reader.cut(); ++i) {
    const std::uint32_t id = version == 0 ? reader.u16() : reader.u32();
    const std::uint8_t count = reader.u8();
    for (int k = 0; k < count; ++k) {
      const std::size_t index = wide ? reader.u16() & 0x7fff : reader.u8() & 0x7f;
      if (id == item && !reader.cut()) found.push_back(index);
    }
  }
  return found;
}

/// The picture's own content light level (`clli`) counts more than the display it was made on (`mdcv`).
void read_peak(const Box& box, HeifFacts& facts) {
  constexpr double kNitsPerUnit = 0.0001;
  constexpr std::size_t kBytesBeforeLuminance = 16;  // three primaries and the white
  ByteReader reader(box.body);
  double nits = 0;
  if (box.type == "clli") {
    nits = reader.u16();
  } else if (box.type == "mdcv" && facts.peak_nits == 0) {
    reader.skip(kBytesBeforeLuminance);
    nits = reader.u32() * kNitsPerUnit;
  }
  if (nits > 0) facts.peak_nits = nits;
}

void read_property(const Box& box, HeifFacts& facts) {
  ByteReader reader(box.body);
  read_peak(box, facts);
  if (box.type == "ispe") {
    reader.skip(4);
    facts.coded_width_px = static_cast<int>(std::min(reader.u32(), 0x7fffffffU));
    facts.coded_height_px = static_cast<int>(std::min(reader.u32(), 0x7fffffffU));
  } else if (box.type == "irot") {
    facts.rotation_deg = (360 - 90 * (reader.u8() & 3)) % 360;  // the box counts anti-clockwise
  } else if (box.type == "imir") {
    facts.mirrored = true;
  } else if (box.type == "pixi") {
    reader.skip(4);
    if (reader.u8() > 0 && reader.left() > 0) facts.bit_depth = reader.u8();
  } else if (box.type == "colr" && reader.take(4) == "nclx" && reader.left() >= 6) {
    facts.has_nclx = true;
    facts.primaries = reader.u16();
    facts.transfer = reader.u16();
  }
}

void read_brands(std::string_view ftyp, HeifFacts& facts) {
  ByteReader reader(ftyp);
  facts.major_brand = reader.take(4);
  reader.skip(4);
  while (reader.left() >= 4) facts.compatible_brands.emplace_back(reader.take(4));
}

}  // namespace

HeifFacts read_heif_boxes(std::string_view head) {
  HeifFacts facts;
  read_brands(child(head, "ftyp"), facts);
  const std::string_view meta = behind_version(child(head, "meta"));
  const std::string_view iprp = child(meta, "iprp");
  const std::vector<Box> properties = boxes_in(child(iprp, "ipco"));
  for (const std::size_t index : properties_of(primary_item(meta), child(iprp, "ipma"))) {
    if (index >= 1 && index <= properties.size()) read_property(properties[index - 1], facts);
  }
  if (!facts.has_nclx) {
    // A grid may leave its colour to the tiles; they all share one.
    const auto on_a_tile = std::ranges::find_if(
        properties, [](const Box& box) { return box.type == "colr" && box.body.starts_with("nclx"); });
    if (on_a_tile != properties.end()) read_property(*on_a_tile, facts);
  }
  return facts;
}

}  // namespace tokprep::still
