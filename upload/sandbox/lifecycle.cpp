#include "upload/sandbox/lifecycle.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "upload/sandbox/ids.h"
#include "upload/sandbox/post_replies.h"
#include "upload/sandbox/post_rules.h"

namespace tokprep::sandbox {
namespace {

using Verdicts = std::map<std::string, std::optional<Refusal>>;  // by post id

/// TikTok's own reasons (status/fetch, fail_reason).
struct FailReason {
  std::string_view name;
  std::string_view meaning;
  bool may_repeat;
};

constexpr std::array kFailReasons{
    FailReason{"file_format_check_failed", "the format is not supported", false},
    FailReason{"duration_check_failed", "the length is outside the limits", false},
    FailReason{"frame_rate_check_failed", "the frame rate is not supported", false},
    FailReason{"picture_size_check_failed", "the picture size is not supported", false},
    FailReason{"internal", "something failed on TikTok's side", true},
    FailReason{"video_pull_failed", "the video could not be fetched", true},
    FailReason{"photo_pull_failed", "the photos could not be fetched", true},
    FailReason{"publish_cancelled", "publishing was cancelled", false},
    FailReason{"auth_removed", "the user has withdrawn the access", false},
    FailReason{"spam_risk_too_many_posts", "the day's limit of posts is reached", true},
    FailReason{"spam_risk_user_banned_from_posting", "the user is banned from posting", false},
    FailReason{"spam_risk_text", "the text looks like spam", false},
    FailReason{"spam_risk", "the post looks like spam", false},
};

/// "sandbox:fail=REASON", wherever it stands; REASON is letters and underscores.
std::optional<std::string> asked_failure(std::string_view text) {
  constexpr std::string_view kMarker = "sandbox:fail=";
  const std::size_t at = text.find(kMarker);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + kMarker.size());
  const auto end = std::ranges::find_if_not(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  return std::string(text.begin(), end);
}

/// A rehearsed failure, asked for in the notes or by the name of a file.
std::optional<std::string> asked_failure(const Post& post, const Book& book) {
  if (auto reason = asked_failure(post.request.value("notes", ""))) return reason;
  for (const std::string& path : post.media_paths) {
    const auto media = book.media.find(path);
    if (media == book.media.end()) continue;
    if (auto reason = asked_failure(media->second.file_name)) return reason;
  }
  return std::nullopt;
}

Json failure_entry(const std::string& reason) {
  const auto known = std::ranges::find(kFailReasons, reason, &FailReason::name);
  const bool is_known = known != kFailReasons.end();
  // The service's own number for what TikTok refuses is not documented: 0.
  Json entry = error_entry({0, fmt::format("TikTok: {}.", is_known ? known->meaning : "the post was refused"), false});
  entry["details"] = reason;
  if (is_known && known->may_repeat) entry["retryAvailable"] = true;
  return entry;
}

std::int64_t settles_at(const Post& post, const Site& site) { return post.due_ms + site.publish_delay.count(); }

bool is_due(const Post& post, const Site& site, std::int64_t now_ms) {
  if (post.state == PostState::kScheduled) return post.due_ms <= now_ms;
  return post.state == PostState::kPending && !stays_pending(post) && settles_at(post, site) <= now_ms;
}

/// Posts that were taken unseen are judged when their time has come.
Verdicts judge_unseen(const Site& site, std::int64_t now_ms) {
  const std::vector<Post> unseen = site.store->read([&](const Book& book) {
    std::vector<Post> found;
    std::ranges::copy_if(book.posts, std::back_inserter(found), [&](const Post& post) {
      return post.state == PostState::kScheduled && is_due(post, site, now_ms) &&
             !post.request.value("validateScheduled", true);
    });
    return found;
  });
  Verdicts verdicts;
  for (const Post& post : unseen) {
    const auto request = parse_post_request(post.request);
    verdicts[post.id] = request ? judge_media_and_text(*request, site) : std::optional(request.error());
  }
  return verdicts;
}

void go_out(Post& post, const Book& book, const Verdicts& verdicts) {
  const auto verdict = verdicts.find(post.id);
  std::optional<Refusal> refusal = verdict == verdicts.end() ? std::nullopt : verdict->second;
  const bool all_there = std::ranges::all_of(
      post.media_paths, [&](const std::string& path) { return book.find_media(path, post.due_ms) != nullptr; });
  if (!refusal && !all_there) refusal = Refusal{code::kMediaUrl, "Media URLs invalid. A file has expired.", false};
  post.share_id = new_share_id(post.is_video);
  post.state = refusal ? PostState::kFailed : PostState::kPending;
  if (refusal) post.errors = Json::array({error_entry(*refusal)});
}

void settle(Post& post, const Book& book) {
  if (const auto reason = asked_failure(post, book)) {
    post.state = PostState::kFailed;
    post.errors = Json::array({failure_entry(*reason)});
  } else {
    post.state = PostState::kPublished;
    post.tiktok_id = "7" + random_digits(18);
  }
}

}  // namespace

std::string new_share_id(bool is_video) {
  if (is_video) return fmt::format("video.7{}.{}", random_digits(18), random_alphanumerics(8));
  return "p_pub_url~v2.7" + random_digits(18);
}

bool stays_pending(const Post& post) {
  const Json options = post.request.value("tikTokOptions", Json::object());
  return options.value("visibility", "public") == "private" || options.value("draft", false);
}

Status advance(Site& site) {
  const std::int64_t now_ms = site.now_ms();
  const auto due = [&](const Post& post) { return is_due(post, site, now_ms); };
  if (!site.store->read([&](const Book& book) { return std::ranges::any_of(book.posts, due); })) return {};
  const Verdicts verdicts = judge_unseen(site, now_ms);
  return site.store->change([&](Book& book) -> Status {
    for (Post& post : book.posts) {
      const bool unseen = !post.request.value("validateScheduled", true) && !verdicts.contains(post.id);
      if (post.state == PostState::kScheduled && due(post) && !unseen) go_out(post, book, verdicts);
      if (post.state == PostState::kPending && due(post)) settle(post, book);
    }
    return {};
  });
}

}  // namespace tokprep::sandbox
