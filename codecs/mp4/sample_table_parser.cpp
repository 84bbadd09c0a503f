#include <fmt/format.h>

#include <algorithm>

#include "codecs/mp4/box.h"
#include "codecs/mp4/byte_reader.h"
#include "codecs/mp4/sample_table.h"

namespace tokprep::mp4 {
namespace {

/// Reads version, flags and the entry count of a table, and holds the count against the bytes that follow.
std::uint32_t entry_count(ByteReader& reader, std::size_t entry_bytes, std::string_view box, std::string& damage) {
  reader.skip(4);
  const std::uint32_t declared = reader.u32();
  const std::size_t present = reader.rest().size() / entry_bytes;
  if (declared <= present) return declared;
  damage = fmt::format("the {} box declares {} entries and holds {}", box, declared, present);
  return static_cast<std::uint32_t>(present);
}

template <class T>
std::vector<Run<T>> parse_runs(std::string_view body, std::string_view box, std::string& damage) {
  ByteReader reader(body);
  std::vector<Run<T>> runs(entry_count(reader, 8, box, damage));
  for (auto& run : runs) run = {reader.u32(), static_cast<T>(reader.u32())};
  return runs;
}

void parse_sizes(std::string_view body, SampleTable& table, std::string& damage) {
  ByteReader reader(body);
  reader.skip(4);
  table.shared_size_bytes = reader.u32();
  if (table.shared_size_bytes != 0) {
    table.sample_count = reader.u32();
    return;
  }
  ByteReader counted(body.substr(std::min<std::size_t>(body.size(), 4)));
  table.sizes_bytes.resize(entry_count(counted, 4, "stsz", damage));
  for (auto& size : table.sizes_bytes) size = counted.u32();
  table.sample_count = static_cast<std::uint32_t>(table.sizes_bytes.size());
}

void parse_compact_sizes(std::string_view body, SampleTable& table, std::string& damage) {
  ByteReader reader(body);
  reader.skip(7);
  const unsigned bits = reader.u8();
  const std::uint64_t declared = reader.u32();
  if ((bits != 4 && bits != 8 && bits != 16) || (declared * bits + 7) / 8 > reader.rest().size()) {
    damage = fmt::format("the stz2 box declares {} sizes of {} bits and holds {} bytes", declared, bits,
                         reader.rest().size());
    return;
  }
  table.sample_count = static_cast<std::uint32_t>(declared);
  table.sizes_bytes.reserve(declared);
  while (table.sizes_bytes.size() < declared) {
    const std::uint32_t value = bits == 16 ? reader.u16() : reader.u8();
    if (bits == 4) table.sizes_bytes.push_back(value >> 4U);
    if (table.sizes_bytes.size() < declared) table.sizes_bytes.push_back(bits == 4 ? value & 15U : value);
  }
}

void parse_chunk_runs(std::string_view body, SampleTable& table, std::string& damage) {
  ByteReader reader(body);
  table.chunk_runs.resize(entry_count(reader, 12, "stsc", damage));
  for (auto& run : table.chunk_runs) {
    run = {reader.u32(), reader.u32()};
    reader.skip(4);
  }
  const bool sorted = std::ranges::is_sorted(table.chunk_runs, std::ranges::less{}, &ChunkRun::first_chunk);
  if (!sorted || (!table.chunk_runs.empty() && table.chunk_runs.front().first_chunk != 1)) {
    damage = "the stsc box does not number its chunks from 1 upwards";
    table.chunk_runs.clear();
  }
}

void parse_chunk_offsets(std::string_view body, bool wide, SampleTable& table, std::string& damage) {
  ByteReader reader(body);
  table.chunk_offsets.resize(entry_count(reader, wide ? 8 : 4, wide ? "co64" : "stco", damage));
  for (auto& offset : table.chunk_offsets) offset = wide ? reader.u64() : reader.u32();
}

void parse_key_samples(std::string_view body, std::string_view box, SampleTable& table, std::string& damage) {
  ByteReader reader(body);
  const std::uint32_t count = entry_count(reader, 4, box, damage);
  table.key_samples.reserve(table.key_samples.size() + count);
  for (std::uint32_t i = 0; i < count; ++i) table.key_samples.push_back(reader.u32());
}

void parse_table(const BoxView& box, SampleTable& table, std::string& damage) {
  switch (box.type) {
    case fourcc("stts"):
      table.durations = parse_runs<std::uint32_t>(box.body, "stts", damage);
      break;
    // Offsets are signed in practice, whatever version the box says it is.
    case fourcc("ctts"):
      table.composition_offsets = parse_runs<std::int32_t>(box.body, "ctts", damage);
      break;
    case fourcc("stsz"):
      parse_sizes(box.body, table, damage);
      break;
    case fourcc("stz2"):
      parse_compact_sizes(box.body, table, damage);
      break;
    case fourcc("stsc"):
      parse_chunk_runs(box.body, table, damage);
      break;
    case fourcc("stco"):
      parse_chunk_offsets(box.body, false, table, damage);
      break;
    case fourcc("co64"):
      parse_chunk_offsets(box.body, true, table, damage);
      break;
    case fourcc("stss"):
      table.every_sample_is_key = false;
      parse_key_samples(box.body, "stss", table, damage);
      break;
    case fourcc("stps"):
      parse_key_samples(box.body, "stps", table, damage);
      break;
    default:
      break;
  }
}

}  // namespace

SampleTable parse_sample_table(std::string_view body, std::string& damage) {
  SampleTable table;
  const BoxList children = child_boxes(body);
  for (const BoxView& box : children.boxes) parse_table(box, table, damage);
  std::ranges::sort(table.key_samples);
  if (damage.empty()) damage = children.damage;
  if (damage.empty() && table.timed_samples() != table.sample_count) {
    damage = fmt::format("{} samples have a size, {} a time", table.sample_count, table.timed_samples());
  }
  return table;
}

}  // namespace tokprep::mp4
