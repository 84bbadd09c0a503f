#include "base/json.h"
#include "base/text.h"
#include "upload/ayrshare/client.h"
#include "upload/ayrshare/replies.h"

namespace tokprep {
namespace {

/// A refusal of what was shown, not of the call: HTTP 200 or 400, with a code or a list of them. (A wrong key, a limit
/// or a fault says nothing about the post.)
bool is_verdict(int status, const Json& body) {
  const bool says_error = to_lower(text_member(body, "status")) == "error";
  return (status == 200 || status == 400) && says_error && !service_errors(body).empty();
}

std::vector<ServiceError> warnings_of(const Json& reply) {
  std::vector<ServiceError> warnings;
  const auto list = reply.is_object() ? reply.find("warnings") : reply.end();
  if (list == reply.end() || !list->is_array()) return warnings;
  for (const Json& entry : *list) {
    if (entry.is_object()) warnings.push_back(service_error(entry));
  }
  return warnings;
}

}  // namespace

Result<PostCheck> AyrshareClient::validate_post(const PostOptions& options, const std::vector<std::string>& media_urls,
                                                bool is_video, const RunContext& run) {
  const HttpRequest request = with_json("POST", "/validate/post", post_body(options, media_urls, is_video));
  TOKPREP_ASSIGN(const Json reply, call(request, run, is_verdict));
  PostCheck check;
  check.accepted = to_lower(text_member(reply, "status")) != "error";
  if (check.accepted) check.message = without_keys(text_member(reply, "message"));
  else check.errors = service_errors(reply);
  check.warnings = warnings_of(reply);
  for (ServiceError& error : check.errors) error.message = without_keys(std::move(error.message));
  for (ServiceError& warning : check.warnings) warning.message = without_keys(std::move(warning.message));
  return check;
}

Result<TextWeight> AyrshareClient::text_weight(const std::string& text, const RunContext& run) {
  TOKPREP_ASSIGN(const Json reply, call(with_json("POST", "/validate/postLength", {{"post", text}}), run));
  const auto length = count_member(reply, "tikTokWeightedLength");
  if (!length) return fail(unreadable_answer("POST /validate/postLength", "tikTokWeightedLength"));
  TextWeight weight;
  weight.length = static_cast<int>(*length);
  if (const auto limits = reply.find("maxCharLimits"); limits != reply.end()) {
    weight.length_max = number_member(*limits, "tiktok");
  }
  weight.fits = text_member(reply, "tikTokValid") == "true";
  return weight;
}

}  // namespace tokprep
