#include "codecs/mp4/movie_reader.h"

#include <algorithm>

#include "codecs/mp4/box.h"
#include "codecs/mp4/byte_reader.h"
#include "codecs/mp4/metadata_names.h"
#include "codecs/mp4/track_reader.h"

namespace tokprep::mp4 {
namespace {

constexpr std::size_t kMaxTracks = 256;

void parse_movie_header(std::string_view body, Mp4Index& index) {
  ByteReader reader(body);
  const bool wide = reader.u8() == 1;
  reader.skip(3);
  const std::uint64_t created = wide ? reader.u64() : reader.u32();
  reader.skip(wide ? 8 : 4);
  index.timescale = reader.u32();
  const std::uint64_t duration = wide ? reader.u64() : reader.u32();
  const std::uint64_t unknown = wide ? ~std::uint64_t{0} : ~std::uint32_t{0};
  index.duration = duration == unknown ? 0 : duration;
  if (is_set_time(created)) add_tag(index.private_metadata, PrivateKind::kTime, "mvhd creation time");
}

bool has_samples(const Mp4Index& index) {
  return std::ranges::any_of(index.tracks, [](const Track& track) { return track.samples.sample_count > 0; });
}

void parse_part(const BoxView& part, Mp4Index& index) {
  switch (part.type) {
    case fourcc("mvhd"):
      return parse_movie_header(part.body, index);
    case fourcc("udta"):
      return collect_user_data(part.body, index.private_metadata);
    case fourcc("meta"):
      return collect_meta(part.body, index.private_metadata);
    case fourcc("uuid"):
      return collect_uuid(part.body, index.private_metadata);
    case fourcc("trak"):
      if (index.tracks.size() < kMaxTracks) index.tracks.push_back(parse_track(part.body, index.private_metadata));
      return;
    default:
      return;
  }
}

}  // namespace

void parse_movie(std::string_view body, Mp4Index& index) {
  const BoxList parts = child_boxes(body);
  if (!parts.damage.empty()) index.oddities.push_back("in its index, " + parts.damage);
  for (const BoxView& part : parts.boxes) parse_part(part, index);
  // Cameras announce fragments (mvex) while they record and write the whole index at the end.
  if (parts.find(fourcc("mvex")) != nullptr && !has_samples(index)) index.fragmented = true;
}

}  // namespace tokprep::mp4
