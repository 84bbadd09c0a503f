#include "base/text.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace tokprep {
namespace {

/// Decodes one code point at the front of `text`; returns its length in bytes, 0 where it is malformed.
std::size_t decode(std::string_view text, std::uint32_t& code_point) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) {
    code_point = lead;
    return 1;
  }
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  code_point = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    code_point = (code_point << 6) | (byte(i) & 0x3FU);
  }
  const bool overlong = (length == 3 && code_point < 0x800) || (length == 4 && code_point < 0x10000);
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  return overlong || surrogate || code_point > 0x10FFFF ? 0 : length;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kHexDigits = "0123456789ABCDEF";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The run of digits at the front, leading zeros dropped; `text` moves past it.
std::string_view take_number(std::string_view& text) {
  const auto end = std::ranges::find_if_not(text, is_digit);
  std::string_view digits(text.begin(), end);
  text.remove_prefix(digits.size());
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

}  // namespace

bool is_utf8(std::string_view text) {
  std::uint32_t code_point = 0;
  while (!text.empty()) {
    const std::size_t length = decode(text, code_point);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string text_of_name(std::string_view bytes) {
  if (is_utf8(bytes) && bytes.find(kReplacement) == std::string_view::npos) return std::string(bytes);
  std::string text;
  std::uint32_t code_point = 0;
  while (!bytes.empty()) {
    const std::size_t length = bytes.starts_with(kReplacement) ? 0 : decode(bytes, code_point);
    if (length == 0) {
      const auto byte = static_cast<unsigned char>(bytes.front());
      text += kReplacement;
      text += {kHexDigits[byte >> 4U], kHexDigits[byte & 0xFU]};
    } else {
      text += bytes.substr(0, length);
    }
    bytes.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return text;
}

std::string bytes_of_name(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    const std::string_view digits = text.starts_with(kReplacement) ? text.substr(kReplacement.size(), 2) : "";
    const std::size_t high = digits.size() == 2 ? kHexDigits.find(digits[0]) : std::string_view::npos;
    const std::size_t low = digits.size() == 2 ? kHexDigits.find(digits[1]) : std::string_view::npos;
    if (high == std::string_view::npos || low == std::string_view::npos) {
      bytes += text.front();
      text.remove_prefix(1);
    } else {
      bytes += static_cast<char>(high << 4U | low);
      text.remove_prefix(kReplacement.size() + 2);
    }
  }
  return bytes;
}

std::size_t utf16_length(std::string_view utf8) {
  std::size_t units = 0;
  std::uint32_t code_point = 0;
  while (!utf8.empty()) {
    const std::size_t length = decode(utf8, code_point);
    units += length != 0 && code_point >= 0x10000 ? 2 : 1;
    utf8.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return units;
}

std::optional<std::string> nearest(std::string_view word, std::span<const std::string_view> candidates) {
  const std::string lower = to_lower(word);
  std::optional<std::string> best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(lower, to_lower(candidate));
    if (distance < best_distance) {
      best_distance = distance;
      best = std::string(candidate);
    }
  }
  return best;
}

bool natural_less(std::string_view a, std::string_view b) {
  const std::string_view whole_a = a;
  const std::string_view whole_b = b;
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const std::string_view number_a = take_number(a);
      const std::string_view number_b = take_number(b);
      if (number_a.size() != number_b.size()) return number_a.size() < number_b.size();
      if (number_a != number_b) return number_a < number_b;
    } else {
      if (a.front() != b.front()) return a.front() < b.front();
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  if (a.empty() != b.empty()) return a.empty();
  return whole_a < whole_b;  // "01" and "1": any fixed order will do
}

std::string to_lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

}  // namespace tokprep
