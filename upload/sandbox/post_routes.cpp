#include <algorithm>

#include "upload/sandbox/codes.h"
#include "upload/sandbox/ids.h"
#include "upload/sandbox/post_replies.h"
#include "upload/sandbox/post_rules.h"
#include "upload/sandbox/routes.h"
#include "upload/sandbox/tiktok.h"

namespace tokprep::sandbox {
namespace {

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
Verdict judge_now(const PostRequest& request, const Post& post, const Site& site) {
  if (is_scheduled(post) && !request.validate_scheduled) return {};
  return judge_media_and_text(request, site);
}

/// The post that used the key before, whatever became of it; nullptr where it is new.
const Post* find_by_key(const Book& book, const PostRequest& request, const std::string& profile) {
  if (request.idempotency_key.empty()) return nullptr;
  const auto used = std::ranges::find_if(book.posts, [&](const Post& other) {
    return other.profile == profile && other.request.value("idempotencyKey", "") == request.idempotency_key;
  });
  return used == book.posts.end() ? nullptr : &*used;
}

/// Gives an accepted post its first state.
void begin(Post& post, const PostRequest& request, const Book& book, const Site& site) {
  if (request.requires_approval) post.state = PostState::kAwaitingApproval;
  else if (is_scheduled(post)) post.state = PostState::kScheduled;
  else hand_over(post, book, site, post.created_ms);
}

/// Writes the post down, refused ones too: every id that was given out can be asked for.
/// kRejected for an idempotency key that was used before.
Result<Post> enter(Book& book, const PostRequest& request, Post post, const Verdict& verdict, const Exchange& exchange,
                   const Site& site) {
  const Post* first = exchange.unguarded ? nullptr : find_by_key(book, request, post.profile);
  if (first != nullptr && site.config.replay_idempotent) return *first;
  if (first != nullptr) return fail(ErrorCode::kRejected, "idempotencyKey: was used before.");
  post.fingerprint = fingerprint(request.text, post.media_paths, book, post.created_ms);
  post.late_failure = verdict.late_failure;
  std::optional<Refusal> refusal = verdict.refusal;
  if (!refusal && !exchange.unguarded) refusal = find_duplicate(book, post);
  if (refusal) {
    post.state = PostState::kRefused;
    post.errors = Json::array({error_entry(*refusal)});
  } else {
    begin(post, request, book, site);
  }
  book.posts.push_back(post);
  return post;
}

void submit_post(Exchange& exchange, Site& site) {
  auto body = exchange.json_body(kPostBodyBytes);
  if (!body) return;
  const auto request = parse_post_request(std::move(*body));
  if (!request) return exchange.refuse(request.error(), "post");
  const Post post = new_post(*request, exchange, site);
  const Verdict verdict = judge_now(*request, post, site);
  const Result<Post> entered =
      site.store->change([&](Book& book) { return enter(book, *request, post, verdict, exchange, site); });
  if (!entered && entered.error().code == ErrorCode::kRejected) {
    return exchange.refuse(400, 400, entered.error().message, "post");
  }
  if (!entered) return exchange.refuse(500, 500, describe(entered.error()), "post");
  Json reply = submitted_reply(*entered);
  if (!exchange.profile.empty()) reply = wrapped_for_profile(std::move(reply));
  exchange.reply(entered->state == PostState::kRefused ? 400 : 200, reply);
}

void validate_post(Exchange& exchange, Site& site) {
  auto body = exchange.json_body(kPostBodyBytes);
  if (!body) return;
  const auto request = parse_post_request(std::move(*body));
  if (!request) return exchange.refuse(request.error(), "post");
  Post post = new_post(*request, exchange, site);
  std::optional<Refusal> refusal = judge_media_and_text(*request, site).refusal;
  if (!refusal) {
    refusal = site.store->read([&](const Book& book) {
      post.fingerprint = fingerprint(request->text, post.media_paths, book, post.created_ms);
      return find_duplicate(book, post);
    });
  }
  if (refusal) return exchange.refuse(400, refusal->code, refusal->message, "post");
  exchange.reply(200, {{"status", "success"}, {"message", "No validation issues were found with this post."}});
}

}  // namespace

void add_post_routes(Router& router, Site& site) {
  router.api("POST", "/post", [&site](Exchange& exchange) { submit_post(exchange, site); });
  router.api("POST", "/validate/post", [&site](Exchange& exchange) { validate_post(exchange, site); });
}

}  // namespace tokprep::sandbox
