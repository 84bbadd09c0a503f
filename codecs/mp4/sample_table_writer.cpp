#include "codecs/mp4/sample_table_writer.h"

#include <algorithm>

namespace tokprep::mp4 {
namespace {

template <class T>
void write_runs(BoxWriter& out, FourCc type, const std::vector<Run<T>>& runs) {
  out.full_box(type, 0, 0, [&] {
    out.u32(runs.size());
    for (const auto& run : runs) {
      out.u32(run.count);
      out.u32(static_cast<std::uint32_t>(run.value));
    }
  });
}

void write_key_samples(BoxWriter& out, const SampleTable& table) {
  if (table.every_sample_is_key) return;
  out.full_box(fourcc("stss"), 0, 0, [&] {
    out.u32(table.key_samples.size());
    for (const std::uint32_t number : table.key_samples) out.u32(number);
  });
}

void write_chunk_runs(BoxWriter& out, const SampleTable& table) {
  out.full_box(fourcc("stsc"), 0, 0, [&] {
    out.u32(table.chunk_runs.size());
    for (const ChunkRun& run : table.chunk_runs) {
      out.u32(run.first_chunk);
      out.u32(run.samples_per_chunk);
      out.u32(1);  // the one sample description
    }
  });
}

void write_sizes(BoxWriter& out, const SampleTable& table) {
  out.full_box(fourcc("stsz"), 0, 0, [&] {
    out.u32(table.shared_size_bytes);
    out.u32(table.sample_count);
    for (const std::uint32_t size_bytes : table.sizes_bytes) out.u32(size_bytes);
  });
}

}  // namespace

void write_sample_table(BoxWriter& out, const SampleTable& table, std::string_view sample_entry,
                        std::uint64_t data_offset, bool wide_offsets) {
  const bool reordered = std::ranges::any_of(table.composition_offsets, [](const auto& run) { return run.value != 0; });
  out.box(fourcc("stbl"), [&] {
    out.full_box(fourcc("stsd"), 0, 0, [&] {
      out.u32(1);
      out.bytes(sample_entry);
    });
    write_runs(out, fourcc("stts"), table.durations);
    if (reordered) write_runs(out, fourcc("ctts"), table.composition_offsets);
    write_key_samples(out, table);
    write_chunk_runs(out, table);
    write_sizes(out, table);
    out.full_box(wide_offsets ? fourcc("co64") : fourcc("stco"), 0, 0, [&] {
      out.u32(table.chunk_offsets.size());
      for (const std::uint64_t offset : table.chunk_offsets) out.sized(data_offset + offset, wide_offsets);
    });
  });
}

}  // namespace tokprep::mp4
