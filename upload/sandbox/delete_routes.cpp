#include <optional>
#include <string>
#include <vector>

#include "upload/sandbox/codes.h"
#include "upload/sandbox/routes.h"

namespace tokprep::sandbox {
namespace {

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
    const bool waits = post.state == PostState::kScheduled || post.state == PostState::kPaused;
    if (post.profile == profile && waits) ids.push_back(post.id);
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
  const auto body = exchange.json_body(kPostBodyBytes);
  if (!body) return;
  const auto done = site.store->change(
      [&](Book& book) -> Result<std::optional<Deletion>> { return delete_as_asked(book, exchange.profile, *body); });
  if (!done) return exchange.refuse(500, 500, describe(done.error()), "delete");
  if (!*done)
    return exchange.refuse(400, code::kParameter, "id, bulk or deleteAllScheduled: one of them is needed.", "delete");
  exchange.reply((*done)->status, (*done)->reply);
}

}  // namespace

void add_delete_routes(Router& router, Site& site) {
  router.api("DELETE", "/post", [&site](Exchange& exchange) { delete_posts(exchange, site); });
}

}  // namespace tokprep::sandbox
