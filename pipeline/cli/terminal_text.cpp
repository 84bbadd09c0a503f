#include "pipeline/cli/terminal_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/text.h"

namespace tokprep::cli {
namespace {

/// Bytes of the character at the front; 0 where it is malformed.
std::size_t length_of_front(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  return length <= text.size() && is_utf8(text.substr(0, length)) ? length : 0;
}

/// The code point of one well-formed character.
std::uint32_t code_point_of(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character.front());
  if (character.size() == 1) return lead;
  std::uint32_t code_point = lead & (0xFFU >> (character.size() + 1));
  for (const char c : character.substr(1)) code_point = (code_point << 6) | (static_cast<unsigned char>(c) & 0x3FU);
  return code_point;
}

/// Characters a terminal obeys instead of showing: controls, line separators, and those that reorder text.
bool is_treacherous(std::uint32_t code_point) {
  return code_point < 0x20 || (code_point >= 0x7F && code_point <= 0x9F) ||
         (code_point >= 0x200E && code_point <= 0x200F) || (code_point >= 0x2028 && code_point <= 0x202E) ||
         (code_point >= 0x2066 && code_point <= 0x2069);
}

std::string escape_of(std::uint32_t code_point) {
  if (code_point == '\n') return "\\n";
  if (code_point == '\t') return "\\t";
  if (code_point == '\r') return "\\r";
  return code_point < 0x100 ? fmt::format("\\x{:02x}", code_point) : fmt::format("\\u{:04x}", code_point);
}

}  // namespace

std::string shown(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = length_of_front(text);
    if (length == 0) {
      line += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
      text.remove_prefix(1);
      continue;
    }
    const std::uint32_t code_point = code_point_of(text.substr(0, length));
    if (is_treacherous(code_point)) line += escape_of(code_point);
    else line += text.substr(0, length);
    text.remove_prefix(length);
  }
  return line;
}

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string shown_short(std::string_view text, std::size_t columns) {
  std::string line = shown(text);
  if (character_count(line) <= columns) return line;
  std::size_t end = 0;
  for (std::size_t kept = 0; kept + 1 < columns; ++kept) end += length_of_front(std::string_view(line).substr(end));
  line.resize(end);
  return line + "…";
}

}  // namespace tokprep::cli
