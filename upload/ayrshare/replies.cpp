#include "upload/ayrshare/replies.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "base/json.h"
#include "base/json_depth.h"
#include "base/text.h"
#include "upload/ayrshare/service_codes.h"

namespace tokprep {
namespace {

constexpr int kBadRequest = 400;

/// Some answers carry the HTTP status as their code. That is none of the service's codes, of which a few have the same
/// numbers (501 to 503).
bool is_status_again(const ServiceError& error, int status) { return error.code == status; }

/// The first refusal whose code is known: what has to be done about it comes first.
const Refusal* known_refusal(const std::vector<ServiceError>& errors, int status) {
  for (const ServiceError& error : errors) {
    const ServiceCode* known_code = is_status_again(error, status) ? nullptr : find_service_code(error.code);
    if (known_code != nullptr) return &known_code->refusal;
    if (const ServiceReason* known = find_reason_in(error.message)) return &known->refusal;
  }
  return nullptr;
}

ErrorCode code_of_status(int status) {
  if (status == 401 || status == 403) return ErrorCode::kAuth;
  if (status == 429) return ErrorCode::kRateLimited;
  if (status >= 500 || (status > 200 && status < 300)) return ErrorCode::kUnavailable;
  return ErrorCode::kRejected;
}

/// What the HTTP status leaves open, a known code decides.
ErrorCode code_of(int status, const Refusal* refusal) {
  const ErrorCode by_status = code_of_status(status);
  return by_status == ErrorCode::kRejected && refusal != nullptr ? refusal->error : by_status;
}

/// What helps where the service gave no code that is known.
std::string_view fix_of(int status) {
  if (status == 400 || status == 404) return {};  // the service's own words say more
  const HttpStatus* known = find_http_status(status);
  return known != nullptr ? known->refusal.fix : std::string_view();
}

std::string_view meaning_of(int status) {
  if (status > 200 && status < 300) return "the service said neither yes nor no";
  if (status >= 300 && status < 400) return "the service answered with a redirect; check --api-url";
  switch (code_of_status(status)) {
    case ErrorCode::kAuth:
      return "the service refused the key";
    case ErrorCode::kRateLimited:
      return "the service asks to wait";
    case ErrorCode::kUnavailable:
      return "the service is not available";
    default:
      return "the service refused";
  }
}

std::string in_words(const std::vector<ServiceError>& errors, int status) {
  std::string words;
  for (const ServiceError& error : errors) {
    if (!words.empty()) words += "; ";
    if (error.code != 0 && !is_status_again(error, status)) words += fmt::format("(code {}) ", error.code);
    words += error.message;
  }
  return words;
}

/// With a Profile-Key an answer is `{"status":…, "posts":[{…}]}`: what was asked for is inside.
Json unwrapped(Json body) {
  if (!body.is_object() || body.contains("postIds")) return body;
  const auto posts = body.find("posts");
  if (posts == body.end() || !posts->is_array() || posts->empty() || !posts->front().is_object()) return body;
  Json inner = std::move(posts->front());
  if (!inner.contains("status") && body.contains("status")) inner["status"] = body["status"];
  return inner;
}

}  // namespace

Json body_of(const HttpResponse& response) {
  if (is_nested_too_deep(response.body)) return Json(Json::value_t::discarded);
  return unwrapped(Json::parse(response.body, nullptr, false));
}

std::string text_member(const Json& object, std::string_view name) {
  if (!object.is_object()) return {};
  const auto member = object.find(name);
  if (member == object.end()) return {};
  if (member->is_string()) return member->get<std::string>();
  return member->is_number() || member->is_boolean() ? member->dump() : std::string();
}

int number_member(const Json& object, std::string_view name) {
  const std::string text = text_member(object, name);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? number : 0;
}

std::optional<std::int64_t> count_member(const Json& object, std::string_view name) {
  const std::string text = text_member(object, name);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string date_member(const Json& object, std::string_view name) {
  const auto date = object.is_object() ? object.find(name) : object.end();
  if (date == object.end() || !date->is_object()) return text_member(object, name);
  if (std::string utc = text_member(*date, "utc"); !utc.empty()) return utc;
  constexpr auto kMost = std::chrono::floor<std::chrono::seconds>(Clock::TimePoint::max()).time_since_epoch();
  const auto seconds = count_member(*date, "_seconds");
  if (!seconds || *seconds < 0 || *seconds > kMost.count()) return {};
  return to_iso8601(Clock::TimePoint(std::chrono::seconds(*seconds)));
}

ServiceError service_error(const Json& json) {
  ServiceError error;
  error.code = number_member(json, "code");
  error.message = text_member(json, "message");
  if (const std::string details = text_member(json, "details"); !details.empty() && details != error.message) {
    // A word of TikTok's own is kept apart from the sentence before it: "internal" is plain English, too.
    const bool is_reason = find_service_reason(details) != nullptr;
    if (error.message.empty()) error.message = details;
    else error.message += is_reason ? " (" + details + ")" : " " + details;
  }
  error.platform = text_member(json, "platform");
  const auto check = json.find("verifyCheck");
  error.pre_check = check != json.end() && check->is_boolean() && check->get<bool>();
  return error;
}

std::vector<ServiceError> service_errors(const Json& body) {
  std::vector<ServiceError> errors;
  if (!body.is_object()) return errors;
  if (const auto list = body.find("errors"); list != body.end() && list->is_array()) {
    for (const Json& entry : *list) {
      if (entry.is_object()) errors.push_back(service_error(entry));
      else if (entry.is_string()) errors.push_back({0, entry.get<std::string>(), "", false});
    }
  }
  const bool went_well = to_lower(text_member(body, "status")) == "success";  // then a code is 200, a message thanks
  const bool is_refusal_itself = errors.empty() && !went_well && (body.contains("code") || body.contains("message"));
  if (is_refusal_itself) errors.push_back(service_error(body));
  if (const auto history = body.find("history"); errors.empty() && history != body.end() && history->is_object()) {
    errors.push_back(service_error(*history));
  }
  return errors;
}

bool was_refused_unsent(const Json& body) {
  const auto errors = service_errors(body);
  const bool by_check = !errors.empty() && std::ranges::all_of(errors, &ServiceError::pre_check);
  return by_check && !tiktok_may_have(body);
}

std::optional<Error> failure_of(const HttpResponse& response, const Json& body, std::string_view call) {
  const bool readable = body.is_object() || body.is_array();
  const bool says_error = to_lower(text_member(body, "status")) == "error";
  if (response.status == 200 && readable && !says_error) return std::nullopt;

  Error error;
  error.native = response.status;
  if (response.status == 200 && !readable) {
    error.code = ErrorCode::kUnavailable;
    error.message = fmt::format("{}: the service's answer is not JSON", call);
    return error;
  }
  const auto errors = service_errors(body);
  const std::string words = in_words(errors, response.status);
  const Refusal* refusal = known_refusal(errors, response.status);
  // The service is known to answer refusals with 500 as well as with 400.
  const int status = response.status >= 500 && was_refused_unsent(body) ? kBadRequest : response.status;
  error.code = code_of(status, refusal);
  error.message =
      fmt::format("{}: {} (HTTP {}){}{}", call, meaning_of(status), response.status, words.empty() ? "" : ": ", words);
  error.fix = refusal != nullptr ? refusal->fix : fix_of(status);
  return error;
}

Error outcome_unknown(std::string_view what, std::string_view why, int native) {
  Error error;
  error.code = ErrorCode::kOutcomeUnknown;
  error.message = fmt::format("the {} may or may not have been accepted: {}", what, why);
  error.native = native;
  error.fix = "tokprep status";
  return error;
}

Error as_repeatable(Error error) {
  if (error.code != ErrorCode::kOutcomeUnknown) return error;
  error.code = error.native == ETIMEDOUT ? ErrorCode::kTimeout : ErrorCode::kNetwork;
  return error;
}

Error unreadable_answer(std::string_view call, std::string_view missing) {
  Error error;
  error.code = ErrorCode::kUnavailable;
  error.message = fmt::format("{}: the service's answer has no usable {}", call, missing);
  error.native = 200;
  return error;
}

}  // namespace tokprep
