#pragma once

#include <string>
#include <string_view>

namespace tokprep::sandbox {

/// HMAC-SHA256 as 64 lower-case hex digits.
std::string hmac_sha256(std::string_view secret, std::string_view message);

}  // namespace tokprep::sandbox
