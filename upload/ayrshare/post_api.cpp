#include <fmt/format.h>

#include "base/json.h"
#include "upload/ayrshare/client.h"
#include "upload/ayrshare/replies.h"
#include "upload/url.h"

namespace tokprep {
namespace {

// The service looks at the media before it answers, and a lost answer is dear.
constexpr std::chrono::milliseconds kPostTimeout{180'000};

constexpr int kHttpOk = 200;
constexpr int kNoSuchPost = 114;
constexpr int kDeletedAlready = 383;

int first_code(const Json& body) {
  const auto errors = service_errors(body);
  return errors.empty() ? 0 : errors.front().code;
}

/// What is not there needs no deleting.
bool is_gone(int status, const Json& body) {
  if (status == 200 || status >= 500) return false;
  const int code = first_code(body);
  return code == kNoSuchPost || code == kDeletedAlready;
}

Json update_body(const std::string& id, const PostChange& change) {
  Json body = {{"id", id},
               {"scheduleDate", change.schedule_date},
               {"approved", change.approved},
               {"scheduledPause", change.schedule_paused},
               {"notes", change.notes}};
  return without_nulls(std::move(body));
}

/// A record of a failed post has status "error" like a refusal; what tells them apart is the id.
bool is_post(int status, const Json& body) { return status == 200 && !text_member(body, "id").empty(); }

}  // namespace

Result<PostRecord> AyrshareClient::create_post(const PostOptions& options, const std::vector<std::string>& media_urls,
                                               bool is_video, const RunContext& run) {
  if (const auto wait = window_->wait(run.clock->now())) return fail(closed_window(*wait));
  HttpRequest request = with_json("POST", "/post", post_body(options, media_urls, is_video));
  request.total_timeout = kPostTimeout;
  TOKPREP_ASSIGN(const Json reply, call_once(std::move(request), "post", run));
  PostRecord record = parse_post(reply);
  if (record.id.empty()) {
    return fail(outcome_unknown("post", unreadable_answer("POST /post", "id").message, kHttpOk));
  }
  return without_keys(std::move(record));
}

Result<PostRecord> AyrshareClient::retry_post(const std::string& id, const RunContext& run) {
  HttpRequest request = with_json("PUT", "/post/retry", {{"id", id}});
  request.total_timeout = kPostTimeout;
  TOKPREP_ASSIGN(const Json reply, call_once(std::move(request), "retry of post " + id, run));
  PostRecord record = parse_post(reply);
  // What it answers is not documented; that it did not refuse is. From there the post goes on like a scheduled one.
  if (record.id.empty()) record.id = id;
  if (record.state == PostState::kUnknown) record.state = PostState::kPending;
  return without_keys(std::move(record));
}

Result<PostRecord> AyrshareClient::get_post(const std::string& id, const RunContext& run) {
  TOKPREP_ASSIGN(const Json reply, call(authorised("GET", "/post/" + percent_encoded(id)), run, is_post));
  PostRecord record = parse_post(reply);
  if (record.id.empty()) return fail(unreadable_answer("GET /post", "id"));
  return without_keys(std::move(record));
}

Status AyrshareClient::delete_post(const std::string& id, const RunContext& run) {
  CallStory story;
  HttpRequest request = with_json("DELETE", "/post", {{"id", id}});
  request.at_most_once = true;  // each attempt: one that libcurl repeated by itself would not show that it was lost
  TOKPREP_ASSIGN(const Json reply, call(request, run, is_gone, &story));
  // "No such post" to the first attempt is a wrong id; to a later one it may only mean that an earlier was heard.
  if (first_code(reply) == kNoSuchPost && !story.answer_lost) {
    auto refusal = failure_of(HttpResponse{404, {}, {}}, reply, "DELETE /post");
    refusal->message = without_keys(std::move(refusal->message));
    return fail(std::move(*refusal));
  }
  return {};
}

Status AyrshareClient::update_post(const std::string& id, const PostChange& change, const RunContext& run) {
  const Json body = update_body(id, change);
  if (body.size() == 1) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("nothing is to be changed about post {}", id));
  }
  CallStory story;
  HttpRequest request = with_json("PATCH", "/post", body);
  request.at_most_once = true;  // as in delete_post
  auto reply = call(request, run, nullptr, &story);
  if (reply) return {};
  const bool after_lost_answer = story.answer_lost && reply.error().code == ErrorCode::kRejected;
  if (!after_lost_answer) return fail(std::move(reply).error());
  return fail(outcome_unknown("change of post " + id, reply.error().message, reply.error().native));
}

}  // namespace tokprep
