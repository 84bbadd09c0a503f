#include <algorithm>

#include "upload/sandbox/codes.h"
#include "upload/sandbox/ids.h"
#include "upload/sandbox/lifecycle.h"
#include "upload/sandbox/post_replies.h"
#include "upload/sandbox/post_rules.h"
#include "upload/sandbox/routes.h"

namespace tokprep::sandbox {
namespace {

constexpr std::size_t kBodyBytes = 1'000'000;

Post new_post(const PostRequest& request, const Exchange& exchange, const Site& site) {
  Post post;
  post.id = random_alphanumerics(20);
  post.ref_id = random_hex(40);
  post.profile = exchange.profile;
  post.request = request.body;
  post.media_paths = media_paths(request.media_urls, site);
  post.is_video = request.is_video;
  post.created_ms = site.now_ms();
  post.due_ms = std::max(post.created_ms, request.schedule_ms.value_or(0));  // a past date is now
  return post;
}

bool is_scheduled(const Post& post) { return post.due_ms > post.created_ms; }

/// Scheduled posts may ask to be judged only when they go out.
std::optional<Refusal> judge_now(const PostRequest& request, const Post& post, const Site& site) {
  if (is_scheduled(post) && !request.validate_scheduled) return std::nullopt;
  return judge_media_and_text(request, site);
}

PostState first_state(const PostRequest& request, const Post& post) {
  if (request.requires_approval) return PostState::kAwaitingApproval;
  return is_scheduled(post) ? PostState::kScheduled : PostState::kPending;
}

bool key_was_used(const Book& book, const PostRequest& request, const Post& post) {
  return !request.idempotency_key.empty() && std::ranges::any_of(book.posts, [&](const Post& other) {
    return other.profile == post.profile && other.request.value("idempotencyKey", "") == request.idempotency_key;
  });
}

/// Writes the post down, refused ones too: every id that was given out can be asked for.
/// kRejected for an idempotency key that was used before, whatever became of that post.
Result<Post> enter(Book& book, const PostRequest& request, Post post, std::optional<Refusal> refusal) {
  if (key_was_used(book, request, post)) return fail(ErrorCode::kRejected, "idempotencyKey: was used before.");
  post.fingerprint = fingerprint(request.text, post.media_paths, book, post.created_ms);
  if (!refusal) refusal = find_duplicate(book, post);
  post.state = refusal ? PostState::kRefused : first_state(request, post);
  if (refusal) post.errors = Json::array({error_entry(*refusal)});
  if (post.state == PostState::kPending) post.share_id = new_share_id(post.is_video);
  book.posts.push_back(post);
  return post;
}

void submit_post(Exchange& exchange, Site& site) {
  auto body = exchange.json_body(kBodyBytes);
  if (!body) return;
  const auto request = parse_post_request(std::move(*body));
  if (!request) return exchange.refuse(400, request.error().code, request.error().message, "post");
  const Post post = new_post(*request, exchange, site);
  const auto refusal = judge_now(*request, post, site);
  const Result<Post> entered = site.store->change([&](Book& book) { return enter(book, *request, post, refusal); });
  if (!entered && entered.error().code == ErrorCode::kRejected) {
    return exchange.refuse(400, 400, entered.error().message, "post");
  }
  if (!entered) return exchange.refuse(500, 500, describe(entered.error()), "post");
  Json reply = submitted_reply(*entered);
  if (!exchange.profile.empty()) reply = wrapped_for_profile(std::move(reply));
  exchange.reply(entered->state == PostState::kRefused ? 400 : 200, reply);
}

void validate_post(Exchange& exchange, Site& site) {
  auto body = exchange.json_body(kBodyBytes);
  if (!body) return;
  const auto request = parse_post_request(std::move(*body));
  if (!request) return exchange.refuse(400, request.error().code, request.error().message, "post");
  Post post = new_post(*request, exchange, site);
  std::optional<Refusal> refusal = judge_media_and_text(*request, site);
  if (!refusal) {
    refusal = site.store->read([&](const Book& book) {
      post.fingerprint = fingerprint(request->text, post.media_paths, book, post.created_ms);
      return find_duplicate(book, post);
    });
  }
  if (refusal) return exchange.refuse(400, refusal->code, refusal->message, "post");
  exchange.reply(200, {{"status", "success"}, {"message", "Nothing is wrong with this post."}});
}

struct Deletion {
  int status = 200;
  Json reply;
};

Deletion not_deleted(int status, int code, const std::string& id, const char* why) {
  return {status, {{"action", "delete"}, {"status", "error"}, {"code", code}, {"id", id}, {"message", why}}};
}

/// Takes the post out of the history. What TikTok has stays there: the service cannot take it back.
Deletion delete_one(Book& book, const std::string& profile, const std::string& id, bool was_deleted_by_hand) {
  Post* post = book.find_post(id);
  if (post == nullptr || post->profile != profile)
    return not_deleted(404, code::kUnknownPost, id, "There is no such post.");
  if (post->state == PostState::kDeleted)
    return not_deleted(400, code::kAlreadyDeleted, id, "The post is deleted already.");
  if (was_deleted_by_hand && post->state == PostState::kPublished) {
    return not_deleted(400, code::kStillOnNetwork, id, "The post is still on TikTok.");
  }
  post->state = PostState::kDeleted;
  return {200,
          {{"tiktok", {{"action", "delete"}, {"status", "success"}, {"id", id}}},
           {"status", "success"},
           {"id", id},
           {"code", 200}}};
}

Deletion delete_many(Book& book, const std::string& profile, const std::vector<std::string>& ids) {
  Deletion all{200, {{"status", "success"}, {"posts", Json::array()}}};
  for (const std::string& id : ids) {
    Deletion one = delete_one(book, profile, id, false);
    if (one.status != 200) {
      all.status = one.status;
      all.reply["status"] = "error";
    }
    all.reply["posts"].push_back(std::move(one.reply));
  }
  return all;
}

std::vector<std::string> scheduled_ids(const Book& book, const std::string& profile) {
  std::vector<std::string> ids;
  for (const Post& post : book.posts) {
    if (post.profile == profile && post.state == PostState::kScheduled) ids.push_back(post.id);
  }
  return ids;
}

/// {"id"}, {"id","markManualDeleted"}, {"bulk":[…]} or {"deleteAllScheduled":true}; nothing for any other body.
std::optional<Deletion> delete_as_asked(Book& book, const std::string& profile, const Json& body) {
  const auto is_true = [&](const char* name) { return body.contains(name) && body[name] == true; };
  if (body.contains("id") && body["id"].is_string()) {
    return delete_one(book, profile, body["id"], is_true("markManualDeleted"));
  }
  if (is_true("deleteAllScheduled")) return delete_many(book, profile, scheduled_ids(book, profile));
  if (!body.contains("bulk")) return std::nullopt;
  const auto ids = parse_as<std::vector<std::string>>(body["bulk"], "bulk");
  return ids ? std::optional(delete_many(book, profile, *ids)) : std::nullopt;
}

void delete_posts(Exchange& exchange, Site& site) {
  const auto body = exchange.json_body(kBodyBytes);
  if (!body) return;
  const auto done = site.store->change(
      [&](Book& book) -> Result<std::optional<Deletion>> { return delete_as_asked(book, exchange.profile, *body); });
  if (!done) return exchange.refuse(500, 500, describe(done.error()), "delete");
  if (!*done)
    return exchange.refuse(400, code::kParameter, "id, bulk or deleteAllScheduled: one of them is needed.", "delete");
  exchange.reply((*done)->status, (*done)->reply);
}

}  // namespace

void add_post_routes(Router& router, Site& site) {
  router.api("POST", "/post", [&site](Exchange& exchange) { submit_post(exchange, site); });
  router.api("DELETE", "/post", [&site](Exchange& exchange) { delete_posts(exchange, site); });
  router.api("POST", "/validate/post", [&site](Exchange& exchange) { validate_post(exchange, site); });
}

}  // namespace tokprep::sandbox
