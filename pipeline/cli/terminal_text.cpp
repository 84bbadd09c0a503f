#include "pipeline/cli/terminal_text.h"

#include <fmt/format.h>
#include <locale.h>

#include <algorithm>
#include <cstdint>
#include <cwchar>

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

/// Bytes of the character at the front; a byte that begins none counts as one.
std::size_t step(std::string_view text) { return std::max<std::size_t>(1, length_of_front(text)); }

/// As the C library knows it, in a locale of our own: the process may have none that speaks UTF-8.
std::size_t width_of(std::string_view character) {
  static const locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  const std::uint32_t code_point = length_of_front(character) == 0 ? U'?' : code_point_of(character);
  if (code_point < 0x300 || utf8 == nullptr) return 1;
  const locale_t before = ::uselocale(utf8);
  const int width = ::wcwidth(static_cast<wchar_t>(code_point));
  ::uselocale(before);
  return width < 0 ? 1 : static_cast<std::size_t>(width);
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

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (; !text.empty(); text.remove_prefix(step(text))) width += width_of(text.substr(0, step(text)));
  return width;
}

std::string shown_short(std::string_view text, std::size_t columns) {
  std::string line = shown(text);
  if (display_width(line) <= columns) return line;
  if (columns == 0) return "";
  std::size_t end = 0;
  for (std::size_t width = 1; end < line.size();) {  // 1: the mark of the cut
    const std::string_view front = std::string_view(line).substr(end, step(std::string_view(line).substr(end)));
    width += width_of(front);
    if (width > columns) break;
    end += front.size();
  }
  line.resize(end);
  return line + "…";
}

std::string shown_tail(std::string_view text, std::size_t columns) {
  const std::string line = shown(text);
  std::size_t width = display_width(line);
  if (width <= columns) return line;
  if (columns == 0) return "";
  std::string_view rest = line;
  while (!rest.empty() && width + 1 > columns) {
    width -= width_of(rest.substr(0, step(rest)));
    rest.remove_prefix(step(rest));
  }
  // A mark that combines with what was cut off would combine with the dots.
  while (!rest.empty() && width_of(rest.substr(0, step(rest))) == 0) rest.remove_prefix(step(rest));
  return "…" + std::string(rest);
}

}  // namespace tokprep::cli
