#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"

namespace tokprep {

/// Whether a member of an object is wanted, by the keys that lead to it, its own last: {"assets", "source"}. Places in
/// lists do not count. Asked once a member, and not for what is inside one that is not wanted.
using MemberChoice = std::function<bool(std::span<const std::string> keys)>;

/// `parse_json` of a large document of which little is needed: the rest is read over, checked, and never built.
/// Error: as `parse_json`.
Result<Json> parse_json_parts(std::string_view text, std::string_view what, const MemberChoice& wanted);

}  // namespace tokprep
