#pragma once

#include <optional>
#include <string_view>

#include "base/json.h"
#include "upload/sandbox/codes.h"

namespace tokprep::sandbox {

/// The shape of the body of POST /post: the first field that nobody knows, whose value is of another type, or
/// that is missing. As strict as can be: a client's slip of the pen should be met here, not in the field.
std::optional<Refusal> check_post_fields(const Json& body);

/// Code 101: "tikTokOptions.title: why".
Refusal refuse_field(std::string_view field, std::string_view why);

}  // namespace tokprep::sandbox
