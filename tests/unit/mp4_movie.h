#pragma once

#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/mp4_bytes.h"

/// Whole movies written by hand, samples included, for the rewriter to take or to decline.
namespace tokprep::test::mp4_bytes {

inline std::string text(std::string_view bytes, std::size_t size) {
  std::string padded(bytes);
  padded.resize(size, '\0');
  return padded;
}

inline std::string avcc() { return box("avcC", std::string("\x01\x4D\x40\x1F\xFF\xE1\x00\x03sps\x01\x00\x03pps", 17)); }
inline std::string hvcc(bool complete, std::string_view more_arrays = "", int more = 0) {
  const std::string fixed = "\x01" + text("", 20) + "\x03";  // sizes of four bytes before NAL units
  const auto set = [&](int kind) {
    return number((complete ? 0x80U : 0U) | unsigned(kind), 1) + number(1, 2) + number(2, 2) + "ps";
  };
  return box("hvcC", fixed + number(3 + unsigned(more), 1) + set(32) + set(33) + set(34) + std::string(more_arrays));
}
inline std::string video_entry(std::string_view type, std::string_view boxes, std::string_view compressor = "") {
  return box(type, number(0, 6) + number(1, 2) + text("vendor", 16) + number(360, 2) + number(640, 2) + u32(0x480000) +
                       u32(0x480000) + u32(0) + number(1, 2) + number(compressor.size(), 1) + text(compressor, 31) +
                       number(24, 2) + number(0xFFFF, 2) + std::string(boxes));
}

/// AudioSpecificConfig of AAC-LC, 48 kHz, stereo.
inline const std::string kStereoConfig("\x11\x90", 2);
inline std::string esds(std::string_view specific = kStereoConfig, int object = 0x40) {
  const auto descriptor = [](int tag, std::string_view body) {
    return number(unsigned(tag), 1) + "\x80\x80\x80" + number(body.size(), 1) + std::string(body);
  };
  const std::string decoder = number(unsigned(object), 1) + "\x15" + number(6144, 3) + u32(128000) + u32(128000);
  return full_box("esds", descriptor(3, number(2, 2) + number(0, 1) + descriptor(4, decoder + descriptor(5, specific)) +
                                            descriptor(6, "\x02")));
}
/// `version` 1 is QuickTime's, with four more numbers and a wave box around the decoder's.
inline std::string audio_entry(std::string_view boxes, int version = 0) {
  return box("mp4a", number(0, 6) + number(1, 2) + number(unsigned(version), 2) + number(0, 2) + "vend" + number(2, 2) +
                         number(16, 2) + u32(0) + u32(48000U << 16U) + (version == 1 ? number(0, 16) : "") +
                         std::string(boxes));
}

/// A track whose samples are in chunks; the bytes of each sample say which it is.
struct MovieTrack {
  std::uint32_t id = 1;
  std::string handler = "vide";
  std::string handler_name;
  std::uint32_t timescale = 15360;
  Pairs durations;
  Pairs offsets;
  std::vector<std::uint32_t> keys;
  std::vector<std::vector<std::string>> chunks;
  std::string entries;  ///< one or more sample entries
  unsigned entry_count = 1;
  std::vector<EditRow> edits;
  std::uint32_t turn = 0x10000;  ///< first number of the matrix
  std::string more_tables, user_data;
  std::string data_reference = full_box("url ", "").replace(11, 1, "\x01");
  unsigned description = 1;
  unsigned language = 0x15C7;  // eng

