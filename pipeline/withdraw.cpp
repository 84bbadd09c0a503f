#include "pipeline/withdraw.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "pipeline/settled_post.h"

namespace tokprep {
namespace {

// How far the service's clock may be ahead of ours: one that it calls pending may be on its way so long before its
// date.
constexpr std::chrono::minutes kClockSkew{5};

constexpr const char* kInTheApp = "delete it in TikTok's app";

tl::unexpected<Error> refuse(ErrorCode code, std::string why, std::string fix) {
  Error error;
  error.code = code;
  error.message = std::move(why);
  error.fix = std::move(fix);
  return fail(std::move(error));
}

Status check_published(const LedgerPost& post) {
  if (post.post_status == name_of(PostState::kDeleted)) {
    return refuse(ErrorCode::kRejected,
                  "the service deleted its record when the post may have been out: what is on TikTok stays there",
                  "look at the account; " + std::string(kInTheApp));
  }
  return refuse(ErrorCode::kRejected, "it is on TikTok, and the service could delete no more than its own record of it",
                kInTheApp);
}

/// Of a post that the service has: whether it still lies there.
Status check_waiting(const LedgerPost& post, Clock::TimePoint now) {
  const auto state = enum_from<PostState>(post.post_status);
  if (state == PostState::kAwaitingApproval) return {};
  const auto due = from_iso8601(post.schedule_date);
  const auto latest = state == PostState::kScheduled ? now : now + kClockSkew;
  if (due && *due > latest) return {};
  return refuse(ErrorCode::kRejected, "it is with TikTok, or on its way there, and cannot be taken back any more",
                post.stays_pending ? kInTheApp : "tokprep status --wait, then " + std::string(kInTheApp));
}

/// Notes what is known; where others found out more meanwhile, that is known.
Status note(LedgerPost& post, Ledger& ledger) {
  TOKPREP_ASSIGN(const bool noted, ledger.update(post, post.state == LedgerState::kCancelled ? "taken back" : ""));
  if (noted) return {};
  TOKPREP_ASSIGN(auto row, ledger.find(post.content_key));
  if (row) post = std::move(*row);
  return {};
}

}  // namespace

Status check_withdrawable(const LedgerPost& post, Clock::TimePoint now) {
  switch (post.state) {
    case LedgerState::kPlanned:
      return refuse(ErrorCode::kRejected, "nothing of it was sent yet: there is nothing to take back", "");
    case LedgerState::kIntent:
    case LedgerState::kUnknown:
      return refuse(ErrorCode::kOutcomeUnknown, "whether the service took it is not known", "tokprep status");
    case LedgerState::kPublished:
      return check_published(post);
    case LedgerState::kFailed:
      return refuse(ErrorCode::kRejected, "it failed and did not go out: there is nothing to take back", "");
    case LedgerState::kCancelled:
      return {};
    case LedgerState::kAccepted:
      break;
  }
  return check_waiting(post, now);
}

Result<Withdrawal> withdraw(LedgerPost& post, AyrshareClient& client, Ledger& ledger, const RunContext& run) {
  const bool is_lost = post.state == LedgerState::kIntent || post.state == LedgerState::kUnknown;
  if (is_lost || post.post_id.empty()) {
    TOKPREP_TRY(check_withdrawable(post, run.clock->now()));
  }
  TOKPREP_ASSIGN(PostRecord record, client.get_post(post.post_id, run));
  post = settled(std::move(post), record, run.clock->now());
  TOKPREP_TRY(note(post, ledger));
  TOKPREP_TRY(check_withdrawable(post, run.clock->now()));
  if (post.state == LedgerState::kCancelled) {
    TOKPREP_TRY(ledger.forget_seen(record.id));
    return Withdrawal::kAlready;
  }
  const bool had_a_date = record.state != PostState::kAwaitingApproval;
  TOKPREP_TRY(client.delete_post(record.id, run));
  record.state = PostState::kDeleted;
  // What waits for an approval goes out on no date. Anything else may have gone out where the call took past its date.
  if (!had_a_date) post.state = LedgerState::kCancelled;
  post = settled(std::move(post), record, run.clock->now());
  TOKPREP_TRY(note(post, ledger));
  if (post.state != LedgerState::kCancelled) return fail(check_published(post).error());
  TOKPREP_TRY(ledger.forget_seen(record.id));
  return Withdrawal::kDone;
}

}  // namespace tokprep
