#pragma once

#include <optional>

#include "upload/sandbox/fields.h"

namespace tokprep::sandbox {

/// The shape of the body of POST /post, once `straighten` has been over it.
std::optional<Refusal> check_post_fields(const Json& body);

/// Other ways of saying the same, put into the usual one: `mediaUrl`, texts and media by platform, "all", and the
/// `source` that SDKs add. Refused where two of them contradict each other.
std::optional<Refusal> straighten(Json& body);

}  // namespace tokprep::sandbox
