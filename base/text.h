#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tokprep {

/// True for well-formed UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF).
bool is_utf8(std::string_view text);

/// A file's name as text that JSON, a database and a terminal can carry. A name in well-formed UTF-8 is itself. A byte
/// that is no UTF-8 becomes U+FFFD and its two hexadecimal digits, and so does each byte of a U+FFFD that is really in
/// the name: two names never give the same text, and `bytes_of_name` finds the way back.
std::string text_of_name(std::string_view bytes);

/// The inverse of `text_of_name`; what that never writes stays as it is.
std::string bytes_of_name(std::string_view text);

/// Length in UTF-16 code units, as TikTok and JavaScript count; invalid bytes count one each.
std::size_t utf16_length(std::string_view utf8);

/// The candidate nearest to `word` by edit distance, if it is near enough to be a slip of the hand.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string_view> candidates);

/// Orders names as people number them: "2.jpg" before "10.jpg"; equal numbers by their text.
bool natural_less(std::string_view a, std::string_view b);

/// ASCII lower case: for extensions, header names and enumerations, never for prose.
std::string to_lower(std::string_view text);

}  // namespace tokprep
