#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tokprep {

/// Where the members of a JSON document stand: "tikTokOptions/visibility" -> 4, counted from 1.
using KeyLines = std::map<std::string, int>;

/// Errors: kInvalidArgument naming `what` and the line, for what is not JSON and for a name given twice in one
/// object, where a plain parser would silently keep one of the two values.
Result<KeyLines> lines_of_keys(std::string_view text, std::string_view what);

}  // namespace tokprep
