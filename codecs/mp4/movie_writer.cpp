#include "codecs/mp4/movie_writer.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include "codecs/mp4/box_writer.h"
#include "codecs/mp4/output_clock.h"
#include "codecs/mp4/sample_table_writer.h"

namespace tokprep::mp4 {
namespace {

constexpr std::uint64_t kBlockBytes = 65'536;                // the kernel's pipe buffer
constexpr std::uint64_t kWorthAligning = 256 * kBlockBytes;  // less than that is copied in no time
constexpr std::uint64_t kLargest32 = std::numeric_limits<std::uint32_t>::max();

std::int64_t media_ticks(const Track& track) { return track.samples.duration(); }

/// How long the track plays, in ticks of the movie.
std::uint64_t played_ticks(const Track& track, std::uint32_t movie_timescale) {
  return track.edits.empty() ? movie_ticks(media_ticks(track), track, movie_timescale) : track.edits.front().duration;
}

std::uint64_t longest_ticks(const NewMovie& movie) {
  std::uint64_t longest = 0;
  for (const NewTrack& track : movie.tracks) longest = std::max(longest, played_ticks(track.track, movie.timescale));
  return longest;
}

void write_matrix(BoxWriter& out) {
  for (const std::uint32_t value : {0x10000U, 0U, 0U, 0U, 0x10000U, 0U, 0U, 0U, 0x40000000U}) out.u32(value);
}

void write_brands(BoxWriter& out, const NewTrack& picture) {
  // The brands of codecs are called like their sample entries.
  const std::string_view codec = std::string_view(picture.sample_entry).substr(4, 4);
  out.box(fourcc("ftyp"), [&] {
    out.bytes("isom");
    out.u32(0x200);
    for (const std::string_view brand : {std::string_view("isom"), std::string_view("iso2"), codec}) {
      out.bytes(brand);
    }
    out.bytes("mp41");
  });
}

void write_movie_header(BoxWriter& out, const NewMovie& movie) {
  const std::uint64_t duration = longest_ticks(movie);
  const bool wide = duration > kLargest32;
  out.full_box(fourcc("mvhd"), wide ? 1 : 0, 0, [&] {
    out.sized(0, wide);  // made and changed: never mind when
    out.sized(0, wide);
    out.u32(movie.timescale);
    out.sized(duration, wide);
    out.u32(0x10000);  // rate 1
    out.u16(0x100);    // volume 1
    out.zeros(10);
    write_matrix(out);
    out.zeros(24);
    out.u32(movie.tracks.size() + 1);  // the next track's number
  });
}

void write_track_header(BoxWriter& out, const NewTrack& track, std::size_t number, std::uint32_t movie_timescale) {
  constexpr std::uint32_t kEnabled = 1, kInMovie = 2;
  const std::uint64_t duration = played_ticks(track.track, movie_timescale);
  const bool wide = duration > kLargest32;
  const bool sound = track.track.is_audio();
  out.full_box(fourcc("tkhd"), wide ? 1 : 0, kEnabled | kInMovie, [&] {
    out.sized(0, wide);
    out.sized(0, wide);
    out.u32(number);
    out.u32(0);
    out.sized(duration, wide);
    out.zeros(8);
    out.u32(0);  // neither layered nor an alternative to another track
    out.u16(sound ? 0x100 : 0);
    out.u16(0);
    write_matrix(out);
    out.u32(std::uint64_t{track.width_px} << 16U);
    out.u32(std::uint64_t{track.height_px} << 16U);
  });
}

void write_edits(BoxWriter& out, const std::vector<Edit>& edits) {
  if (edits.empty()) return;
  const bool wide = std::ranges::any_of(edits, [](const Edit& edit) {
    return edit.duration > kLargest32 || edit.media_time > std::numeric_limits<std::int32_t>::max();
  });
  out.box(fourcc("edts"), [&] {
    out.full_box(fourcc("elst"), wide ? 1 : 0, 0, [&] {
      out.u32(edits.size());
      for (const Edit& edit : edits) {
        out.sized(edit.duration, wide);
        out.sized(static_cast<std::uint64_t>(edit.media_time), wide);
        out.u32(0x10000);
      }
    });
  });
}

/// Three letters of five bits each; QuickTime's own numbers are below them all.
std::uint16_t iso_language(std::uint16_t code) {
  constexpr std::uint16_t kUndetermined = 0x55C4;  // "und"
  for (unsigned shift = 0; shift < 15; shift += 5) {
    const unsigned letter = (static_cast<unsigned>(code) >> shift) & 31U;
    if (letter < 1 || letter > 26) return kUndetermined;
  }
  return code < 0x8000 ? code : kUndetermined;
}

void write_media_header(BoxWriter& out, const NewTrack& track) {
  const auto duration = static_cast<std::uint64_t>(media_ticks(track.track));
  const bool wide = duration > kLargest32;
  out.full_box(fourcc("mdhd"), wide ? 1 : 0, 0, [&] {
    out.sized(0, wide);
    out.sized(0, wide);
    out.u32(track.track.timescale);
    out.sized(duration, wide);
    out.u16(iso_language(track.language));
    out.u16(0);
  });
}

void write_handler(BoxWriter& out, bool sound) {
  out.full_box(fourcc("hdlr"), 0, 0, [&] {
    out.u32(0);
    out.u32(sound ? fourcc("soun") : fourcc("vide"));
    out.zeros(12);
    out.bytes(sound ? "SoundHandler" : "VideoHandler");
    out.u8(0);
  });
}

void write_information(BoxWriter& out, const NewTrack& track, std::uint64_t data_offset, bool wide_offsets) {
  constexpr std::uint32_t kThisFile = 1;
  out.box(fourcc("minf"), [&] {
    if (track.track.is_audio()) out.full_box(fourcc("smhd"), 0, 0, [&] { out.zeros(4); });
    else out.full_box(fourcc("vmhd"), 0, 1, [&] { out.zeros(8); });
    out.box(fourcc("dinf"), [&] {
      out.full_box(fourcc("dref"), 0, 0, [&] {
        out.u32(1);
        out.full_box(fourcc("url "), 0, kThisFile, [] {});
      });
    });
    write_sample_table(out, track.track.samples, track.sample_entry, data_offset, wide_offsets);
  });
}

void write_track(BoxWriter& out, const NewMovie& movie, std::size_t place, std::uint64_t data_offset,
                 bool wide_offsets) {
  const NewTrack& track = movie.tracks[place];
  out.box(fourcc("trak"), [&] {
    write_track_header(out, track, place + 1, movie.timescale);
    write_edits(out, track.track.edits);
    out.box(fourcc("mdia"), [&] {
      write_media_header(out, track);
      write_handler(out, track.track.is_audio());
      write_information(out, track, data_offset, wide_offsets);
    });
  });
}

void write_media_data_header(BoxWriter& out, std::uint64_t media_bytes) {
  constexpr std::uint64_t kHeader = 8, kWideHeader = 16;
  const bool wide = media_bytes + kHeader > kLargest32;
  out.u32(wide ? 1 : media_bytes + kHeader);
  out.u32(fourcc("mdat"));
  if (wide) out.u64(media_bytes + kWideHeader);
}

std::string write_index(const NewMovie& movie, std::uint64_t data_offset, bool wide_offsets) {
  BoxWriter out;
  write_brands(out, movie.tracks.front());
  out.box(fourcc("moov"), [&] {
    write_movie_header(out, movie);
    for (std::size_t i = 0; i < movie.tracks.size(); ++i) write_track(out, movie, i, data_offset, wide_offsets);
  });
  return out.take();
}

/// A box of zeros that moves the media data from `offset` to the place in its block that it has in the source.
std::string write_padding(const NewMovie& movie, std::uint64_t offset) {
  constexpr std::uint64_t kHeader = 8;
  std::uint64_t size_bytes = (movie.source_offset - offset) % kBlockBytes;
  if (size_bytes == 0 || movie.media_bytes < kWorthAligning) return {};
  if (size_bytes < kHeader) size_bytes += kBlockBytes;
  BoxWriter out;
  out.box(fourcc("free"), [&] { out.zeros(size_bytes - kHeader); });
  return out.take();
}

}  // namespace

std::string write_movie_head(const NewMovie& movie) {
  BoxWriter media_data;
  write_media_data_header(media_data, movie.media_bytes);
  const std::string tail = media_data.take();
  // What stands before the data moves it, and no number in it changes its size: the first try only measures.
  std::uint64_t size_bytes = write_index(movie, 0, false).size() + tail.size();
  const bool wide_offsets = size_bytes + 2 * kBlockBytes + movie.media_bytes > kLargest32;
  if (wide_offsets) size_bytes = write_index(movie, 0, true).size() + tail.size();
  const std::string padding = write_padding(movie, size_bytes);
  return write_index(movie, size_bytes + padding.size(), wide_offsets) + padding + tail;
}

}  // namespace tokprep::mp4
