#include "upload/ayrshare/service_codes.h"

#include <algorithm>
#include <array>

namespace tokprep {
namespace {

using enum RefusalClass;

constexpr RefusalSource kErrorsPage{"https://www.ayrshare.com/docs/errors/errors-ayrshare", "2026-10-04"};
constexpr RefusalSource kDeletePage{"https://www.ayrshare.com/docs/apis/post/delete-post", "2026-10-04"};
constexpr RefusalSource kVerifyPage{"https://www.ayrshare.com/docs/testing/post-verification", "2026-10-04"};
constexpr RefusalSource kValidatePage{"https://www.ayrshare.com/docs/apis/validate/validate-post", "2026-10-04"};
constexpr RefusalSource kWebhookPage{"https://www.ayrshare.com/docs/apis/webhooks/actions", "2026-10-04"};
constexpr RefusalSource kCommentsPage{"https://www.ayrshare.com/docs/apis/comments/delete-comments", "2026-10-04"};
constexpr RefusalSource kMediaPage{"https://www.ayrshare.com/docs/media-guidelines/overview", "2026-10-04"};
constexpr RefusalSource kAnyPage{"https://www.ayrshare.com/docs/apis/overview", "2026-10-04"};
// Ayrshare's own tests and skills, and other people's notes of what the service answered.
constexpr RefusalSource kLiveTests{"https://github.com/ayrshare/hurl-scripts", "2025-12-12"};
constexpr RefusalSource kSkills{"https://github.com/ayrshare/ayrshare-mcp", "2026-06-06"};
constexpr RefusalSource kLiveNotes{"https://github.com/corsairdev/corsair", "2026-08-13"};
constexpr RefusalSource kRestated{"https://www.withone.ai/knowledge/ayrshare", "2026-10-04"};

constexpr auto kRejected = ErrorCode::kRejected;
constexpr auto kAuth = ErrorCode::kAuth;
constexpr auto kUnavailable = ErrorCode::kUnavailable;
constexpr auto kRateLimited = ErrorCode::kRateLimited;
constexpr auto kOutcomeUnknown = ErrorCode::kOutcomeUnknown;

constexpr std::string_view kRelink = "link the account again on the Social Accounts page of the Ayrshare dashboard";
constexpr std::string_view kUseJpeg = "send JPEG or PNG turned into JPEG: tokprep prepare";

constexpr std::array kCodes = {
    ServiceCode{101,
                {kFixInput, kRejected, "A parameter is missing, wrong, or not allowed here.",
                 "correct the field that the message names", kAnyPage}},
    ServiceCode{107,
                {kFixInput, kRejected, "Facebook takes no text that is identical to the previous post's.",
                 "change the text", kErrorsPage}},
    ServiceCode{108,
                {kUnknown, kOutcomeUnknown, "Facebook has not said whether the Reel was published.",
                 "look at the page the message names before posting again", kErrorsPage}},
    ServiceCode{110, {kFixInput, kRejected, "X already has a post with this text.", "change the text", kErrorsPage}},
    ServiceCode{114,
                {kFixInput, kRejected, "The service knows no post with this id.",
                 "check the id: tokprep status lists the posts", kLiveNotes}},
    ServiceCode{132,
                {kFixInput, kRejected, "The text is too long for a network (TikTok: 2,200 UTF-16 units).",
                 "shorten the caption", kVerifyPage}},
    ServiceCode{136,
                {kFixInput, kRejected, "A media URL cannot be reached from outside.",
                 "make sure the media URL is public https, without redirects", kValidatePage}},
    ServiceCode{137,
                {kFixInput, kRejected, "The same or a very similar post went to this network within two days.",
                 "change the caption or the media: the same post went out within two days", kVerifyPage}},
    ServiceCode{138,
                {kFixInput, kRejected, "Instagram refused the post, usually for the size or ratio of an image.",
                 "bring the image to a permitted size", kErrorsPage}},
    ServiceCode{146,
                {kFixInput, kRejected, "A profile with this title already exists.", "choose another title", kAnyPage}},
    ServiceCode{156,
                {kFixAccount, kAuth, "The network is not linked to this profile.",
                 "link TikTok on the Social Accounts page of the Ayrshare dashboard", kValidatePage}},
    ServiceCode{161,
                {kFixAccount, kAuth,
                 "Facebook no longer accepts the link: access was removed or the password "
                 "changed.",
                 kRelink, kErrorsPage}},
    ServiceCode{169,
                {kFixAccount, kRejected, "The Ayrshare plan does not include this feature.",
                 "this needs a larger Ayrshare plan", kRestated}},
    ServiceCode{182,
                {kFixInput, kRejected,
                 "The width, height or aspect ratio of the video was refused before "
                 "anything was sent.",
                 "bring the video to a permitted size: tokprep prepare", kLiveTests}},
    ServiceCode{189,
                {kFixInput, kRejected, "The private key for the sign-in token has a wrong form.",
                 "give the key as the dashboard shows it, with its line breaks", kAnyPage}},
    ServiceCode{192,
                {kFixAccount, kRejected, "No auto-schedule has been set up.",
                 "set up an auto-schedule in the dashboard, or use --schedule", kAnyPage}},
    ServiceCode{221,
                {kFixInput, kRejected, "The history holds nothing that fits the question.",
                 "ask for a longer time or another id", kLiveNotes}},
    ServiceCode{254,
                {kFixInput, kRejected,
                 "An image was refused before anything was sent, for its size in bytes or "
                 "pixels.",
                 "bring the image to a permitted size: tokprep prepare", kLiveTests}},
    ServiceCode{272, {kFixAccount, kAuth, "X no longer accepts the link.", kRelink, kSkills}},
    ServiceCode{288,
                {kWait, kRateLimited, "TikTok is still working on the post.",
                 "try again in a few minutes: tokprep status --wait", kCommentsPage}},
    ServiceCode{328,
                {kFixInput, kRejected, "The comment on TikTok was not written by the linked account.",
                 "only comments of the linked account can be deleted", kCommentsPage}},
    ServiceCode{349,
                {kUnknown, kRejected, "Seen for a locked account and for a review that is gone.",
                 "look at the linked account on the network itself", kWebhookPage}},
    ServiceCode{350, {kUnknown, kRejected, "There are no reviews.", "nothing has to be done", kRestated}},
    ServiceCode{361,
                {kUnknown, kRejected, "A message could not be sent or read.",
                 "read the service's own words in the message", kRestated}},
    ServiceCode{362,
                {kUnknown, kRejected, "A message could not be sent or read.",
                 "read the service's own words in the message", kRestated}},
    ServiceCode{382,
                {kFixInput, kRejected, "The post still exists on the network and cannot be marked as deleted.",
                 "delete it on the network first", kDeletePage}},
    ServiceCode{383, {kFixInput, kRejected, "The post was deleted already.", "nothing has to be done", kDeletePage}},
    ServiceCode{419,
                {kFixAccount, kRejected, "X asks for API keys of your own since 2026-03-31.",
                 "send X-Twitter-OAuth1-Api-Key and -Secret, or leave X out", kErrorsPage}},
    ServiceCode{435,
                {kWait, kRateLimited, "Instagram limits the rate.", "wait for the seconds that the message names",
                 kErrorsPage}},
    ServiceCode{
        436,
        {kRetry, kUnavailable, "Instagram took too long over the media.", "post it again: tokprep post", kErrorsPage}},
    ServiceCode{
        444, {kWait, kRateLimited, "Facebook limits the rate of page analytics.", "wait and ask again", kErrorsPage}},
    ServiceCode{447,
                {kFixInput, kRejected, "Instagram's trialParams lack a graduationStrategy.", "add graduationStrategy",
                 kErrorsPage}},
    ServiceCode{
        450, {kFixInput, kRejected, "An image could not be turned into JPEG when it was sent.", kUseJpeg, kMediaPage}},
    ServiceCode{
        451, {kFixInput, kRejected, "An image could not be turned into JPEG when it was sent.", kUseJpeg, kMediaPage}},
    ServiceCode{
        452, {kFixInput, kRejected, "An image could not be turned into JPEG when it was sent.", kUseJpeg, kMediaPage}},
    ServiceCode{479,
                {kFixInput, kRejected, "The network could not download the media: the host turns robots away.",
                 "upload the file to the service instead of naming a URL", kErrorsPage}},
    ServiceCode{485, {kFixInput, kRejected, "The story has expired.", "post it again as a new one", kAnyPage}},
    ServiceCode{501,
                {kFixAccount, kAuth, "The session in which the account is linked was revoked.", kRelink, kRestated}},
    ServiceCode{502, {kFixAccount, kAuth, "There is no such session for linking an account.", kRelink, kRestated}},
    ServiceCode{503,
                {kFixAccount, kAuth, "The session in which the account is linked has expired.", kRelink, kRestated}},
    ServiceCode{518,
                {kUnknown, kRejected, "A remark on an Instagram post that went out.",
                 "nothing has to be done: the post went out", kErrorsPage}},
};

}  // namespace

const ServiceCode* find_service_code(int code) {
  const auto* found = std::ranges::find(kCodes, code, &ServiceCode::code);
  return found != kCodes.end() ? found : nullptr;
}

std::span<const ServiceCode> service_codes() { return kCodes; }

}  // namespace tokprep
