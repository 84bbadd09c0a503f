#include "pipeline/ledger_types.h"

#include <algorithm>

#include "base/json.h"

namespace tokprep {
namespace {

using enum LedgerState;

struct Step {
  LedgerState from;
  LedgerState to;
};

// The steps a post may take. The file has the same list (ledger_schema.cpp) and refuses all others by itself.
//
// There is no way back to kUnknown or kIntent for a post that was settled, and none at all from kPublished. What failed
// or was taken back may still turn out to be out: the service and its dashboard can send a post again by themselves.
constexpr std::array kSteps = {
    Step{kPlanned, kIntent},    Step{kPlanned, kCancelled},  Step{kIntent, kAccepted},     Step{kIntent, kPublished},
    Step{kIntent, kFailed},     Step{kIntent, kUnknown},     Step{kIntent, kCancelled},    Step{kUnknown, kAccepted},
    Step{kUnknown, kPublished}, Step{kUnknown, kFailed},     Step{kUnknown, kCancelled},   Step{kAccepted, kPublished},
    Step{kAccepted, kFailed},   Step{kAccepted, kCancelled}, Step{kFailed, kPlanned},      Step{kFailed, kIntent},
    Step{kFailed, kAccepted},   Step{kFailed, kPublished},   Step{kFailed, kCancelled},    Step{kCancelled, kPlanned},
    Step{kCancelled, kIntent},  Step{kCancelled, kAccepted}, Step{kCancelled, kPublished}, Step{kCancelled, kFailed},
};

Json or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

}  // namespace

bool may_become(LedgerState from, LedgerState to) {
  return from == to ||
         std::ranges::any_of(kSteps, [&](const Step& step) { return step.from == from && step.to == to; });
}

bool may_be_claimed(LedgerState state) { return state == kPlanned || state == kFailed || state == kCancelled; }

bool is_lost(LedgerState state) { return state == kIntent || state == kUnknown; }

void to_json(Json& json, const LedgerPost& post) {
  json = {{"item", post.item},
          {"content_key", post.content_key},
          {"idempotency_key", or_null(post.idempotency_key)},
          {"state", name_of(post.state)},
          {"post_id", or_null(post.post_id)},
          {"post_status", or_null(post.post_status)},
          {"url", or_null(post.url)},
          {"caption", post.caption},
          {"media_urls", post.media_urls},
          {"source_digests", post.source_digests},
          {"created", post.created},
          {"schedule_date", or_null(post.schedule_date)},
          {"goes_out", or_null(post.goes_out)},
          {"error", or_null(post.error)},
          {"stays_pending", post.stays_pending},
          {"attempt", post.attempt}};
}

void to_json(Json& json, const LedgerEvent& event) {
  json = {{"at", event.at},
          {"from", event.from ? Json(name_of(*event.from)) : Json()},
          {"to", name_of(event.to)},
          {"why", or_null(event.why)},
          {"attempt", event.attempt}};
}

void to_json(Json& json, const LedgerStory& story) {
  json = story.post;
  json["account"] = story.account;
  json["events"] = story.events;
}

void to_json(Json& json, const LedgerAccount& account) {
  json = {{"account", account.account},
          {"title", or_null(account.title)},
          {"ref_id", or_null(account.ref_id)},
          {"first_seen", account.first_seen}};
}

void to_json(Json& json, const LedgerAsset& asset) {
  json = {{"sha256", asset.sha256},
          {"name", or_null(asset.name)},
          {"size_bytes", asset.size_bytes},
          {"kind", or_null(asset.kind)},
          {"first_seen", asset.first_seen}};
}

void to_json(Json& json, const LedgerUpload& upload) {
  json = {
      {"account", upload.account}, {"sha256", upload.sha256}, {"url", upload.url}, {"expires_at", upload.expires_at}};
}

void to_json(Json& json, const LedgerDelivery& delivery) {
  json = {
      {"key", delivery.key}, {"at", delivery.at}, {"action", delivery.action}, {"post_id", or_null(delivery.post_id)}};
}

void to_json(Json& json, const LedgerProblem& problem) {
  json = {{"kind", name_of(problem.kind)},
          {"message", problem.message},
          {"content_key", or_null(problem.content_key)},
          {"item", or_null(problem.item)},
          {"fix", or_null(problem.fix)}};
}

void to_json(Json& json, const LedgerExport& all) {
  json = {{"version", all.version}, {"accounts", all.accounts}, {"assets", all.assets},
          {"uploads", all.uploads}, {"posts", all.posts},       {"deliveries", all.deliveries}};
}

}  // namespace tokprep