  [[nodiscard]] std::string trak(const std::vector<std::uint64_t>& chunk_offsets, bool wide) const {
    std::string sizes, runs, offsets_text;
    std::size_t samples = 0;
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      samples += chunks[i].size();
      for (const auto& sample : chunks[i]) sizes += u32(sample.size());
      runs += u32(i + 1) + u32(chunks[i].size()) + u32(description);
      offsets_text += wide ? u64(chunk_offsets[i]) : u32(chunk_offsets[i]);
    }
    std::string tables = full_box("stsd", u32(entry_count) + entries) + table("stts", durations);
    if (!offsets.empty()) tables += table("ctts", offsets);
    if (!keys.empty()) tables += list("stss", keys);
    tables += full_box("stsc", u32(chunks.size()) + runs) + full_box("stsz", u32(0) + u32(samples) + sizes);
    tables += full_box(wide ? "co64" : "stco", u32(chunks.size()) + offsets_text) + more_tables;
    const std::string dinf = box("dinf", full_box("dref", u32(1) + data_reference));
    const std::string minf = box("minf", dinf + box("stbl", tables));
    const std::string mdhd =
        full_box("mdhd", u32(3'700'000'000) + u32(0) + u32(timescale) + u32(0) + number(language, 2) + number(0, 2));
    const std::string hdlr = full_box("hdlr", u32(0) + handler + std::string(12, '\0') + handler_name);
    const std::string tkhd =
        full_box("tkhd", u32(3'700'000'000) + u32(0) + u32(id) + u32(0) + u32(0) + std::string(16, '\0') + u32(turn) +
                             std::string(12, '\0') + u32(0x10000) + std::string(12, '\0') + u32(0x40000000) + u64(0));
    return box("trak", tkhd + edts() + box("mdia", mdhd + hdlr + minf) + user_data);
  }
  [[nodiscard]] std::string edts() const {
    TrackBytes same;
    same.edits = edits;
    return same.edts();
  }
  [[nodiscard]] std::vector<std::string> samples() const {
    std::vector<std::string> all;
    for (const auto& chunk : chunks) all.insert(all.end(), chunk.begin(), chunk.end());
    return all;
  }
};

/// `samples_a_chunk` by `chunks` samples called "name 0", "name 1", …
inline std::vector<std::vector<std::string>> chunks_of(std::string_view name, int chunks, int samples_a_chunk) {
  std::vector<std::vector<std::string>> all(static_cast<std::size_t>(chunks));
  int number = 0;
  for (auto& chunk : all) {
    for (int i = 0; i < samples_a_chunk; ++i) chunk.push_back(std::string(name) + " " + std::to_string(number++) + ";");
  }
  return all;
}

/// 12 frames at 30 a second.
inline MovieTrack picture() {
  MovieTrack track;
  track.chunks = chunks_of("picture", 4, 3);
  track.durations = {{12, 512}};
  track.keys = {1, 7};
  track.entries = video_entry("avc1", avcc());
  return track;
}

/// 20 packets of 1024 samples at 48 kHz.
inline MovieTrack sound() {
  MovieTrack track;
  track.id = 2;
  track.handler = "soun";
  track.timescale = 48000;
  track.chunks = chunks_of("sound", 4, 5);
  track.durations = {{20, 1024}};
  track.entries = audio_entry(esds());
  return track;
}

/// A file with its index last. Chunks of the tracks take turns, each followed by `gap`.
struct MovieFile {
  std::vector<MovieTrack> tracks{picture(), sound()};
  std::uint32_t timescale = 1000;
  std::uint32_t turn = 0x10000;
  std::string gap;
  std::string top_boxes;    ///< between media data and index
  std::string movie_boxes;  ///< at the end of the index
  bool wide = false;
  std::uint64_t data_at = 0;  ///< where the index believes the samples begin; 0: where they do

  [[nodiscard]] std::string movie_header() const {
    return full_box("mvhd", u32(3'700'000'000) + u32(0) + u32(timescale) + u32(0) + u32(0x10000) +
                                std::string(12, '\0') + u32(turn) + std::string(12, '\0') + u32(0x10000) +
                                std::string(12, '\0') + u32(0x40000000) + std::string(28, '\0'));
  }
  [[nodiscard]] std::string media_data(std::vector<std::vector<std::uint64_t>>& offsets) const {
    std::string data;
    offsets.assign(tracks.size(), {});
    const std::uint64_t start = data_at != 0 ? data_at : ftyp().size() + 8;
    for (std::size_t chunk = 0, left = 1; left > 0; ++chunk) {
      left = 0;
      for (std::size_t i = 0; i < tracks.size(); ++i) {
        if (chunk >= tracks[i].chunks.size()) continue;
        ++left;
        offsets[i].push_back(start + data.size());
        for (const auto& sample : tracks[i].chunks[chunk]) data += sample;
        data += gap;
      }
    }
    return data;
  }
  [[nodiscard]] std::string index(const std::vector<std::vector<std::uint64_t>>& offsets) const {
    std::string body = movie_header();
    for (std::size_t i = 0; i < tracks.size(); ++i) body += tracks[i].trak(offsets[i], wide);
    return box("moov", body + movie_boxes);
  }
  [[nodiscard]] std::string bytes() const {
    std::vector<std::vector<std::uint64_t>> offsets;
    const std::string data = media_data(offsets);
    return ftyp() + box("mdat", data) + top_boxes + index(offsets);
  }
};

}  // namespace tokprep::test::mp4_bytes
