#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/enum_names.h"
#include "base/result.h"
#include "upload/ayrshare/post_record.h"
#include "upload/credentials.h"

namespace tokprep {

/// Webhooks as the service sends them (https://www.ayrshare.com/docs/apis/webhooks/overview and .../actions, read
/// 2026-10-04): JSON by POST, at least once each, in any order, signed over the raw bytes of the body.

/// How long after an event the service may send it again, slower each time. Whether it dates each attempt anew or keeps
/// the first one's time is not documented.
inline constexpr std::chrono::hours kWebhookSentFor{48};

/// What a request has to satisfy before its content is looked at.
struct WebhookTrust {
  std::vector<Secret> secrets;          ///< any of them may have signed; several while one is replaced by another
  std::chrono::seconds tolerance{300};  ///< how far ahead of our clock its timestamp may be
  std::chrono::seconds age_max = kWebhookSentFor;  ///< and how far behind
};

/// Checks who sent `raw_body`, the bytes as they arrived. `headers` has its names in lower case.
///
/// One of the secrets must have made the HMAC-SHA256 in `X-Authorization-Content-SHA256`, or one of those in
/// `X-Authorization-Content-SHA256-V2` ("v1=HEX,v1=HEX"); hex digits of either case, compared in constant time. The
/// service does not sign the timestamp: it keeps an honest repetition of long ago out, and a forged one is told by the
/// event's key, which the caller remembers for longer than `age_max`.
/// Errors: kAuth (no signature, a wrong one, no timestamp, too old or too far ahead), kInvalidArgument (no secret was
/// given to check with).
Status verify_webhook(std::string_view raw_body, const std::map<std::string, std::string>& headers,
                      const WebhookTrust& trust, Clock::TimePoint now);

enum class WebhookKind {
  kPost,             ///< "scheduled": a post went out, or failed; for TikTok: its media was handed over
  kTikTokPublished,  ///< "scheduled" with subAction "tikTokPublished": TikTok is done with it
  kSocial,           ///< an account was linked or unlinked, or has to be linked again soon
  kOther,            ///< anything else: received, and of no use to us
};

template <>
struct EnumNames<WebhookKind> {
  static constexpr std::array kTable{std::pair{WebhookKind::kPost, std::string_view("post")},
                                     std::pair{WebhookKind::kTikTokPublished, std::string_view("tiktok_published")},
                                     std::pair{WebhookKind::kSocial, std::string_view("social")},
                                     std::pair{WebhookKind::kOther, std::string_view("other")}};
};

/// One event.
struct WebhookEvent {
  /// Tells one event from another, however often it is sent: the hook id, or else the digest of the body. Whoever
  /// stores events drops those whose key is known.
  std::string key;
  std::string hook_id;  ///< empty where the service sends none
  std::string action;   ///< as sent: "scheduled", "social", …
  WebhookKind kind = WebhookKind::kOther;
  std::string created;  ///< ISO 8601

  /// kPost and kTikTokPublished: id, ref_id, state, tiktok_id, url and errors, read as everywhere else.
  PostRecord post;

  // kSocial
  std::string platform;    ///< "tiktok"
  std::string change;      ///< "link", "unlink", "refresh"
  std::string refresh_by;  ///< "refresh": until when the account has to be linked again
  std::string ref_id;      ///< of the profile
};

/// Reads a body that was verified. Error: kInvalidArgument for what is not a JSON object with an action, and for a post
/// event without the post's id.
Result<WebhookEvent> parse_webhook(std::string_view raw_body);

}  // namespace tokprep
