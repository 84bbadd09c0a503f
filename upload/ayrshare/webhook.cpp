#include "upload/ayrshare/webhook.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"
#include "upload/ayrshare/replies.h"

namespace tokprep {
namespace {

constexpr std::size_t kMacBytes = 32;
// A list of signatures is as long as the secrets in use: two. More is an attempt to keep us computing.
constexpr std::size_t kSignaturesMax = 16;

using Mac = std::array<unsigned char, kMacBytes>;
using Headers = std::map<std::string, std::string>;

std::string_view header(const Headers& headers, const std::string& name) {
  const auto found = headers.find(name);
  return found != headers.end() ? std::string_view(found->second) : std::string_view();
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

std::optional<Mac> mac_of_hex(std::string_view hex) {
  Mac mac{};
  if (hex.size() != 2 * kMacBytes) return std::nullopt;
  for (std::size_t i = 0; i < kMacBytes; ++i) {
    const char* begin = hex.data() + 2 * i;
    const auto [end, error] = std::from_chars(begin, begin + 2, mac[i], 16);
    if (error != std::errc{} || end != begin + 2) return std::nullopt;
  }
  return mac;
}

/// Every signature the request carries: the plain one, and those of "v1=…,v1=…"; other versions are passed over.
std::vector<Mac> signatures_in(const Headers& headers) {
  std::vector<Mac> macs;
  if (const auto plain = mac_of_hex(trimmed(header(headers, "x-authorization-content-sha256")))) macs.push_back(*plain);
  std::string_view list = header(headers, "x-authorization-content-sha256-v2");
  while (!list.empty() && macs.size() < kSignaturesMax) {
    const auto comma = std::min(list.find(','), list.size());
    std::string_view entry = trimmed(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
    if (to_lower(entry.substr(0, 3)) != "v1=") continue;
    if (const auto mac = mac_of_hex(trimmed(entry.substr(3)))) macs.push_back(*mac);
  }
  return macs;
}

std::optional<Mac> mac_of(std::string_view body, const Secret& secret) {
  Mac mac{};
  unsigned int length = 0;
  const std::string& key = secret.reveal();
  const auto* bytes = reinterpret_cast<const unsigned char*>(body.data());
  const bool made =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, body.size(), mac.data(), &length) != nullptr;
  if (!made || length != mac.size()) return std::nullopt;
  return mac;
}

Status check_timestamp(const Headers& headers, const WebhookTrust& trust, Clock::TimePoint now) {
  const std::string_view text = trimmed(header(headers, "x-authorization-timestamp"));
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
    return fail(ErrorCode::kAuth, "the webhook has no usable X-Authorization-Timestamp");
  }
  const auto age = std::chrono::floor<std::chrono::seconds>(now) - Clock::TimePoint(std::chrono::seconds(seconds));
  if (age <= trust.age_max && -age <= trust.tolerance) return {};
  const bool is_old = age > trust.age_max;
  return fail(ErrorCode::kAuth,
              fmt::format("the webhook is dated {}, more than {} s {} our clock",
                          to_iso8601(Clock::TimePoint(std::chrono::seconds(seconds))),
                          (is_old ? trust.age_max : trust.tolerance).count(), is_old ? "behind" : "ahead of"));
}

WebhookKind kind_of(const Json& body, const std::string& action) {
  if (action == "social") return WebhookKind::kSocial;
  if (action != "scheduled" && action != "post") return WebhookKind::kOther;
  return to_lower(text_member(body, "subAction")) == "tiktokpublished" ? WebhookKind::kTikTokPublished
                                                                       : WebhookKind::kPost;
}

/// The record in a post event. Its `code` is that of the event (200), its `url` is ours.
PostRecord post_in(Json body) {
  body.erase("url");
  if (number_member(body, "code") == 200) body.erase("code");
  return parse_post(body);
}

}  // namespace

Status verify_webhook(std::string_view raw_body, const Headers& headers, const WebhookTrust& trust,
                      Clock::TimePoint now) {
  const bool has_secret = std::ranges::any_of(trust.secrets, [](const Secret& secret) { return !secret.empty(); });
  if (!has_secret) {
    return fail(ErrorCode::kInvalidArgument, "there is no webhook secret: nothing that arrives could be believed");
  }
  const auto signatures = signatures_in(headers);
  if (signatures.empty()) return fail(ErrorCode::kAuth, "the webhook is not signed");
  bool signed_by_us = false;
  for (const Secret& secret : trust.secrets) {
    const auto expected = secret.empty() ? std::nullopt : mac_of(raw_body, secret);
    if (!expected) continue;
    for (const Mac& signature : signatures) {  // all of them, always: time tells nothing
      signed_by_us |= CRYPTO_memcmp(signature.data(), expected->data(), kMacBytes) == 0;
    }
  }
  if (!signed_by_us) return fail(ErrorCode::kAuth, "the webhook's signature is not by our secret");
  return check_timestamp(headers, trust, now);
}

Result<WebhookEvent> parse_webhook(std::string_view raw_body) {
  TOKPREP_ASSIGN(const Json body, parse_json(raw_body, "the webhook"));
  WebhookEvent event;
  event.action = text_member(body, "action");
  if (event.action.empty()) return fail(ErrorCode::kInvalidArgument, "the webhook names no action");
  event.hook_id = text_member(body, "hookId");
  event.key = event.hook_id.empty() ? "sha256:" + sha256_of(raw_body) : event.hook_id;
  event.kind = kind_of(body, to_lower(event.action));
  event.created = date_member(body, "created");
  event.ref_id = text_member(body, "refId");
  if (event.kind == WebhookKind::kPost || event.kind == WebhookKind::kTikTokPublished) {
    event.post = post_in(body);
    if (event.post.id.empty()) return fail(ErrorCode::kInvalidArgument, "the webhook names no post");
  } else if (event.kind == WebhookKind::kSocial) {
    event.platform = to_lower(text_member(body, "platform"));
    event.change = to_lower(text_member(body, "type"));
    event.refresh_by = date_member(body, "refreshBy");
  }
  return event;
}

}  // namespace tokprep
