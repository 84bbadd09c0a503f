#include "upload/sandbox/events.h"

#include "upload/sandbox/dates.h"
#include "upload/sandbox/ids.h"
#include "upload/sandbox/post_replies.h"

namespace tokprep::sandbox {
namespace {

const Hook* find_hook(const Book& book, const std::string& profile, const std::string& action) {
  for (const std::string& owner : {profile, std::string()}) {
    const auto hooks = book.hooks.find(owner);
    if (hooks == book.hooks.end()) continue;
    const auto hook = hooks->second.find(action);
    if (hook != hooks->second.end()) return &hook->second;
  }
  return nullptr;
}

/// "scheduled" of both kinds; `sub_action` is empty for the plain one.
void tell(Book& book, const Post& post, const char* sub_action, std::int64_t now_ms) {
  const std::string action = "scheduled";
  const Hook* hook = find_hook(book, post.profile, action);
  if (hook == nullptr) return;
  const bool failed = post.state == PostState::kFailed;
  const std::string hook_id = random_uuid();
  Json body{{"action", action},
            {"created", to_iso8601(from_ms(now_ms))},
            {"code", failed ? 400 : 200},
            {"refId", post.ref_id},
            {"hookId", hook_id},
            {"status", failed ? "error" : "success"},
            {"id", post.id},
            {"errors", post.errors},
            {"postIds", post_reply(post)["postIds"]},
            {"url", hook->url}};
  if (*sub_action != '\0') body["subAction"] = sub_action;
  book.outbox.push_back({.id = random_uuid(),
                         .hook_id = hook_id,
                         .profile = post.profile,
                         .action = action,
                         .url = hook->url,
                         .body = to_line(body),
                         .attempt = 1,
                         .created_ms = now_ms,
                         .due_ms = now_ms});
}

}  // namespace

void tell_scheduled(Book& book, const Post& post, std::int64_t now_ms) { tell(book, post, "", now_ms); }

void tell_finished(Book& book, const Post& post, std::int64_t now_ms) { tell(book, post, "tikTokPublished", now_ms); }

}  // namespace tokprep::sandbox
