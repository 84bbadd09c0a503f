#include "upload/sandbox/tiktok.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "upload/sandbox/ids.h"

namespace tokprep::sandbox {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::string_view kPerMinute = "rate_limit_exceeded";
constexpr std::string_view kPerDay = "spam_risk_too_many_posts";
constexpr std::string_view kConsentEnded = "auth_removed";

/// TikTok's own reasons (status/fetch, fail_reason), and that of its limit of six posts a minute.
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
    FailReason{kConsentEnded, "the user has withdrawn the access", false},
    FailReason{kPerDay, "the day's limit of posts is reached", true},
    FailReason{kPerMinute, "the minute's limit of posts is reached", true},
    FailReason{"spam_risk_user_banned_from_posting", "the user is banned from posting", false},
    FailReason{"spam_risk_text", "the text looks like spam", false},
    FailReason{"spam_risk", "the post looks like spam", false},
};

/// "sandbox:fail=REASON", wherever it stands; REASON is letters and underscores.
std::string asked_failure(std::string_view text) {
  constexpr std::string_view kMarker = "sandbox:fail=";
  const std::size_t at = text.find(kMarker);
  if (at == std::string_view::npos) return "";
  text.remove_prefix(at + kMarker.size());
  const auto end = std::ranges::find_if_not(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  return {text.begin(), end};
}

/// A rehearsed failure, asked for in the notes or by the name of a file. It has been seen once when a post is retried.
std::string asked_failure(const Post& post, const Book& book) {
  if (post.was_retried) return "";
  if (std::string reason = asked_failure(post.request.value("notes", "")); !reason.empty()) return reason;
  for (const std::string& path : post.media_paths) {
    const auto media = book.media.find(path);
    if (media == book.media.end()) continue;
    if (std::string reason = asked_failure(media->second.file_name); !reason.empty()) return reason;
  }
  return "";
}

/// What the profile handed over in the time before `now_ms`; what TikTok did not take for its number does not count.
int handed_over(const Post& post, const Book& book, std::int64_t now_ms, std::int64_t span_ms) {
  return static_cast<int>(std::ranges::count_if(book.posts, [&](const Post& other) {
    return other.profile == post.profile && other.id != post.id && other.sent_ms > now_ms - span_ms &&
           other.sent_ms <= now_ms && other.sent_ms > 0 && other.late_failure != kPerMinute &&
           other.late_failure != kPerDay;
  }));
}

std::string over_limit(const Post& post, const Book& book, const SandboxConfig& config, std::int64_t now_ms) {
  const auto reached = [&](int limit, std::int64_t span_ms) {
    return limit > 0 && handed_over(post, book, now_ms, span_ms) >= limit;
  };
  if (reached(config.tiktok_posts_per_day, kDayMs)) return std::string(kPerDay);
  if (reached(config.tiktok_posts_per_minute, kMinuteMs)) return std::string(kPerMinute);
  return "";
}

std::string new_share_id(bool is_video) {
  if (is_video) return fmt::format("video.7{}.{}", random_digits(18), random_alphanumerics(8));
  return "p_pub_url~v2.7" + random_digits(18);
}

Json failure_entry(const std::string& reason) {
  const auto known = std::ranges::find(kFailReasons, reason, &FailReason::name);
  const bool is_known = known != kFailReasons.end();
  // The service's own number for what TikTok refuses is not documented: 0.
  Json entry = error_entry(
      {.code = 0, .message = fmt::format("TikTok: {}.", is_known ? known->meaning : "the post was refused")});
  entry["details"] = reason;
  if (is_known && known->may_repeat) entry["retryAvailable"] = true;
  return entry;
}

std::string visibility(const Post& post) {
  return post.request.value("tikTokOptions", Json::object()).value("visibility", "public");
}

}  // namespace

void hand_over(Post& post, const Book& book, const Site& site, std::int64_t now_ms) {
  post.state = PostState::kPending;
  post.share_id = new_share_id(post.is_video);
  post.sent_ms = now_ms;
  std::string found = asked_failure(post, book);
  if (found.empty()) found = over_limit(post, book, site.config, now_ms);
  if (found.empty() && consent_days_left(book, site, now_ms) == 0) found = kConsentEnded;
  if (!found.empty()) post.late_failure = std::move(found);
}

void settle(Post& post) {
  if (!post.late_failure.empty()) {
    post.state = PostState::kFailed;
    post.errors = Json::array({failure_entry(post.late_failure)});
  } else {
    post.state = PostState::kPublished;
    post.tiktok_id = "7" + random_digits(18);
  }
}

bool stays_pending(const Post& post) {
  const Json options = post.request.value("tikTokOptions", Json::object());
  return visibility(post) == "private" || options.value("draft", false);
}

bool is_public(const Post& post) { return visibility(post) == "public"; }

int consent_days_left(const Book& book, const Site& site, std::int64_t now_ms) {
  const std::int64_t end_ms = book.linked_ms + std::chrono::milliseconds(site.config.tiktok_consent).count();
  return static_cast<int>(std::max<std::int64_t>(0, (end_ms - now_ms + kDayMs - 1) / kDayMs));
}

}  // namespace tokprep::sandbox
