#include "codecs/mp4/chunk_layout.h"

#include <algorithm>

#include "codecs/mp4/decline.h"

namespace tokprep::mp4 {
namespace {

/// One chunk, wherever it stands.
struct Chunk {
  Extent place;
  std::uint32_t track = 0;
  std::uint32_t number = 0;  // counted from 0
};

std::uint64_t bytes_of(const SampleTable& table, std::uint64_t first_sample, std::uint64_t count) {
  if (table.shared_size_bytes != 0) return table.shared_size_bytes * count;
  std::uint64_t bytes = 0;
  for (std::uint64_t i = 0; i < count; ++i) bytes += table.sizes_bytes[first_sample + i];
  return bytes;
}

Status list_chunks(const SampleTable& table, std::uint32_t track, std::vector<Chunk>& chunks) {
  if (table.chunk_runs.empty()) return decline("a track has no table of chunks");
  std::uint64_t sample = 0;
  std::size_t run = 0;
  for (std::uint32_t number = 0; number < table.chunk_offsets.size(); ++number) {
    while (run + 1 < table.chunk_runs.size() && table.chunk_runs[run + 1].first_chunk <= number + 1U) ++run;
    const std::uint64_t held = table.chunk_runs[run].samples_per_chunk;
    if (held == 0 || held > table.sample_count - sample) return decline("its chunks hold more samples than it has");
    chunks.push_back({{table.chunk_offsets[number], bytes_of(table, sample, held)}, track, number});
    sample += held;
  }
  if (sample != table.sample_count) return decline("its chunks hold fewer samples than it has");
  return {};
}

/// `chunks` and `media_data` are sorted by their offsets.
Status require_inside(const std::vector<Chunk>& chunks, const std::vector<Extent>& media_data) {
  std::uint64_t taken_to = 0;
  auto data = media_data.begin();
  for (const Chunk& chunk : chunks) {
    const Extent& place = chunk.place;
    if (place.offset < taken_to) return decline("its chunks share bytes");
    while (data != media_data.end() && place.offset >= data->offset && place.offset - data->offset >= data->size)
      ++data;
    if (data == media_data.end() || place.offset < data->offset ||
        place.size > data->size - (place.offset - data->offset)) {
      return decline("samples stand outside of the media data");
    }
    taken_to = place.offset + place.size;
  }
  return {};
}

void append(ChunkLayout& layout, const Extent& place) {
  layout.size_bytes += place.size;
  if (!layout.stretches.empty()) {
    Extent& last = layout.stretches.back();
    if (last.offset + last.size == place.offset) {
      last.size += place.size;
      return;
    }
  }
  layout.stretches.push_back(place);
}

}  // namespace

Result<ChunkLayout> lay_out_chunks(const std::vector<const SampleTable*>& tables,
                                   const std::vector<Extent>& media_data) {
  ChunkLayout layout;
  std::vector<Chunk> chunks;
  for (std::uint32_t track = 0; track < tables.size(); ++track) {
    TOKPREP_TRY(list_chunks(*tables[track], track, chunks));
    layout.chunk_offsets.emplace_back(tables[track]->chunk_offsets.size());
  }
  std::ranges::sort(chunks, {}, [](const Chunk& chunk) { return chunk.place.offset; });
  TOKPREP_TRY(require_inside(chunks, media_data));
  for (const Chunk& chunk : chunks) {
    layout.chunk_offsets[chunk.track][chunk.number] = layout.size_bytes;
    append(layout, chunk.place);
  }
  return layout;
}

}  // namespace tokprep::mp4
