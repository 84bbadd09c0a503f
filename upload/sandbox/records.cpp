#include "upload/sandbox/records.h"

#include <algorithm>

namespace tokprep::sandbox {

TOKPREP_JSON(StoredMedia, id, path, file_name, description, content_type, sha256, size_bytes, created_ms, expires_ms)
TOKPREP_JSON(UploadTicket, token, path, file_name, content_type, expires_ms)
TOKPREP_JSON(Post, id, ref_id, profile, request, media_paths, is_video, state, created_ms, due_ms, fingerprint,
             share_id, tiktok_id, errors, sent_ms, late_failure, was_retried)
TOKPREP_JSON(Hook, url, ref_id, updated_ms)
TOKPREP_JSON(HookSecret, secret, until_ms)
TOKPREP_JSON(Delivery, id, hook_id, profile, action, url, body, attempt, created_ms, due_ms)
TOKPREP_JSON(DeliveryRecord, id, hook_id, profile, action, url, attempt, status, sent_ms, will_repeat)
TOKPREP_JSON(Book, account, media, tickets, posts, linked_ms, hooks, hook_secrets, outbox, deliveries)

const StoredMedia* Book::find_media(const std::string& path, std::int64_t now_ms) const {
  const auto found = media.find(path);
  return found == media.end() || found->second.expires_ms <= now_ms ? nullptr : &found->second;
}

const Post* Book::find_post(const std::string& id) const {
  const auto found = std::ranges::find(posts, id, &Post::id);
  return found == posts.end() ? nullptr : &*found;
}

Post* Book::find_post(const std::string& id) {
  const auto found = std::ranges::find(posts, id, &Post::id);
  return found == posts.end() ? nullptr : &*found;
}

}  // namespace tokprep::sandbox
