#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Writes small MP4 files by hand.
namespace tokprep::test::mp4_bytes {

/// Big-endian; zeros in front of what does not fit into 64 bits.
inline std::string number(std::uint64_t value, int bytes) {
  std::string text;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
    text += static_cast<char>(shift < 64 ? (value >> shift) & 0xFFU : 0U);
  }
  return text;
}
inline std::string u32(std::uint64_t value) { return number(value, 4); }
inline std::string u64(std::uint64_t value) { return number(value, 8); }

inline std::string box(std::string_view type, std::string_view body) {
  return u32(8 + body.size()) + std::string(type) + std::string(body);
}
/// With version and flags in front.
inline std::string full_box(std::string_view type, std::string_view body, int version = 0) {
  return box(type, number(static_cast<std::uint64_t>(version), 1) + std::string(3, '\0') + std::string(body));
}
/// With its size written in 64 bits.
inline std::string wide_box(std::string_view type, std::string_view body) {
  return u32(1) + std::string(type) + u64(16 + body.size()) + std::string(body);
}

using Pairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

inline std::string table(std::string_view type, const Pairs& rows) {
  std::string body = u32(rows.size());
  for (const auto& [first, second] : rows) body += u32(first) + u32(second);
  return full_box(type, body);
}
inline std::string list(std::string_view type, const std::vector<std::uint32_t>& values) {
  std::string body = u32(values.size());
  for (const auto value : values) body += u32(value);
  return full_box(type, body);
}

inline std::string ftyp(std::string_view brand = "isom") {
  return box("ftyp", std::string(brand) + u32(0x200) + std::string(brand) + "mp41");
}
inline std::string mvhd(std::uint32_t timescale, std::uint32_t duration, std::uint32_t created = 0) {
  return full_box("mvhd", u32(created) + u32(0) + u32(timescale) + u32(duration) + std::string(80, '\0'));
}

struct EditRow {
  std::uint32_t duration;
  std::int32_t media_time;
  std::uint32_t rate = 0x10000;
};

/// A track of one sample description; sizes, times and edits as told.
struct TrackBytes {
  std::uint32_t id = 1;
  std::string handler = "vide";
  std::uint32_t timescale = 600;
  Pairs durations{{10, 20}};
  Pairs offsets;
  std::vector<std::uint32_t> sizes = std::vector<std::uint32_t>(10, 100);
  std::vector<std::uint32_t> keys{1};
  std::uint32_t chunk_offset = 0;
  std::vector<EditRow> edits;
  std::string sample_tables;  ///< replaces the tables where it is not empty
  std::string user_data;

  [[nodiscard]] std::string stsz() const {
    std::string body = u32(0) + u32(sizes.size());
    for (const auto size : sizes) body += u32(size);
    return full_box("stsz", body);
  }
  [[nodiscard]] std::string tables() const {
    if (!sample_tables.empty()) return sample_tables;
    std::string all = table("stts", durations) + stsz();
    if (!offsets.empty()) all += table("ctts", offsets);
    if (!keys.empty()) all += list("stss", keys);
    all += full_box("stsc", u32(1) + u32(1) + u32(sizes.size()) + u32(1));
    return all + list("stco", {chunk_offset});
  }
  [[nodiscard]] std::string edts() const {
    if (edits.empty()) return "";
    std::string body = u32(edits.size());
    for (const auto& edit : edits)
      body += u32(edit.duration) + u32(static_cast<std::uint32_t>(edit.media_time)) + u32(edit.rate);
    return box("edts", full_box("elst", body));
  }
  [[nodiscard]] std::string trak() const {
    const std::string tkhd = full_box("tkhd", u32(0) + u32(0) + u32(id) + u32(0) + u32(0) + std::string(16, '\0') +
                                                  u32(0x10000) + std::string(12, '\0') + u32(0x10000) +
                                                  std::string(12, '\0') + u32(0x40000000) + std::string(8, '\0'));
    const std::string mdhd = full_box("mdhd", u32(0) + u32(0) + u32(timescale) + u32(0) + u32(0));
    const std::string hdlr = full_box("hdlr", u32(0) + handler + std::string(13, '\0'));
    const std::string stsd = full_box("stsd", u32(1) + box("avc1", std::string(78, '\0')));
    const std::string stbl = box("stbl", stsd + tables());
    return box("trak", tkhd + edts() + box("mdia", mdhd + hdlr + box("minf", stbl)) + user_data);
  }
};

}  // namespace tokprep::test::mp4_bytes
