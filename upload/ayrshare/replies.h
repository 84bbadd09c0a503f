#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "upload/ayrshare/client.h"
#include "upload/http_client.h"

namespace tokprep {

/// Reading the service's answers. They vary: flat or wrapped in `posts[]` (with a Profile-Key), numbers as
/// strings, dates as objects, HTML from a proxy in the way. Fields nobody knows are passed over.

/// The body as JSON, out of its `posts[]` wrapping; a discarded value where it is not JSON.
nlohmann::json body_of(const HttpResponse& response);

/// The text of a string, number or boolean member; empty for anything else.
std::string text_member(const nlohmann::json& object, std::string_view name);

/// The number of a number or numeric string member; 0 for anything else.
int number_member(const nlohmann::json& object, std::string_view name);

/// Every refusal in an answer: `errors[]`, the object itself where it carries a code, or a nested `history`.
std::vector<ServiceError> service_errors(const nlohmann::json& body);

/// Nothing for a success (HTTP 200, JSON, status not "error"); otherwise the failure, classified by HTTP status,
/// in the service's words. `call` names what was asked, e.g. "POST /post".
std::optional<Error> failure_of(const HttpResponse& response, const nlohmann::json& body, std::string_view call);

/// An answer that is JSON and yet lacks what the call needs: kUnavailable.
Error unreadable_answer(std::string_view call, std::string_view missing);

/// For a call that may be repeated, a lost answer is as good as none: kOutcomeUnknown as kNetwork or kTimeout.
Error as_repeatable(Error error);

/// One post, from POST /post, GET /post/:id or an entry of /history.
PostRecord parse_post(const nlohmann::json& post);

}  // namespace tokprep
