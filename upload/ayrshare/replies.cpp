#include "upload/ayrshare/replies.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "base/json.h"
#include "base/text.h"

namespace tokprep {
namespace {

struct Remedy {
  int code;
  std::string_view fix;
};

// What the user can do about refusals of Ayrshare (https://www.ayrshare.com/docs/errors/errors-ayrshare).
constexpr std::array kRemedies = {
    Remedy{132, "shorten the caption"},
    Remedy{136, "make sure the media URL is public https, without redirects"},
    Remedy{137, "change the caption or the media: the same post went out within two days"},
    Remedy{156, "link TikTok on the Social Accounts page of the Ayrshare dashboard"},
    Remedy{169, "this needs a larger Ayrshare plan"},
    Remedy{182, "bring the video to a permitted size: tokprep prepare"},
    Remedy{254, "bring the image to a permitted size: tokprep prepare"},
};

std::string_view remedy_for(const std::vector<ServiceError>& errors) {
  for (const ServiceError& error : errors) {
    const auto* known = std::ranges::find(kRemedies, error.code, &Remedy::code);
    if (known != kRemedies.end()) return known->fix;
  }
  return {};
}

ErrorCode code_of_status(int status) {
  if (status == 401 || status == 403) return ErrorCode::kAuth;
  if (status == 429) return ErrorCode::kRateLimited;
  if (status >= 500) return ErrorCode::kUnavailable;
  return ErrorCode::kRejected;
}

std::string_view meaning_of(const HttpResponse& response) {
  if (response.status >= 300 && response.status < 400) return "the service answered with a redirect; check --api-url";
  switch (code_of_status(response.status)) {
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

std::string in_words(const std::vector<ServiceError>& errors) {
  std::string words;
  for (const ServiceError& error : errors) {
    if (!words.empty()) words += "; ";
    if (error.code != 0) words += fmt::format("(code {}) ", error.code);
    words += error.message;
  }
  return words;
}

ServiceError service_error(const Json& json) {
  ServiceError error;
  error.code = number_member(json, "code");
  error.message = text_member(json, "message");
  if (const std::string details = text_member(json, "details"); !details.empty() && details != error.message) {
    error.message += error.message.empty() ? details : " " + details;
  }
  error.platform = text_member(json, "platform");
  const auto check = json.find("verifyCheck");
  error.pre_check = check != json.end() && check->is_boolean() && check->get<bool>();
  return error;
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

Json body_of(const HttpResponse& response) { return unwrapped(Json::parse(response.body, nullptr, false)); }

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

std::vector<ServiceError> service_errors(const Json& body) {
  std::vector<ServiceError> errors;
  if (!body.is_object()) return errors;
  if (const auto list = body.find("errors"); list != body.end() && list->is_array()) {
    for (const Json& entry : *list) {
      if (entry.is_object()) errors.push_back(service_error(entry));
      else if (entry.is_string()) errors.push_back({0, entry.get<std::string>(), "", false});
    }
  }
  const bool is_refusal_itself = errors.empty() && (body.contains("code") || body.contains("message"));
  if (is_refusal_itself) errors.push_back(service_error(body));
  if (const auto history = body.find("history"); errors.empty() && history != body.end() && history->is_object()) {
    errors.push_back(service_error(*history));
  }
  return errors;
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
  const std::string words = in_words(errors);
  error.code = code_of_status(response.status);
  error.message = fmt::format("{}: {} (HTTP {}){}{}", call, meaning_of(response), response.status,
                              words.empty() ? "" : ": ", words);
  error.fix = remedy_for(errors);
  if (error.code == ErrorCode::kAuth && error.fix.empty()) error.fix = "check the key: tokprep doctor";
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
