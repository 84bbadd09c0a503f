#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tokprep::sandbox {

/// The bytes of standard base64 with its padding; nothing for anything else.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace tokprep::sandbox
