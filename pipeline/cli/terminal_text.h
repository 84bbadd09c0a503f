#pragma once

#include <string>
#include <string_view>

namespace tokprep::cli {

/// Text from outside (a path, a caption, a service's words) as one harmless line: control characters, line breaks,
/// bytes that are no UTF-8 and characters that reorder their neighbours are shown as escapes such as \n, \x1b, \u202e.
std::string shown(std::string_view text);

/// `shown`, cut at its end to at most `columns` columns of a terminal; a cut is marked by "…".
std::string shown_short(std::string_view text, std::size_t columns);

/// The same, cut at its beginning: of a path the name is worth more than the folders.
std::string shown_tail(std::string_view text, std::size_t columns);

/// How many columns of a terminal the well-formed UTF-8 `text` takes: two for a character of East Asia or a picture,
/// none for a combining mark.
std::size_t display_width(std::string_view text);

}  // namespace tokprep::cli
