#include "pipeline/cli/commands/status_poll.h"

#include <algorithm>
#include <utility>

#include "pipeline/publish.h"

namespace tokprep::cli {
namespace {

constexpr std::chrono::milliseconds kFirstPause{2'000};
constexpr std::chrono::milliseconds kLongestPause{15'000};

/// A row whose call was lost has no status of the service yet.
PostState state_of(const LedgerPost& post) {
  if (post.state == LedgerState::kPublished) {
    return post.post_status == name_of(PostState::kDeleted) ? PostState::kDeleted : PostState::kPublished;
  }
  if (post.state == LedgerState::kFailed) return PostState::kFailed;
  if (post.state == LedgerState::kCancelled) return PostState::kDeleted;
  if (post.state != LedgerState::kAccepted) return PostState::kUnknown;
  return enum_from<PostState>(post.post_status).value_or(PostState::kPending);
}

void take(WatchedPost& post, const LedgerPost& row) {
  post.id = row.post_id;
  post.state = state_of(row);
  post.url = row.url;
  post.schedule_date = row.schedule_date;
  post.failure = row.error;
  post.in_ledger = row;
}

void take(WatchedPost& post, const PostRecord& record) {
  post.state = record.state;
  post.url = record.url;
  post.schedule_date = record.schedule_date;
  post.failure = record.errors.empty() ? "" : record.errors.front().message;
}

/// Asks by way of the ledger where it knows the post, else the service alone.
Status ask(WatchedPost& post, Service& service, const RunContext& run) {
  if (!post.in_ledger) {
    TOKPREP_ASSIGN(post.in_ledger, service.ledger().find_by_post_id(post.id));
  }
  if (post.in_ledger) {
    TOKPREP_ASSIGN(const LedgerPost row, reconcile(*post.in_ledger, service.client(), service.ledger(), run));
    take(post, row);
    return {};
  }
  TOKPREP_ASSIGN(const PostRecord record, service.client().get_post(post.id, run));
  take(post, record);
  return {};
}

Error with_code(ErrorCode code, std::string message) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  return error;
}

}  // namespace

WatchedPost watched(const LedgerPost& post) {
  WatchedPost watched;
  take(watched, post);
  return watched;
}

void ask_about(WatchedPost& post, Service& service, const RunContext& run) {
  post.error.reset();
  if (Status asked = ask(post, service, run); !asked) post.error = asked.error();
}

bool stays_pending(const WatchedPost& post) { return post.in_ledger && post.in_ledger->stays_pending; }

bool is_moving(const WatchedPost& post) {
  if (post.error) return is_transient(post.error->code);
  return (post.state == PostState::kPending && !stays_pending(post)) || post.state == PostState::kUnknown;
}

void watch(std::vector<WatchedPost>& posts, std::chrono::milliseconds timeout, Service& service,
           const RunContext& run) {
  const auto deadline = run.clock->now() + timeout;
  auto pause = kFirstPause;
  while (std::ranges::any_of(posts, is_moving)) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - run.clock->now());
    if (left.count() <= 0 || !run.clock->sleep(std::min(pause, left), run.stop)) return;
    pause = std::min(pause * 3 / 2, kLongestPause);
    for (WatchedPost& post : posts) {
      if (is_moving(post)) ask_about(post, service, run);
    }
  }
}

ItemOutcome outcome_of(const WatchedPost& post, bool waited) {
  if (post.error) return {ItemState::kFailed, post.error->code};
  switch (post.state) {
    case PostState::kFailed:
      return {ItemState::kFailed, ErrorCode::kRejected};
    case PostState::kUnknown:
      return {ItemState::kFailed, ErrorCode::kOutcomeUnknown};
    case PostState::kPending:
      if (waited && !stays_pending(post)) return {ItemState::kFailed, ErrorCode::kTimeout};
      break;
    case PostState::kScheduled:
    case PostState::kPaused:
    case PostState::kAwaitingApproval:
    case PostState::kPublished:
    case PostState::kDeleted:
      break;
  }
  return {ItemState::kDone};
}

PostStatus event_of(const WatchedPost& post) {
  PostStatus status;
  if (post.in_ledger) status.item = post.in_ledger->item;
  status.post.id = post.id;
  status.post.status = std::string(name_of(post.state));
  if (!post.url.empty()) status.post.url = post.url;
  if (!post.schedule_date.empty()) status.post.schedule_date = post.schedule_date;
  status.error = post.error;
  if (!status.error && post.state == PostState::kFailed) status.error = with_code(ErrorCode::kRejected, post.failure);
  if (!status.error && post.state == PostState::kUnknown) {
    status.error = with_code(ErrorCode::kOutcomeUnknown,
                             "whether the service took it is not known; nothing is sent again until it is");
  }
  return status;
}

}  // namespace tokprep::cli
