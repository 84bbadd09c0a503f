#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "upload/sandbox/records.h"

namespace tokprep::sandbox {

/// The posts as a page for people, newest first. No scripts, nothing from elsewhere; every word that came from
/// outside is escaped. `nonce` is what the Content-Security-Policy allows the one style sheet by.
std::string page(const Book& book, std::int64_t now_ms, std::string_view nonce);

/// The Content-Security-Policy that goes with it.
std::string page_policy(std::string_view nonce);

/// Safe as text and inside quoted attributes.
std::string escape_html(std::string_view text);

}  // namespace tokprep::sandbox
