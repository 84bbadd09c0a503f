#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tokprep {

/// True for well-formed UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF).
bool is_utf8(std::string_view text);

/// Length in UTF-16 code units, as TikTok and JavaScript count; invalid bytes count one each.
std::size_t utf16_length(std::string_view utf8);

/// The candidate nearest to `word` by edit distance, if it is near enough to be a slip of the hand.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string_view> candidates);

/// Orders names as people number them: "2.jpg" before "10.jpg"; equal numbers by their text.
bool natural_less(std::string_view a, std::string_view b);

/// ASCII lower case: for extensions, header names and enumerations, never for prose.
std::string to_lower(std::string_view text);

}  // namespace tokprep
