#include "upload/sandbox/lifecycle.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "upload/sandbox/events.h"
#include "upload/sandbox/post_rules.h"
#include "upload/sandbox/tiktok.h"

namespace tokprep::sandbox {
namespace {

using Verdicts = std::map<std::string, Verdict>;  // by post id

std::int64_t settles_at(const Post& post, const Site& site) {
  return std::max(post.due_ms, post.sent_ms) + site.config.publish_delay.count();
}

bool is_due(const Post& post, const Site& site, std::int64_t now_ms) {
  if (post.state == PostState::kScheduled) return post.due_ms <= now_ms;
  return post.state == PostState::kPending && !stays_pending(post) && settles_at(post, site) <= now_ms;
}

bool was_taken_unseen(const Post& post) { return !post.request.value("validateScheduled", true); }

/// Posts that were taken unseen are judged when their time has come.
Verdicts judge_unseen(const Site& site, std::int64_t now_ms) {
  const std::vector<Post> unseen = site.store->read([&](const Book& book) {
    std::vector<Post> found;
    std::ranges::copy_if(book.posts, std::back_inserter(found), [&](const Post& post) {
      return post.state == PostState::kScheduled && is_due(post, site, now_ms) && was_taken_unseen(post);
    });
    return found;
  });
  Verdicts verdicts;
  for (const Post& post : unseen) {
    const auto request = parse_post_request(post.request);
    verdicts[post.id] =
        request ? judge_media_and_text(*request, site) : Verdict{.refusal = request.error(), .late_failure = ""};
  }
  return verdicts;
}

void go_out(Post& post, const Book& book, const Verdicts& verdicts, const Site& site) {
  const auto seen = verdicts.find(post.id);
  const Verdict verdict = seen == verdicts.end() ? Verdict{} : seen->second;
  if (!verdict.late_failure.empty()) post.late_failure = verdict.late_failure;
  hand_over(post, book, site, post.due_ms);
  const bool all_there = std::ranges::all_of(
      post.media_paths, [&](const std::string& path) { return book.find_media(path, post.due_ms) != nullptr; });
  std::optional<Refusal> refusal = verdict.refusal;
  if (!refusal && !all_there)
    refusal = Refusal{.code = code::kMediaUrl, .message = "Media URLs invalid. A file has expired."};
  if (!refusal) return;
  post.sent_ms = 0;
  post.state = PostState::kFailed;
  post.errors = Json::array({error_entry(*refusal)});
}

void move_on(Book& book, const Verdicts& verdicts, const Site& site, std::int64_t now_ms) {
  for (Post& post : book.posts) {
    const bool can_go = !was_taken_unseen(post) || verdicts.contains(post.id);
    if (post.state == PostState::kScheduled && is_due(post, site, now_ms) && can_go) {
      go_out(post, book, verdicts, site);
      tell_scheduled(book, post, post.due_ms);
    }
    if (post.state == PostState::kPending && is_due(post, site, now_ms)) {
      settle(post);
      if (is_public(post)) tell_finished(book, post, settles_at(post, site));
    }
  }
}

}  // namespace

Status advance(Site& site) {
  const std::int64_t now_ms = site.now_ms();
  const auto due = [&](const Post& post) { return is_due(post, site, now_ms); };
  if (!site.store->read([&](const Book& book) { return std::ranges::any_of(book.posts, due); })) return {};
  const Verdicts verdicts = judge_unseen(site, now_ms);
  return site.store->change([&](Book& book) -> Status {
    move_on(book, verdicts, site, now_ms);
    return {};
  });
}

}  // namespace tokprep::sandbox
