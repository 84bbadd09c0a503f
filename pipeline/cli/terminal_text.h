#pragma once

#include <string>
#include <string_view>

namespace tokprep::cli {

/// Text from outside (a path, a caption, a service's words) as one harmless line: control characters, line breaks,
/// bytes that are no UTF-8 and characters that reorder their neighbours are shown as escapes such as \n, \x1b, \u202e.
std::string shown(std::string_view text);

/// `shown`, cut to at most `columns` characters; a cut is marked by "…".
std::string shown_short(std::string_view text, std::size_t columns);

/// How many characters the UTF-8 `text` has, which on a terminal is close to its width.
std::size_t character_count(std::string_view text);

}  // namespace tokprep::cli
