#include "pipeline/withdraw.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "pipeline/settled_post.h"

namespace tokprep {
namespace {

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

/// One that goes out on no date, before somebody lets it.
bool is_held(const LedgerPost& post) {
  return post.post_status == name_of(PostState::kAwaitingApproval) || post.post_status == name_of(PostState::kPaused);
}

/// Of a post that the service has: whether it still lies there.
Status check_waiting(const LedgerPost& post, Clock::TimePoint now) {
  if (is_held(post)) return {};
  const auto due = from_iso8601(post.schedule_date);
  if (due && *due > now + kClockSkew) return {};
  if (due && *due > now && post.post_status == name_of(PostState::kScheduled)) {
    return refuse(
        ErrorCode::kRejected,
        fmt::format("it goes out in less than {} minutes, and nobody could tell whether it was taken back in time",
                    kClockSkew.count()),
        "tokprep status --wait, then " + std::string(kInTheApp));
  }
  return refuse(ErrorCode::kRejected, "it is with TikTok, or on its way there, and cannot be taken back any more",
                post.stays_pending ? kInTheApp : "tokprep status --wait, then " + std::string(kInTheApp));
}

/// What is known of a post with what the service says now. One that was seen held, and is deleted without having been
/// handed over, never went out.
LedgerPost seen(LedgerPost post, const PostRecord& record, Clock::TimePoint now) {
  const bool is_taken_back = is_held(post) && record.state == PostState::kDeleted && !record.handed_over;
  if (is_taken_back && post.state == LedgerState::kAccepted) post.state = LedgerState::kCancelled;
  return settled(std::move(post), record, now);
}

/// The record of a post that was deleted just now. Somebody may have let a held one go meanwhile, which only the
/// service can tell; what it no longer has, it did not hand over.
Result<PostRecord> after_delete(PostRecord record, const LedgerPost& post, AyrshareClient& client,
                                const RunContext& run) {
  if (is_held(post)) {
    auto now = client.get_post(record.id, run);
    if (!now && now.error().code != ErrorCode::kRejected) return fail(std::move(now).error());
    if (now) record = std::move(*now);
  }
  record.state = PostState::kDeleted;
  return record;
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
  post = seen(std::move(post), record, run.clock->now());
  TOKPREP_TRY(note(post, ledger));
  TOKPREP_TRY(check_withdrawable(post, run.clock->now()));
  if (post.state == LedgerState::kCancelled) {
    TOKPREP_TRY(ledger.forget_seen(record.id));
    return Withdrawal::kAlready;
  }
  TOKPREP_TRY(client.delete_post(record.id, run));
  TOKPREP_ASSIGN(record, after_delete(std::move(record), post, client, run));
  // Where the call took until its date, it may have gone out first.
  post = seen(std::move(post), record, run.clock->now());
  TOKPREP_TRY(note(post, ledger));
  if (post.state != LedgerState::kCancelled) return fail(check_published(post).error());
  TOKPREP_TRY(ledger.forget_seen(record.id));
  return Withdrawal::kDone;
}

}  // namespace tokprep
