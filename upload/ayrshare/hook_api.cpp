#include <fmt/format.h>

#include "base/json.h"
#include "upload/ayrshare/client.h"
#include "upload/ayrshare/replies.h"
#include "upload/url.h"

namespace tokprep {
namespace {

constexpr std::string_view kPath = "/hook/webhook";

/// A service that quotes what it refuses must not bring the secret into our messages.
Error without_secret(Error error, const Secret& secret) {
  const std::string& bytes = secret.reveal();
  for (auto at = error.message.find(bytes); !bytes.empty() && at != std::string::npos; at = error.message.find(bytes)) {
    error.message.replace(at, bytes.size(), "***");
  }
  return error;
}

Status check_hook_url(const std::string& url) {
  const std::string scheme = scheme_of(url);
  if (scheme == "https" || (scheme == "http" && is_loopback_url(url))) return {};
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.message = fmt::format("'{}' cannot be told to the service: it sends events to https only", shown_url(url));
  error.fix = "give the https address of the proxy in front of tokprep webhook";
  return fail(std::move(error));
}

}  // namespace

Status AyrshareClient::register_hook(const HookRegistration& hook, const RunContext& run) {
  TOKPREP_TRY(check_hook_url(hook.url));
  Json body = {{"action", hook.action}, {"url", hook.url}};
  if (hook.secret) body["secret"] = hook.secret->reveal();
  auto reply = call(with_json("POST", kPath, body), run);
  if (reply) return {};
  if (!hook.secret) return fail(std::move(reply).error());
  return fail(without_secret(std::move(reply).error(), *hook.secret));
}

Result<std::vector<RegisteredHook>> AyrshareClient::hooks(const RunContext& run) {
  TOKPREP_ASSIGN(const Json reply, call(authorised("GET", kPath), run));
  std::vector<RegisteredHook> hooks;
  if (!reply.is_object()) return hooks;
  for (const auto& [action, url] : reply.items()) {  // keyed by action, between status and dates
    if (!url.is_string()) continue;
    const std::string scheme = scheme_of(url.get<std::string>());
    if (scheme == "https" || scheme == "http") hooks.push_back({action, url.get<std::string>()});
  }
  return hooks;
}

Status AyrshareClient::remove_hook(const std::string& action, const RunContext& run) {
  TOKPREP_TRY(call(with_json("DELETE", kPath, {{"action", action}}), run));
  return {};
}

Status AyrshareClient::rotate_hook_secret(const Secret& secret, const RunContext& run) {
  HttpRequest request = with_json("POST", std::string(kPath) + "/secret", {{"secret", secret.reveal()}});
  auto reply = call_once(std::move(request), "new webhook secret", run);
  if (reply) return {};
  Error error = without_secret(std::move(reply).error(), secret);
  if (error.code == ErrorCode::kOutcomeUnknown) error.fix = "accept both secrets, the old and the new one";
  return fail(std::move(error));
}

}  // namespace tokprep
