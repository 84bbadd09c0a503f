#include "codecs/mp4/track_reader.h"

#include <fmt/format.h>

#include "codecs/mp4/box.h"
#include "codecs/mp4/byte_reader.h"
#include "codecs/mp4/metadata_names.h"

namespace tokprep::mp4 {
namespace {

/// Version-dependent start of the header boxes: creation and change times, 32 or 64 bits each.
bool skip_times(ByteReader& reader, std::string_view box, std::vector<PrivateTag>& tags) {
  const bool wide = reader.u8() == 1;
  reader.skip(3);
  const std::uint64_t created = wide ? reader.u64() : reader.u32();
  reader.skip(wide ? 8 : 4);
  if (is_set_time(created)) add_tag(tags, PrivateKind::kTime, fmt::format("{} creation time", box));
  return wide;
}

void parse_track_header(std::string_view body, Track& track, std::vector<PrivateTag>& tags) {
  constexpr std::uint8_t kEnabled = 1;
  track.enabled = body.size() >= 4 && (static_cast<std::uint8_t>(body[3]) & kEnabled) != 0;
  ByteReader reader(body);
  const bool wide = skip_times(reader, "tkhd", tags);
  track.id = reader.u32();
  reader.skip(4 + (wide ? 8 : 4) + 8 + 8);  // reserved, duration, reserved, layer to volume
  for (auto& value : track.matrix) value = reader.i32();
  if (!reader.ok()) track.damage = "the tkhd box is cut";
}

void parse_edits(std::string_view body, Track& track) {
  ByteReader reader(body);
  const bool wide = reader.u8() == 1;
  reader.skip(3);
  const std::uint32_t declared = reader.u32();
  if (std::uint64_t{declared} * (wide ? 20 : 12) > reader.rest().size()) {
    track.damage = fmt::format("the elst box declares {} edits and holds {} bytes", declared, reader.rest().size());
    return;
  }
  track.edits.resize(declared);
  for (auto& edit : track.edits) {
    edit.duration = wide ? reader.u64() : reader.u32();
    edit.media_time = wide ? reader.i64() : reader.i32();
    edit.rate = reader.i32();
  }
}

void parse_media_header(std::string_view body, Track& track, std::vector<PrivateTag>& tags) {
  ByteReader reader(body);
  skip_times(reader, "mdhd", tags);
  track.timescale = reader.u32();
}

void parse_samples(const BoxList& media, Track& track, std::vector<PrivateTag>& tags) {
  const BoxView* information = media.find(fourcc("minf"));
  if (information == nullptr) return;
  const BoxList parts = child_boxes(information->body);
  if (track.damage.empty()) track.damage = parts.damage;
  const BoxView* table = parts.find(fourcc("stbl"));
  if (table == nullptr) return;
  const BoxList tables = child_boxes(table->body);
  if (const BoxView* description = tables.find(fourcc("stsd"));
      description != nullptr && description->body.size() >= 16) {
    ByteReader reader(description->body);
    reader.skip(12);
    track.sample_entry = name_of(reader.u32());
    collect_timed_metadata(description->body, tags);
  }
  track.samples = parse_sample_table(table->body, track.damage);
}

void parse_media(std::string_view body, Track& track, std::vector<PrivateTag>& tags) {
  const BoxList media = child_boxes(body);
  if (track.damage.empty()) track.damage = media.damage;
  if (const BoxView* header = media.find(fourcc("mdhd"))) parse_media_header(header->body, track, tags);
  if (const BoxView* handler = media.find(fourcc("hdlr"))) {
    ByteReader reader(handler->body);
    reader.skip(8);
    track.handler = name_of(reader.u32());
  }
  parse_samples(media, track, tags);
}

}  // namespace

bool is_set_time(std::uint64_t seconds_since_1904) {
  constexpr std::uint64_t kUnixEpoch = 2'082'844'800;
  return seconds_since_1904 != 0 && seconds_since_1904 != kUnixEpoch;
}

Track parse_track(std::string_view body, std::vector<PrivateTag>& tags) {
  Track track;
  const BoxList parts = child_boxes(body);
  track.damage = parts.damage;
  for (const BoxView& box : parts.boxes) {
    if (box.type == fourcc("tkhd")) parse_track_header(box.body, track, tags);
    if (box.type == fourcc("mdia")) parse_media(box.body, track, tags);
    if (box.type == fourcc("udta")) collect_user_data(box.body, tags);
    if (box.type == fourcc("meta")) collect_meta(box.body, tags);
    if (box.type == fourcc("edts")) {
      const BoxList edits = child_boxes(box.body);
      if (track.damage.empty()) track.damage = edits.damage;
      if (const BoxView* list = edits.find(fourcc("elst"))) parse_edits(list->body, track);
    }
  }
  return track;
}

}  // namespace tokprep::mp4
