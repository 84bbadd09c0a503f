#include <algorithm>
#include <optional>

#include "upload/sandbox/codes.h"
#include "upload/sandbox/dates.h"
#include "upload/sandbox/routes.h"

namespace tokprep::sandbox {
namespace {

/// A change that is refused, with the HTTP status of the refusal.
struct Refused {
  int status;
  int code;
  std::string message;
};

using Changed = tl::expected<Post, Refused>;

constexpr int kNoCode = 400;  // the service's number is not documented

tl::unexpected<Refused> refused(int status, int code, std::string message) {
  return tl::unexpected(Refused{status, code, std::move(message)});
}

Post* find_own(Book& book, const Exchange& exchange, const Json& body) {
  Post* post = book.find_post(body["id"].get<std::string>());
  return post == nullptr || post->profile != exchange.profile ? nullptr : post;
}

bool is_unsent(const Post& post) {
  return post.state == PostState::kAwaitingApproval || post.state == PostState::kScheduled ||
         post.state == PostState::kPaused;
}

void apply(Post& post, const Json& body, std::optional<std::int64_t> due_ms, std::int64_t now_ms) {
  if (body.contains("notes")) post.request["notes"] = body["notes"];
  if (body.contains("disableComments")) post.request["disableComments"] = body["disableComments"];
  if (due_ms) {
    post.due_ms = *due_ms;
    post.request["scheduleDate"] = body["scheduleDate"];
  }
  const bool approved = post.state == PostState::kAwaitingApproval && body.value("approved", false);
  const bool resumed = post.state == PostState::kPaused && !body.value("scheduledPause", true);
  const bool moved = post.state == PostState::kScheduled && due_ms;
  if (approved || resumed || moved) {
    post.state = PostState::kScheduled;
    post.due_ms = std::max(post.due_ms, now_ms);  // a past date is now
  }
  if (post.state == PostState::kScheduled && body.value("scheduledPause", false)) post.state = PostState::kPaused;
}

Changed update(Book& book, const Exchange& exchange, const Json& body, std::optional<std::int64_t> due_ms,
               const Site& site) {
  Post* post = find_own(book, exchange, body);
  if (post == nullptr) return refused(404, code::kUnknownPost, "There is no such post.");
  if (!is_unsent(*post)) return refused(400, kNoCode, "The post has been sent; only waiting posts can be changed.");
  apply(*post, body, due_ms, site.now_ms());
  return *post;
}

bool may_be_retried(const Post& post) {
  return post.state == PostState::kFailed && !post.was_retried &&
         std::ranges::any_of(post.errors, [](const Json& error) { return error.value("retryAvailable", false); });
}

/// It goes the way of a scheduled post from here.
Changed retry(Book& book, const Exchange& exchange, const Json& body, const Site& site) {
  Post* post = find_own(book, exchange, body);
  if (post == nullptr) return refused(404, code::kUnknownPost, "There is no such post.");
  if (!may_be_retried(*post)) {
    return refused(400, kNoCode, "The post cannot be retried: it did not fail, not for a time, or was retried before.");
  }
  post->was_retried = true;
  post->errors = Json::array();
  post->late_failure.clear();
  post->share_id.clear();
  post->sent_ms = 0;
  post->due_ms = site.now_ms();
  post->state = PostState::kScheduled;
  return *post;
}

/// Runs `change(Book&)` and answers with what the post is then. The form of this reply is not documented.
template <class F>
void change_and_reply(Exchange& exchange, Site& site, std::string_view action, F&& change) {
  const auto done = site.store->change([&](Book& book) -> Result<Changed> { return change(book); });
  if (!done) return exchange.refuse(500, 500, describe(done.error()), action);
  if (!*done) return exchange.refuse(done->error().status, done->error().code, done->error().message, action);
  const Post& post = **done;
  exchange.reply(200, {{"status", action == "retry" ? "pending" : "success"}, {"id", post.id}, {"refId", post.ref_id}});
}

void update_post(Exchange& exchange, Site& site) {
  const auto body = exchange.json_body(kPostBodyBytes);
  if (!body) return;
  if (body->size() < 2) return exchange.refuse(refuse_field("id", "is all there is; say what to change"), "update");
  std::optional<std::int64_t> due_ms;
  if (body->contains("scheduleDate")) {
    due_ms = parse_iso8601((*body)["scheduleDate"].get_ref<const std::string&>());
    if (!due_ms)
      return exchange.refuse(refuse_field("scheduleDate", "must be a UTC time such as 2026-07-08T12:30:00Z"), "update");
  }
  change_and_reply(exchange, site, "update", [&](Book& book) { return update(book, exchange, *body, due_ms, site); });
}

void retry_post(Exchange& exchange, Site& site) {
  const auto body = exchange.json_body(kPostBodyBytes);
  if (!body) return;
  change_and_reply(exchange, site, "retry", [&](Book& book) { return retry(book, exchange, *body, site); });
}

}  // namespace

void add_update_routes(Router& router, Site& site) {
  for (const char* method : {"PATCH", "PUT"}) {
    router.api(method, "/post", [&site](Exchange& exchange) { update_post(exchange, site); });
  }
  router.api("PUT", "/post/retry", [&site](Exchange& exchange) { retry_post(exchange, site); });
}

}  // namespace tokprep::sandbox
