#include "codecs/mp4/sample_entry.h"

#include <fmt/format.h>

#include <algorithm>

#include "codecs/mp4/box_writer.h"
#include "codecs/mp4/byte_reader.h"
#include "codecs/mp4/decline.h"
#include "codecs/mp4/decoder_config.h"

namespace tokprep::mp4 {
namespace {

/// The one description of a track.
Result<BoxView> only_entry(std::string_view stsd_body) {
  ByteReader reader(stsd_body);
  const unsigned version = reader.u8();
  reader.skip(3);
  const std::uint32_t count = reader.u32();
  const BoxList entries = child_boxes(reader.rest());
  if (version != 0 || count != 1 || entries.boxes.size() != 1 || !entries.damage.empty()) {
    return decline(fmt::format("a track has {} sample descriptions, or a damaged one", count));
  }
  return entries.boxes.front();
}

Result<BoxList> whole_boxes(std::string_view body, FourCc entry) {
  BoxList boxes = child_boxes(body);
  if (!boxes.damage.empty()) return decline(fmt::format("in its {} entry, {}", name_of(entry), boxes.damage));
  return boxes;
}

/// A colr box by code points; nothing for one that holds an ICC profile instead.
std::optional<CodedColour> coded_colour(const BoxList& boxes) {
  constexpr unsigned kFullRange = 0x80;
  for (const BoxView& box : boxes.boxes) {
    if (box.type != fourcc("colr")) continue;
    ByteReader reader(box.body);
    const std::uint32_t kind = reader.u32();
    // QuickTime's kind says nothing of the range; it stands for limited.
    if (kind != fourcc("nclx") && kind != fourcc("nclc")) continue;
    CodedColour colour{reader.u16(), reader.u16(), reader.u16()};
    if (kind == fourcc("nclx")) colour.full_range = (reader.u8() & kFullRange) != 0;
    if (reader.ok()) return colour;
  }
  return std::nullopt;
}

/// A clean aperture that is not all of the picture crops it.
Status require_whole_picture(const BoxList& boxes, const VideoEntry& entry) {
  const BoxView* aperture = boxes.find(fourcc("clap"));
  if (aperture == nullptr) return {};
  ByteReader reader(aperture->body);
  const std::uint64_t width = reader.u32(), width_part = reader.u32();
  const std::uint64_t height = reader.u32(), height_part = reader.u32();
  const std::uint32_t right = reader.u32();
  reader.skip(4);
  const std::uint32_t down = reader.u32();
  const bool whole = reader.ok() && width == entry.width_px * width_part && height == entry.height_px * height_part;
  if (!whole || right != 0 || down != 0) return decline("a clean aperture crops its picture");
  return {};
}

/// The decoder's box for this kind of entry; may rename the entry.
Result<std::string> video_config(const BoxList& boxes, VideoEntry& entry) {
  const bool avc = entry.type == fourcc("avc1");
  const BoxView* box = boxes.find(avc ? fourcc("avcC") : fourcc("hvcC"));
  if (box == nullptr) return decline("its picture has no decoder configuration");
  if (avc) return clean_avc_config(box->body);
  TOKPREP_ASSIGN(HevcConfig config, clean_hevc_config(box->body));
  if (entry.type != fourcc("hvc1") && !config.complete) entry.open_sets_length_bytes = config.length_bytes;
  entry.type = fourcc("hvc1");
  return std::move(config.body);
}

void read_pixel_aspect(const BoxList& boxes, VideoEntry& entry) {
  const BoxView* aspect = boxes.find(fourcc("pasp"));
  if (aspect == nullptr) return;
  ByteReader reader(aspect->body);
  const std::uint32_t width = reader.u32(), height = reader.u32();
  if (width == 0 || height == 0) return;
  entry.aspect_width = width;
  entry.aspect_height = height;
}

void write_colour(BoxWriter& out, const CodedColour& colour) {
  out.box(fourcc("colr"), [&] {
    out.u32(fourcc("nclx"));
    out.u16(colour.primaries);
    out.u16(colour.transfer);
    out.u16(colour.matrix);
    out.u8(colour.full_range ? 0x80 : 0);
  });
}

/// Decoder buffer and bit rates: three numbers.
void write_bit_rates(BoxWriter& out, const BoxList& boxes) {
  constexpr std::size_t kBytes = 12;
  const BoxView* rates = boxes.find(fourcc("btrt"));
  if (rates != nullptr && rates->body.size() >= kBytes) {
    out.box(fourcc("btrt"), [&] { out.bytes(rates->body.substr(0, kBytes)); });
  }
}

void write_entry_head(BoxWriter& out) {
  out.zeros(6);
  out.u16(1);  // the one data reference: this file
}

std::string write_video_entry(const VideoEntry& entry, std::string_view config, const BoxList& source,
                              const std::optional<CodedColour>& colour) {
  constexpr std::uint32_t kDpi72 = 72U << 16U;
  BoxWriter out;
  out.box(entry.type, [&] {
    write_entry_head(out);
    out.zeros(16);
    out.u16(entry.width_px);
    out.u16(entry.height_px);
    out.u32(kDpi72);
    out.u32(kDpi72);
    out.u32(0);
    out.u16(1);     // frames a sample
    out.zeros(32);  // compressor's name
    out.u16(24);    // depth: colour without alpha
    out.u16(0xFFFF);
    out.box(entry.type == fourcc("avc1") ? fourcc("avcC") : fourcc("hvcC"), [&] { out.bytes(config); });
    if (colour) write_colour(out, *colour);
    out.box(fourcc("pasp"), [&] {
      out.u32(entry.aspect_width);
      out.u32(entry.aspect_height);
    });
    write_bit_rates(out, source);
  });
  return out.take();
}

/// The child boxes of a sound entry: QuickTime's versions 1 and 2 put further fields before them.
Result<BoxList> audio_children(std::string_view body) {
  ByteReader reader(body);
  reader.skip(8);
  const unsigned version = reader.u16();
  reader.skip(18);
  if (version > 2) return decline("its sound entry is of an unknown version");
  reader.skip(version == 0 ? 0 : version == 1 ? 16 : 36);
  if (!reader.ok()) return decline("its sound entry is cut");
  return whole_boxes(reader.rest(), fourcc("mp4a"));
}

/// QuickTime wraps what the decoder needs into a `wave` box.
Result<AacConfig> audio_config(const BoxList& boxes) {
  if (const BoxView* direct = boxes.find(fourcc("esds"))) return clean_aac_config(direct->body);
  const BoxView* wrapped = boxes.find(fourcc("wave"));
  if (wrapped == nullptr) return decline("its sound has no decoder configuration");
  TOKPREP_ASSIGN(const BoxList inner, whole_boxes(wrapped->body, fourcc("wave")));
  const BoxView* config = inner.find(fourcc("esds"));
  if (config == nullptr) return decline("its sound has no decoder configuration");
  return clean_aac_config(config->body);
}

}  // namespace

Result<VideoEntry> clean_video_entry(std::string_view stsd_body, const std::optional<CodedColour>& colour) {
  TOKPREP_ASSIGN(const BoxView source, only_entry(stsd_body));
  VideoEntry entry;
  entry.type = source.type;
  if (entry.type != fourcc("avc1") && entry.type != fourcc("hvc1") && entry.type != fourcc("hev1")) {
    return decline(fmt::format("its picture is of the kind '{}'", name_of(entry.type)));
  }
  ByteReader reader(source.body);
  reader.skip(24);
  entry.width_px = reader.u16();
  entry.height_px = reader.u16();
  reader.skip(50);  // resolution, frames a sample, compressor's name, depth, colour table
  if (!reader.ok() || entry.width_px == 0 || entry.height_px == 0) return decline("its picture entry is damaged");
  TOKPREP_ASSIGN(const BoxList boxes, whole_boxes(reader.rest(), entry.type));
  TOKPREP_TRY(require_whole_picture(boxes, entry));
  TOKPREP_ASSIGN(const std::string config, video_config(boxes, entry));
  read_pixel_aspect(boxes, entry);
  const std::optional<CodedColour> kept = coded_colour(boxes);
  entry.box = write_video_entry(entry, config, boxes, kept ? kept : colour);
  return entry;
}

Result<AudioEntry> clean_audio_entry(std::string_view stsd_body) {
  TOKPREP_ASSIGN(const BoxView source, only_entry(stsd_body));
  if (source.type != fourcc("mp4a")) return decline(fmt::format("its sound is of the kind '{}'", name_of(source.type)));
  TOKPREP_ASSIGN(const BoxList boxes, audio_children(source.body));
  TOKPREP_ASSIGN(const AacConfig config, audio_config(boxes));
  BoxWriter out;
  out.box(fourcc("mp4a"), [&] {
    write_entry_head(out);
    out.zeros(8);
    out.u16(config.channels);
    out.u16(16);  // bits a sample, once decoded
    out.zeros(4);
    // 16.16 fixed point; what does not fit is told by the track's clock and the decoder's configuration.
    out.u32(config.sample_rate_hz <= 0xFFFF ? config.sample_rate_hz << 16U : 0);
    out.full_box(fourcc("esds"), 0, 0, [&] { out.bytes(config.descriptors); });
    write_bit_rates(out, boxes);
  });
  return AudioEntry{out.take(), config.sample_rate_hz};
}

}  // namespace tokprep::mp4
