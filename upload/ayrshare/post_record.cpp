#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "upload/ayrshare/replies.h"

namespace tokprep {
namespace {

const Json kNothing = Json::object();

const Json& member(const Json& object, std::string_view name) {
  const auto found = object.find(name);
  return found != object.end() ? *found : kNothing;
}

/// A value that may be given per network: `"text"` or `{"tiktok": "text", "default": "other"}`.
const Json& for_tiktok(const Json& value) {
  if (!value.is_object()) return value;
  return value.contains("tiktok") ? member(value, "tiktok") : member(value, "default");
}

std::string caption_of(const Json& post) {
  const Json& text = for_tiktok(member(post, "post"));
  return text.is_string() ? text.get<std::string>() : std::string();
}

std::vector<std::string> media_urls_of(const Json& post) {
  const Json& urls = for_tiktok(member(post, "mediaUrls"));
  std::vector<std::string> list;
  if (urls.is_string()) list.push_back(urls.get<std::string>());
  if (!urls.is_array()) return list;
  for (const Json& url : urls) {
    if (url.is_string()) list.push_back(url.get<std::string>());
  }
  return list;
}

/// TikTok's entry of `postIds[]`; an empty object before there is one.
const Json& tiktok_entry(const Json& post) {
  const Json& entries = member(post, "postIds");
  if (!entries.is_array()) return kNothing;
  for (const Json& entry : entries) {
    if (entry.is_object() && to_lower(text_member(entry, "platform")) == "tiktok") return entry;
  }
  const bool only_one = entries.size() == 1 && entries.front().is_object() && !entries.front().contains("platform");
  return only_one ? entries.front() : kNothing;
}

bool has_failed(const Json& entry) {
  return to_lower(text_member(entry, "id")) == "failed" || to_lower(text_member(entry, "status")) == "error";
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// A post that has not reached TikTok yet, from the record's own status.
PostState waiting_state(const Json& post, bool handed_over) {
  const std::string status = to_lower(text_member(post, "status"));
  if (status == "awaiting approval") return PostState::kAwaitingApproval;
  if (status == "paused") return PostState::kPaused;
  if (status == "scheduled") return PostState::kScheduled;
  if (status == "pending" && !handed_over && to_lower(text_member(post, "type")) == "scheduled") {
    return PostState::kScheduled;
  }
  if (status == "pending" || status == "processing" || status == "success") return PostState::kPending;
  return handed_over ? PostState::kPending : PostState::kUnknown;
}

/// HTTP 200 and "success" only say that TikTok has been handed the post; its id says what became of it:
/// "pending" at first (for ever, where the post is private), digits once published, "failed" if not.
PostState state_of(const Json& post, const Json& entry, const std::vector<ServiceError>& errors) {
  const std::string status = to_lower(text_member(post, "status"));
  const std::string id = to_lower(text_member(entry, "id"));
  if (status == "deleted") return PostState::kDeleted;
  if (has_failed(entry)) return PostState::kFailed;
  if (is_digits(id) || !text_member(entry, "postUrl").empty()) return PostState::kPublished;
  // The status and the errors are those of all networks together: what TikTok has, others may have refused.
  if (!id.empty()) return waiting_state(post, true);
  const bool tiktok_refused = std::ranges::any_of(
      errors, [](const ServiceError& error) { return error.platform.empty() || to_lower(error.platform) == "tiktok"; });
  if (status == "error" || tiktok_refused) return PostState::kFailed;
  return waiting_state(post, false);
}

}  // namespace

bool tiktok_may_have(const Json& body) {
  if (!body.is_object()) return false;
  const Json& entry = tiktok_entry(body);
  return !entry.empty() && !has_failed(entry);
}

PostRecord parse_post(const Json& post) {
  PostRecord record;
  if (!post.is_object()) return record;
  const Json& entry = tiktok_entry(post);
  record.id = text_member(post, "id");
  record.ref_id = text_member(post, "refId");
  record.errors = service_errors(post);
  record.state = state_of(post, entry, record.errors);
  record.handed_over = tiktok_may_have(post);
  if (std::string id = text_member(entry, "id"); is_digits(id)) record.tiktok_id = std::move(id);
  record.url = text_member(entry, "postUrl");
  record.caption = caption_of(post);
  record.notes = text_member(post, "notes");
  record.media_urls = media_urls_of(post);
  record.created = date_member(post, "created");
  if (record.created.empty()) record.created = date_member(post, "createDate");
  record.schedule_date = date_member(post, "scheduleDate");
  return record;
}

void to_json(Json& json, const PostRecord& record) {
  const auto text_or_null = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  json = {{"ref_id", text_or_null(record.ref_id)},   {"tiktok_id", text_or_null(record.tiktok_id)},
          {"caption", text_or_null(record.caption)}, {"notes", text_or_null(record.notes)},
          {"created", text_or_null(record.created)}, {"schedule_date", text_or_null(record.schedule_date)}};
  json = without_nulls(std::move(json));
  json["id"] = record.id;
  json["status"] = record.state;
  json["url"] = text_or_null(record.url);
  if (!record.media_urls.empty()) json["media_urls"] = record.media_urls;
  for (const ServiceError& error : record.errors) {
    json["errors"].push_back({{"code", error.code},
                              {"message", error.message},
                              {"platform", error.platform},
                              {"pre_check", error.pre_check}});
  }
}

}  // namespace tokprep
