#include "upload/ayrshare/client.h"

#include <fmt/format.h>

#include <utility>

#include "base/json.h"
#include "upload/ayrshare/replies.h"
#include "upload/url.h"

namespace tokprep {
namespace {

// How long posts are held after a refusal for the rate that names no time: somebody else's limit, by and large.
constexpr std::chrono::minutes kUntoldHold{1};

void blot_out(std::string& text, const std::string& key) {
  if (key.empty()) return;
  for (auto at = text.find(key); at != std::string::npos; at = text.find(key, at)) text.replace(at, key.size(), "***");
}

std::string in_seconds(std::chrono::milliseconds time) {
  return fmt::format("{} s", std::chrono::ceil<std::chrono::seconds>(time).count());
}

/// "POST /media/urlExists": the call without host, query and keys.
std::string call_name(const HttpRequest& request, std::string_view base_url) {
  const std::string url = shown_url(request.url);
  const std::string base = shown_url(base_url);
  return request.method + " " + (url.starts_with(base) ? url.substr(base.size()) : url);
}

}  // namespace

Error closed_window(std::chrono::milliseconds wait) {
  Error error;
  error.code = ErrorCode::kRateLimited;
  error.message = fmt::format("not sent: the service takes no call for {}", in_seconds(wait));
  error.fix = fmt::format("run again in {}", in_seconds(wait));
  return error;
}

AyrshareClient::AyrshareClient(HttpClient& http, ServiceConfig config, RetryPolicy policy)
    : http_(http),
      config_(std::move(config)),
      policy_(std::move(policy)),
      transfers_(std::make_shared<TransferLimit>(config_.uploads_at_once)) {
  if (!policy_.budget) policy_.budget = std::make_shared<RetryBudget>();
  while (config_.base_url.ends_with('/')) config_.base_url.pop_back();
}

HttpRequest AyrshareClient::authorised(std::string method, std::string_view path) const {
  HttpRequest request;
  request.method = std::move(method);
  request.url = config_.base_url + std::string(path);
  request.headers.emplace_back("Authorization", "Bearer " + config_.api_key.reveal());
  if (config_.profile_key) request.headers.emplace_back("Profile-Key", config_.profile_key->reveal());
  return request;
}

HttpRequest AyrshareClient::with_json(std::string method, std::string_view path, const Json& body) const {
  HttpRequest request = authorised(std::move(method), path);
  request.headers.emplace_back("Content-Type", "application/json");
  request.body = to_line(body);
  return request;
}

std::string AyrshareClient::without_keys(std::string text) const {
  blot_out(text, config_.api_key.reveal());
  if (config_.profile_key) blot_out(text, config_.profile_key->reveal());
  return text;
}

PostRecord AyrshareClient::without_keys(PostRecord record) const {
  for (ServiceError& error : record.errors) error.message = without_keys(std::move(error.message));
  return record;
}

Status AyrshareClient::wait_for_window(const RunContext& run) const {
  while (const auto wait = window_->wait(run.clock->now())) {
    if (*wait > policy_.deadline) return fail(closed_window(*wait));
    run.note(LogLevel::kWarn, [&] { return fmt::format("the service takes no call for {}", in_seconds(*wait)); });
    run.report("wait", 0);
    if (!run.clock->sleep(*wait, run.stop)) return run.check_stop();
  }
  return {};
}

Result<HttpResponse> AyrshareClient::send_counted(const HttpRequest& request, const RunContext& run) {
  TOKPREP_TRY(wait_for_window(run));
  auto response = http_.send(request, run);
  if (response) window_->note(*response, run.clock->now());
  return response;
}

Attempt<Json> AyrshareClient::exchange(const HttpRequest& request, const RunContext& run, Usable usable,
                                       CallStory* story) {
  auto response = send_counted(request, run);
  if (!response) {
    if (story != nullptr) story->answer_lost |= response.error().code == ErrorCode::kOutcomeUnknown;
    // Not sent at all, and it would not be in a moment.
    if (response.error().code == ErrorCode::kRateLimited)
      return tl::unexpected(Failure(std::move(response).error(), false));
    return tl::unexpected(Failure(as_repeatable(std::move(response).error())));
  }
  Json body = body_of(*response);
  if (usable != nullptr && usable(response->status, body)) return body;
  auto failure = failure_of(*response, body, call_name(request, config_.base_url));
  if (!failure) return body;
  if (story != nullptr) story->answer_lost |= failure->code == ErrorCode::kUnavailable;
  failure->message = without_keys(std::move(failure->message));  // a service may quote the key it refuses
  const auto now = run.clock->now();
  std::optional<std::chrono::milliseconds> wait;
  if (const auto header = response->headers.find("retry-after"); header != response->headers.end()) {
    wait = parse_retry_after(header->second, now);
  } else if (response->status == 429) {
    wait = window_->wait(now);
  }
  return tl::unexpected(Failure(std::move(*failure), wait));
}

Result<Json> AyrshareClient::call(const HttpRequest& request, const RunContext& run, Usable usable, CallStory* story) {
  return retry(policy_, run, [&] { return exchange(request, run, usable, story); });
}

/// A call sent once is not tried again after a refusal for the rate, but the next ones wait.
void AyrshareClient::hold_after(Error& refusal, Clock::TimePoint now) {
  if (!window_->wait(now)) window_->hold_until(now + kUntoldHold);
  if (const auto wait = window_->wait(now)) refusal.fix = fmt::format("run again in {}", in_seconds(*wait));
}

Result<Json> AyrshareClient::call_once(HttpRequest request, std::string_view what, const RunContext& run) {
  request.at_most_once = true;
  const std::string name = call_name(request, config_.base_url);
  auto response = send_counted(request, run);
  if (!response) {
    Error error = std::move(response).error();
    if (error.code == ErrorCode::kOutcomeUnknown) error = outcome_unknown(what, error.message, error.native);
    return fail(std::move(error));
  }
  Json body = body_of(*response);
  auto failure = failure_of(*response, body, name);
  if (!failure) return body;
  failure->message = without_keys(std::move(failure->message));
  if (response->status == 429) hold_after(*failure, run.clock->now());
  const bool is_other_yes = response->status > 200 && response->status < 300;
  const bool maybe_taken = tiktok_may_have(body);
  if (maybe_taken && !is_other_yes && !text_member(body, "id").empty()) return body;
  const bool no_clear_answer = maybe_taken || is_other_yes || (response->status >= 500 && !was_refused_unsent(body)) ||
                               (response->status == 200 && !body.is_structured());
  if (no_clear_answer) return fail(outcome_unknown(what, failure->message, response->status));
  return fail(std::move(*failure));
}

}  // namespace tokprep
