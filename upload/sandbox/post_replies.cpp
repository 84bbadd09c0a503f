#include "upload/sandbox/post_replies.h"

#include <fmt/format.h>

#include "upload/sandbox/dates.h"

namespace tokprep::sandbox {
namespace {

constexpr const char* kProfileTitle = "Sandbox";

/// What TikTok has of a post: nothing before it went out.
Json post_ids(const Post& post) {
  if (post.share_id.empty()) return Json::array();
  const bool failed = post.state == PostState::kFailed;
  Json entry{{"status", failed ? "error" : "success"},
             {"id", failed                   ? "failed"
                    : post.tiktok_id.empty() ? "pending"
                                             : post.tiktok_id},
             {"idShare", post.share_id},
             {"isVideo", post.is_video},
             {"platform", "tiktok"}};
  if (!post.tiktok_id.empty()) entry["postUrl"] = tiktok_url(post);
  return Json::array({entry});
}

std::string text_of(const Post& post) { return post.request.value("post", ""); }

/// What all three forms of a stored post share.
Json common_fields(const Post& post) {
  return {{"id", post.id},
          {"refId", post.ref_id},
          {"status", service_status(post.state)},
          {"type", service_type(post)},
          {"post", text_of(post)},
          {"platforms", post.request.value("platforms", Json::array())},
          {"mediaUrls", post.request.value("mediaUrls", Json::array())},
          {"postIds", post_ids(post)},
          {"errors", post.errors},
          {"notes", post.request.value("notes", "")},
          {"shortenLinks", post.request.value("shortenLinks", false)},
          {"profileTitle", kProfileTitle}};
}

Json refused_reply(const Post& post) {
  Json reply{{"status", "error"}, {"errors", post.errors}, {"postIds", Json::array()},
             {"id", post.id},     {"refId", post.ref_id},  {"post", text_of(post)}};
  if (!post.errors.empty() && post.errors[0].value("verifyCheck", false)) reply["validate"] = true;
  return reply;
}

}  // namespace

Json error_entry(const Refusal& refusal) {
  Json entry{{"action", "post"},
             {"status", "error"},
             {"code", refusal.code},
             {"message", refusal.message},
             {"platform", "tiktok"}};
  if (refusal.pre_check) entry["verifyCheck"] = true;
  return entry;
}

Json submitted_reply(const Post& post) {
  if (post.state == PostState::kRefused) return refused_reply(post);
  Json reply{{"id", post.id}, {"refId", post.ref_id}, {"post", text_of(post)}};
  if (post.state == PostState::kScheduled) {
    reply["status"] = "scheduled";
    reply["scheduleDate"] = to_iso8601(from_ms(post.due_ms));
  } else if (post.state == PostState::kAwaitingApproval) {
    reply["status"] = service_status(post.state);
  } else {
    reply["status"] = "success";
    reply["errors"] = Json::array();
    reply["postIds"] = post_ids(post);
    if (!post.is_video) reply["tikTokId"] = post.share_id;
  }
  return reply;
}

Json wrapped_for_profile(Json reply) {
  reply["profileTitle"] = kProfileTitle;
  const Json status = reply["status"];
  return {{"status", status}, {"posts", Json::array({std::move(reply)})}};
}

Json post_reply(const Post& post) {
  Json reply = common_fields(post);
  reply["created"] = to_iso8601(from_ms(post.created_ms));
  reply["scheduleDate"] = to_iso8601(from_ms(post.due_ms));
  return reply;
}

Json history_entry(const Post& post) {
  Json reply = common_fields(post);
  reply["created"] = to_iso8601_ms(post.created_ms);
  reply["scheduleDate"] = to_iso8601_ms(post.due_ms);
  return reply;
}

Json history_detail(const Post& post) {
  Json reply = common_fields(post);
  reply["created"] = reply["createDate"] = to_iso8601_ms(post.created_ms);
  reply["scheduleDate"] = {{"_seconds", post.due_ms / 1000},
                           {"_nanoseconds", post.due_ms % 1000 * 1'000'000},
                           {"utc", to_iso8601_ms(post.due_ms)}};
  reply["tier"] = "premium";
  return reply;
}

std::string_view service_status(PostState state) {
  switch (state) {
    case PostState::kAwaitingApproval:
      return "awaiting approval";
    case PostState::kScheduled:
      return "pending";
    case PostState::kPaused:
      return "paused";
    case PostState::kPending:
    case PostState::kPublished:
      return "success";  // taken; only postIds tells whether TikTok has finished
    case PostState::kFailed:
    case PostState::kRefused:
      return "error";
    case PostState::kDeleted:
      return "deleted";
  }
  return "error";
}

std::string_view service_type(const Post& post) { return post.due_ms > post.created_ms ? "scheduled" : "now"; }

std::string tiktok_url(const Post& post) {
  return fmt::format("https://www.tiktok.com/@sandbox/{}/{}", post.is_video ? "video" : "photo", post.tiktok_id);
}

}  // namespace tokprep::sandbox
