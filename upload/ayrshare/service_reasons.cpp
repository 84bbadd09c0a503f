#include <algorithm>
#include <array>

#include "upload/ayrshare/service_codes.h"

namespace tokprep {
namespace {

using enum RefusalClass;

// Under https://developers.tiktok.com/doc/
constexpr RefusalSource kStatusPage{"https://developers.tiktok.com/doc/content-posting-api-reference-get-video-status",
                                    "2026-10-04"};
constexpr RefusalSource kDirectPage{"https://developers.tiktok.com/doc/content-posting-api-reference-direct-post",
                                    "2026-10-04"};
constexpr RefusalSource kPhotoPage{"https://developers.tiktok.com/doc/content-posting-api-reference-photo-post",
                                   "2026-10-04"};
constexpr RefusalSource kInboxPage{"https://developers.tiktok.com/doc/content-posting-api-reference-upload-video",
                                   "2026-10-04"};
constexpr RefusalSource kErrorsPage{"https://developers.tiktok.com/doc/tiktok-api-v2-error-handling", "2026-10-04"};

constexpr auto kRejected = ErrorCode::kRejected;
constexpr auto kAuth = ErrorCode::kAuth;
constexpr auto kUnavailable = ErrorCode::kUnavailable;
constexpr auto kRateLimited = ErrorCode::kRateLimited;

constexpr std::string_view kRelink = "link TikTok again on the Social Accounts page of the Ayrshare dashboard";
constexpr std::string_view kAskService = "report it to Ayrshare: it concerns their application, not the post";
constexpr std::string_view kSendAgain = "post it again: tokprep post";

constexpr std::array kReasons = {
    // What became of a post: fail_reason.
    ServiceReason{"file_format_check_failed",
                  {kFixInput, kRejected, "TikTok does not know the format of the file.", "convert it: tokprep prepare",
                   kStatusPage}},
    ServiceReason{"duration_check_failed",
                  {kFixInput, kRejected,
                   "The video is shorter or longer than TikTok allows "
                   "this account.",
                   "trim it: tokprep prepare --too-long trim", kStatusPage}},
    ServiceReason{"frame_rate_check_failed",
                  {kFixInput, kRejected, "The frame rate is outside 23 to 60 a second.", "convert it: tokprep prepare",
                   kStatusPage}},
    ServiceReason{"picture_size_check_failed",
                  {kFixInput, kRejected, "TikTok does not take pictures of this size.", "convert it: tokprep prepare",
                   kStatusPage}},
    ServiceReason{"internal", {kRetry, kUnavailable, "TikTok had a fault of its own.", kSendAgain, kStatusPage}},
    ServiceReason{"video_pull_failed",
                  {kRetry, kUnavailable, "TikTok could not fetch the video within an hour.", kSendAgain, kStatusPage}},
    ServiceReason{"photo_pull_failed",
                  {kRetry, kUnavailable, "TikTok could not fetch the photos within an hour.", kSendAgain, kStatusPage}},
    ServiceReason{"publish_cancelled",
                  {kUnknown, kRejected, "The post was cancelled before it was published.",
                   "post it again if that was not meant", kStatusPage}},
    ServiceReason{
        "auth_removed",
        {kFixAccount, kAuth, "The owner of the account withdrew the permission to post.", kRelink, kStatusPage}},
    ServiceReason{"spam_risk_too_many_posts",
                  {kWait, kRateLimited,
                   "TikTok's daily number of posts is reached, over "
                   "all applications.",
                   "post it tomorrow: --over-cap schedule", kStatusPage}},
    ServiceReason{"spam_risk_user_banned_from_posting",
                  {kFixAccount, kAuth,
                   "TikTok has banned the account from "
                   "posting.",
                   "open TikTok's notices in the app and appeal", kStatusPage}},
    ServiceReason{"spam_risk_text",
                  {kFixInput, kRejected, "TikTok takes the caption for spam.", "change the caption", kStatusPage}},
    ServiceReason{"spam_risk",
                  {kFixInput, kRejected, "TikTok takes the post for spam.",
                   "change the caption and the media, and post less often", kStatusPage}},

    // What the call that begins a post can answer.
    ServiceReason{"invalid_param",
                  {kFixInput, kRejected, "A field of the request is wrong.", "correct the field that the message names",
                   kDirectPage}},
    ServiceReason{"invalid_params",
                  {kFixInput, kRejected, "A field of the request is wrong.", "correct the field that the message names",
                   kPhotoPage}},
    ServiceReason{"app_version_check_failed",
                  {kFixAccount, kRejected,
                   "The TikTok app on the phone is older than "
                   "31.8.",
                   "update the TikTok app, or post without --draft", kPhotoPage}},
    ServiceReason{
        "invalid_file_upload",
        {kFixInput, kRejected, "The file breaks TikTok's specification.", "convert it: tokprep prepare", kErrorsPage}},
    ServiceReason{"scope_permission_missed",
                  {kFixAccount, kAuth, "The link lacks a permission.", kRelink, kErrorsPage}},
    ServiceReason{"access_token_invalid",
                  {kFixAccount, kAuth, "The permission of the account has ended.", kRelink, kDirectPage}},
    ServiceReason{"scope_not_authorized",
                  {kFixAccount, kAuth, "The owner did not grant the permission to post.", kRelink, kDirectPage}},
    ServiceReason{"reached_active_user_cap",
                  {kWait, kRateLimited,
                   "The application has reached its number of users "
                   "for today.",
                   "post it tomorrow", kDirectPage}},
    ServiceReason{"unaudited_client_can_only_post_to_private_accounts",
                  {kFixAccount, kRejected,
                   "TikTok has not audited the application; it may post to private accounts "
                   "only.",
                   kAskService, kDirectPage}},
    ServiceReason{"url_ownership_unverified",
                  {kFixAccount, kRejected,
                   "TikTok does not know the host of the media "
                   "URL as the application's own.",
                   "upload the file to the service instead of naming a URL", kDirectPage}},
    ServiceReason{"privacy_level_option_mismatch",
                  {kFixInput, kRejected,
                   "The account does not offer this "
                   "visibility.",
                   "choose another --visibility", kDirectPage}},
    ServiceReason{"spam_risk_too_many_pending_share",
                  {kWait, kRateLimited,
                   "More than five drafts wait in the inbox "
                   "within 24 hours.",
                   "publish or discard the drafts in the TikTok app", kInboxPage}},
    ServiceReason{"rate_limit_exceeded",
                  {kWait, kRateLimited, "TikTok takes six posts a minute.", "wait a minute", kDirectPage}},
    ServiceReason{"internal_error", {kRetry, kUnavailable, "TikTok had a fault of its own.", kSendAgain, kDirectPage}},

    // What asking for the state of a post can answer.
    ServiceReason{"invalid_publish_id",
                  {kUnknown, kRejected, "TikTok knows no post with this id.",
                   "look for the post in the TikTok app before posting again", kStatusPage}},
    ServiceReason{"token_not_authorized_for_specified_publish_id",
                  {kFixAccount, kAuth, "The post belongs to another account.", kRelink, kStatusPage}},
};

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

}  // namespace

const ServiceReason* find_service_reason(std::string_view name) {
  const auto* found = std::ranges::find(kReasons, name, &ServiceReason::name);
  return found != kReasons.end() ? found : nullptr;
}

const ServiceReason* find_reason_in(std::string_view message) {
  if (const ServiceReason* whole = find_service_reason(message)) return whole;
  while (!message.empty()) {
    const auto begin = std::ranges::find_if(message, is_word);
    const auto end = std::find_if_not(begin, message.end(), is_word);
    const std::string_view word(begin, end);
    const bool is_apart = begin != message.begin() && *(begin - 1) == '(' && end != message.end() && *end == ')';
    const bool is_name = is_apart || word.find('_') != std::string_view::npos;
    const ServiceReason* known = is_name ? find_service_reason(word) : nullptr;
    if (known != nullptr) return known;
    message = std::string_view(end, message.end());
  }
  return nullptr;
}

std::span<const ServiceReason> service_reasons() { return kReasons; }

}  // namespace tokprep
