#include "codecs/mp4/source_movie.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "codecs/mp4/box.h"
#include "codecs/mp4/byte_reader.h"
#include "codecs/mp4/decline.h"

namespace tokprep::mp4 {
namespace {

constexpr std::uint32_t kMostSamples = 4'000'000;
constexpr std::array<std::int32_t, 9> kUpright{0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000};

/// The body of the first moov box. `read_index` has read it before: it is there, whole, and of a permitted size.
Result<std::string> read_movie_box(const std::filesystem::path& path, std::uint64_t file_size) {
  TOKPREP_ASSIGN(const FileDescriptor file, open_for_reading(path));
  for (std::uint64_t offset = 0; offset + 8 <= file_size;) {
    TOKPREP_ASSIGN(const std::string head, read_at(file, offset, 16, path));
    const BoxHeader box = parse_box_header(head, file_size - offset);
    if (box.size < box.header_bytes || box.size > file_size - offset) break;
    if (box.type == fourcc("moov")) return read_at(file, offset + box.header_bytes, box.size - box.header_bytes, path);
    offset += box.size;
  }
  return decline("its index changed while it was read");
}

bool is_movie_upright(std::string_view mvhd_body) {
  ByteReader reader(mvhd_body);
  const bool wide = reader.u8() == 1;
  reader.skip(3 + (wide ? 28 : 16) + 16);  // times, clock and duration; rate, volume, reserved
  std::array<std::int32_t, 9> matrix{};
  for (auto& value : matrix) value = reader.i32();
  return reader.ok() && matrix == kUpright;
}

/// Samples may be kept in other files; a reference to this one has its first flag set.
bool refers_elsewhere(const BoxList& media_parts) {
  constexpr std::uint32_t kThisFile = 1;
  const BoxView* information = media_parts.find(fourcc("dinf"));
  if (information == nullptr) return false;
  const BoxList inner = child_boxes(information->body);
  const BoxView* references = inner.find(fourcc("dref"));
  if (references == nullptr) return false;
  ByteReader reader(references->body);
  reader.skip(8);
  return std::ranges::any_of(child_boxes(reader.rest()).boxes, [](const BoxView& reference) {
    return (ByteReader(reference.body).u32() & kThisFile) == 0;
  });
}

/// Chunks name the description of their samples; with one description there is but one right number.
bool has_one_description(std::string_view stsc_body) {
  ByteReader reader(stsc_body);
  reader.skip(4);
  for (std::uint32_t left = reader.u32(); left > 0 && reader.ok(); --left) {
    reader.skip(8);
    if (reader.u32() != 1) return false;
  }
  return reader.ok();
}

std::uint16_t read_language(std::string_view mdhd_body) {
  ByteReader reader(mdhd_body);
  const bool wide = reader.u8() == 1;
  reader.skip(3 + (wide ? 28 : 16));
  return reader.u16();
}

Result<TrackParts> read_parts(std::string_view trak_body) {
  const BoxList track = child_boxes(trak_body);
  const BoxView* media = track.find(fourcc("mdia"));
  if (media == nullptr) return decline("a track has no media");
  const BoxList media_boxes = child_boxes(media->body);
  const BoxView* header = media_boxes.find(fourcc("mdhd"));
  const BoxView* information = media_boxes.find(fourcc("minf"));
  if (header == nullptr || information == nullptr) return decline("a track has no media header");
  const BoxList media_parts = child_boxes(information->body);
  if (refers_elsewhere(media_parts)) return decline("its samples are in another file");
  const BoxView* table = media_parts.find(fourcc("stbl"));
  if (table == nullptr) return decline("a track has no sample table");
  const BoxList tables = child_boxes(table->body);
  const BoxView* description = tables.find(fourcc("stsd"));
  const BoxView* chunks = tables.find(fourcc("stsc"));
  if (description == nullptr || chunks == nullptr || !has_one_description(chunks->body)) {
    return decline("its samples are of several descriptions");
  }
  // QuickTime's partial key frames have no place in MP4.
  if (tables.find(fourcc("stps")) != nullptr) return decline("it has partial key frames");
  return TrackParts{description->body, read_language(header->body)};
}

/// What the tables of a whole track agree on.
Status require_whole(const Track& track, const Mp4Index& index) {
  const SampleTable& table = track.samples;
  if (!track.damage.empty()) return decline("in a track, " + track.damage);
  if (track.timescale == 0 || table.sample_count == 0) return decline("a track has no samples, or no clock");
  if (table.sample_count > kMostSamples) return decline("a track has more samples than a clip's");
  if (track.matrix != kUpright) return decline("its picture is turned");
  if (table.samples_past(index.file_size) > 0) return decline("samples are missing at the end of the file");
  std::uint64_t reordered = 0;
  for (const auto& run : table.composition_offsets) reordered += run.count;
  if (!table.composition_offsets.empty() && reordered != table.sample_count) {
    return decline("its ctts box does not tell of every sample");
  }
  if (!table.key_samples.empty() && (table.key_samples.front() == 0 || table.key_samples.back() > table.sample_count)) {
    return decline("its stss box names samples that are not there");
  }
  return {};
}

}  // namespace

Result<SourceMovie> SourceMovie::read(const std::filesystem::path& path) {
  SourceMovie movie;
  TOKPREP_ASSIGN(movie.index_, read_index(path));
  if (movie.index_.fragmented) return decline("its samples are in fragments");
  TOKPREP_ASSIGN(movie.bytes_, read_movie_box(path, movie.index_.file_size));
  const BoxList parts = child_boxes(movie.bytes_);
  const BoxView* header = parts.find(fourcc("mvhd"));
  if (header == nullptr || !is_movie_upright(header->body)) return decline("the movie is turned, or has no header");
  return movie;
}

Result<const Track*> SourceMovie::track(std::uint32_t id) const {
  const auto found = std::ranges::find(index_.tracks, id, &Track::id);
  if (found == index_.tracks.end() || std::ranges::count(index_.tracks, id, &Track::id) != 1) {
    return decline(fmt::format("{} tracks have the number {}", std::ranges::count(index_.tracks, id, &Track::id), id));
  }
  TOKPREP_TRY(require_whole(*found, index_));
  return &*found;
}

Result<TrackParts> SourceMovie::parts(std::uint32_t id) const {
  // The index lists the tracks in the order of their boxes.
  std::size_t place = 0;
  for (const BoxView& box : child_boxes(bytes_).boxes) {
    if (box.type != fourcc("trak")) continue;
    if (place < index_.tracks.size() && index_.tracks[place].id == id) return read_parts(box.body);
    ++place;
  }
  return decline(fmt::format("no track has the number {}", id));
}

}  // namespace tokprep::mp4
