#pragma once

#include <string>
#include <string_view>

namespace tokprep {

/// Everything but RFC 3986's unreserved characters as %XX: for one query value or one path segment.
std::string percent_encoded(std::string_view text);

/// The URL for people and logs: without user, query and fragment, where signatures and passwords stand.
std::string shown_url(std::string_view url);

/// "https", in lower case; empty where there is none.
std::string scheme_of(std::string_view url);

/// "api.ayrshare.com" of "https://api.ayrshare.com:443/api"; an IPv6 address without its brackets.
std::string host_of(std::string_view url);

/// True for 127.0.0.0/8, ::1 and localhost.
bool is_loopback_url(std::string_view url);

}  // namespace tokprep
