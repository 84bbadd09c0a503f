#include "codecs/vips/icc_profile.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"
#include "codecs/vips/byte_reader.h"

namespace tokprep::still {
namespace {

constexpr std::size_t kHeaderBytes = 128;
constexpr std::uint32_t kMostTags = 200;
constexpr std::size_t kLongestDescription = 200;

std::string_view tag_data(std::string_view profile, std::string_view signature) {
  ByteReader table(profile);
  table.skip(kHeaderBytes);
  const std::uint32_t tags = std::min(table.u32(), kMostTags);
  for (std::uint32_t i = 0; i < tags && !table.cut(); ++i) {
    const std::string_view name = table.take(4);
    const std::size_t offset = table.u32();
    const std::size_t size = table.u32();
    if (name != signature) continue;
    if (offset > profile.size() || size > profile.size() - offset) return {};
    return profile.substr(offset, size);
  }
  return {};
}

void append_utf8(std::string& text, std::uint32_t point) {
  if (point < 0x80) {
    text += static_cast<char>(point);
  } else if (point < 0x800) {
    text += static_cast<char>(0xc0 | point >> 6);
    text += static_cast<char>(0x80 | (point & 0x3f));
  } else {
    text += static_cast<char>(0xe0 | point >> 12);
    text += static_cast<char>(0x80 | (point >> 6 & 0x3f));
    text += static_cast<char>(0x80 | (point & 0x3f));
  }
}

/// The first record of a multi-localised text: UTF-16BE. Characters beyond the first plane are left out.
std::string localised_text(std::string_view tag) {
  ByteReader reader(tag);
  reader.skip(8);
  if (reader.u32() == 0) return {};
  reader.skip(4 + 4);  // record size, language and country of the first record
  const std::size_t size = reader.u32();
  const std::size_t offset = reader.u32();
  if (reader.cut() || offset > tag.size() || size > tag.size() - offset) return {};
  ByteReader letters(tag.substr(offset, size));
  std::string text;
  while (letters.left() >= 2 && text.size() < kLongestDescription) {
    const std::uint16_t unit = letters.u16();
    if (unit == 0) break;
    if (unit < 0xd800 || unit > 0xdfff) append_utf8(text, unit);
  }
  return text;
}

std::string ascii_text(std::string_view tag) {
  ByteReader reader(tag);
  reader.skip(8);
  const std::size_t size = std::min<std::size_t>(reader.u32(), kLongestDescription);
  const std::string_view text = reader.take(std::min(size, reader.left()));
  return std::string(text.substr(0, text.find('\0')));
}

}  // namespace

IccFacts read_icc(std::string_view profile) {
  IccFacts facts;
  if (profile.size() >= kHeaderBytes) facts.space = profile.substr(16, 4);
  const std::string_view description = tag_data(profile, "desc");
  if (description.starts_with("mluc")) facts.description = localised_text(description);
  if (description.starts_with("desc")) facts.description = ascii_text(description);
  if (!is_utf8(facts.description)) facts.description.clear();
  const std::string_view cicp = tag_data(profile, "cicp");
  if (cicp.size() >= 12) {
    facts.cicp_primaries = static_cast<std::uint8_t>(cicp[8]);
    facts.cicp_transfer = static_cast<std::uint8_t>(cicp[9]);
  }
  return facts;
}

}  // namespace tokprep::still
