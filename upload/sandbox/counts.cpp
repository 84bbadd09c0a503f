#include "upload/sandbox/counts.h"

#include <algorithm>
#include <map>

#include "upload/sandbox/dates.h"

namespace tokprep::sandbox {
namespace {

Json uploads_of(const Book& book) {
  Json files = Json::array();
  std::uint64_t bytes = 0;
  for (const auto& [path, media] : book.media) {
    files.push_back(
        {{"path", path}, {"file_name", media.file_name}, {"sha256", media.sha256}, {"bytes", media.size_bytes}});
    bytes += media.size_bytes;
  }
  return {{"total", files.size()}, {"bytes", bytes}, {"files", files}};
}

Json digests_of(const Post& post, const Book& book) {
  Json digests = Json::array();
  for (const std::string& path : post.media_paths) {
    const auto media = book.media.find(path);
    digests.push_back(media == book.media.end() ? Json() : Json(media->second.sha256));
  }
  return digests;
}

Json shown(const Post& post, const Book& book) {
  return {{"id", post.id},
          {"profile", post.profile},
          {"idempotency_key", post.request.value("idempotencyKey", "")},
          {"caption", post.request.value("post", "")},
          {"media_sha256", digests_of(post, book)},
          {"state", post.state},
          {"created", to_iso8601_ms(post.created_ms)},
          {"due", to_iso8601_ms(post.due_ms)}};
}

Json posts_of(const Book& book) {
  std::map<std::string, int> by_key;
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> same;  // by profile and fingerprint
  Json accepted = Json::array();
  for (const Post& post : book.posts) {
    if (post.state == PostState::kRefused) continue;
    accepted.push_back(shown(post, book));
    if (const std::string key = post.request.value("idempotencyKey", ""); !key.empty()) ++by_key[key];
    if (!post.fingerprint.empty()) same[{post.profile, post.fingerprint}].push_back(post.id);
  }
  Json groups = Json::array();
  std::size_t duplicates = 0;
  for (const auto& [what, ids] : same) {
    if (ids.size() < 2) continue;
    groups.push_back(ids);
    duplicates += ids.size() - 1;
  }
  return {{"accepted", accepted.size()},  {"refused", book.posts.size() - accepted.size()},
          {"by_idempotency_key", by_key}, {"duplicates", duplicates},
          {"duplicate_groups", groups},   {"accepted_posts", accepted}};
}

}  // namespace

Json counts_of(const Book& book) {
  const auto delivered = std::ranges::count_if(
      book.deliveries, [](const DeliveryRecord& record) { return record.status >= 200 && record.status <= 299; });
  return {{"uploads", uploads_of(book)},
          {"posts", posts_of(book)},
          {"webhooks", {{"waiting", book.outbox.size()}, {"tries", book.deliveries.size()}, {"delivered", delivered}}}};
}

}  // namespace tokprep::sandbox
