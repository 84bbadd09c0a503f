#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "upload/ayrshare/client.h"
#include "upload/ayrshare/replies.h"
#include "upload/url.h"

namespace tokprep {
namespace {

constexpr int kHistoryIsEmpty = 221;
// The service looks at the media before it answers, and a lost answer is dear.
constexpr std::chrono::milliseconds kPostTimeout{180'000};

Error outcome_unknown(std::string_view why, int status) {
  Error error;
  error.code = ErrorCode::kOutcomeUnknown;
  error.message = fmt::format("the post may or may not have been accepted: {}", why);
  error.native = status;
  error.fix = "tokprep status";
  return error;
}

/// What an answer to POST /post amounts to. Anything short of a clear yes or no is "unknown".
Result<PostRecord> outcome_of(const HttpResponse& response) {
  const Json body = body_of(response);
  if (auto failure = failure_of(response, body, "POST /post")) {
    if (failure->code == ErrorCode::kUnavailable) return fail(outcome_unknown(failure->message, response.status));
    return fail(std::move(*failure));
  }
  PostRecord record = parse_post(body);
  if (record.id.empty()) {
    return fail(outcome_unknown(unreadable_answer("POST /post", "id").message, response.status));
  }
  return record;
}

/// A record of a failed post has status "error" like a refusal; what tells them apart is the id.
bool is_post(int status, const Json& body) { return status == 200 && !text_member(body, "id").empty(); }

bool says_empty(const Json& body) {
  const auto errors = service_errors(body);
  return !errors.empty() && errors.front().code == kHistoryIsEmpty;
}

/// "There is nothing" comes as HTTP 400.
bool is_empty_history(int status, const Json& body) { return status < 500 && says_empty(body); }

bool concerns_tiktok(const Json& post) {
  if (!post.is_object()) return false;
  const auto platforms = post.find("platforms");
  if (platforms == post.end() || !platforms->is_array() || platforms->empty()) return true;
  return std::ranges::any_of(
      *platforms, [](const Json& name) { return name.is_string() && to_lower(name.get<std::string>()) == "tiktok"; });
}

}  // namespace

Result<PostRecord> AyrshareClient::create_post(const PostOptions& options, const std::vector<std::string>& media_urls,
                                               bool is_video, const RunContext& run) {
  HttpRequest request = with_json("POST", "/post", post_body(options, media_urls, is_video));
  request.at_most_once = true;
  request.total_timeout = kPostTimeout;
  auto response = http_.send(request, run);
  if (!response) {
    Error error = std::move(response).error();
    if (error.code == ErrorCode::kOutcomeUnknown) return fail(outcome_unknown(error.message, error.native));
    return fail(std::move(error));
  }
  auto outcome = outcome_of(*response);
  if (outcome) return without_keys(std::move(*outcome));
  outcome.error().message = without_keys(std::move(outcome.error().message));
  return outcome;
}

Result<PostRecord> AyrshareClient::get_post(const std::string& id, const RunContext& run) {
  TOKPREP_ASSIGN(const Json reply, call(authorised("GET", "/post/" + percent_encoded(id)), run, is_post));
  PostRecord record = parse_post(reply);
  if (record.id.empty()) return fail(unreadable_answer("GET /post", "id"));
  return without_keys(std::move(record));
}

Result<std::vector<PostRecord>> AyrshareClient::history(const HistoryQuery& query, const RunContext& run) {
  const std::string path = fmt::format("/history?limit={}&lastDays={}", query.limit, query.last_days);
  TOKPREP_ASSIGN(const Json reply, call(authorised("GET", path), run, is_empty_history));
  std::vector<PostRecord> records;
  if (says_empty(reply)) return records;
  const auto list = reply.is_object() ? reply.find("history") : reply.end();
  if (list == reply.end() || !list->is_array()) return fail(unreadable_answer("GET /history", "history"));
  for (const Json& post : *list) {
    if (concerns_tiktok(post)) records.push_back(without_keys(parse_post(post)));
  }
  std::ranges::stable_sort(records, std::ranges::greater{}, &PostRecord::created);
  return records;
}

Result<std::vector<std::string>> AyrshareClient::linked_networks(const RunContext& run) {
  TOKPREP_ASSIGN(const Json reply, call(authorised("GET", "/user"), run));
  std::vector<std::string> networks;
  const auto active = reply.is_object() ? reply.find("activeSocialAccounts") : reply.end();
  if (active == reply.end() || !active->is_array()) return networks;  // left out where none is linked
  for (const Json& name : *active) {
    if (name.is_string()) networks.push_back(name.get<std::string>());
  }
  return networks;
}

}  // namespace tokprep
