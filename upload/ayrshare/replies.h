#pragma once

#include <cstdint>
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

/// The same with the whole range, and with nothing for anything else: sizes, counts, days.
std::optional<std::int64_t> count_member(const nlohmann::json& object, std::string_view name);

/// "2026-01-05T01:18:47Z", also where the service writes `{"_seconds":…, "_nanoseconds":…, "utc":"…"}`.
std::string date_member(const nlohmann::json& object, std::string_view name);

/// One refusal, from an entry of `errors[]` or `warnings[]`.
ServiceError service_error(const nlohmann::json& entry);

/// Every refusal in an answer: `errors[]`, the object itself where it carries a code and does not say "success", or a
/// nested `history`.
std::vector<ServiceError> service_errors(const nlohmann::json& body);

/// Nothing for a success (HTTP 200, JSON, status not "error"); otherwise the failure, in the service's words. It is
/// classified by HTTP status where that decides (401, 403, 429, 5xx; 2xx but 200 is kUnavailable, as the service gives
/// no such answer), else by the service's code. A 5xx to what the service's own check refused counts as 400, and a code
/// that only repeats the status as none. `call` names what was asked, e.g. "POST /post".
std::optional<Error> failure_of(const HttpResponse& response, const nlohmann::json& body, std::string_view call);

/// An answer that is JSON and yet lacks what the call needs: kUnavailable.
Error unreadable_answer(std::string_view call, std::string_view missing);

/// Nobody knows whether the service took a call that is sent once: "the post may or may not have been accepted: …".
Error outcome_unknown(std::string_view what, std::string_view why, int native);

/// For a call that may be repeated, a lost answer is as good as none: kOutcomeUnknown as kNetwork or kTimeout.
Error as_repeatable(Error error);

/// True where every refusal in an answer is of the service's own check ("verifyCheck": nothing was sent to a network)
/// and TikTok has nothing.
bool was_refused_unsent(const nlohmann::json& body);

/// True where TikTok's entry in `postIds[]` shows neither an error nor a failed id: TikTok has the post or may have it,
/// whatever the rest of the answer says.
bool tiktok_may_have(const nlohmann::json& body);

/// One post, from POST /post, GET /post/:id or an entry of /history.
PostRecord parse_post(const nlohmann::json& post);

}  // namespace tokprep
