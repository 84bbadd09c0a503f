#include "pipeline/cli/commands/status_poll.h"

#include <gtest/gtest.h>

namespace tokprep::cli {
namespace {

WatchedPost with_state(PostState state) {
  WatchedPost post;
  post.id = "id";
  post.state = state;
  return post;
}

int code_of(const ItemOutcome& outcome) { return outcome.state == ItemState::kFailed ? exit_code(outcome.code) : 0; }

TEST(StatusOutcome, BecomesTheDocumentedExitCode) {
  EXPECT_EQ(code_of(outcome_of(with_state(PostState::kPublished), true)), 0);
  EXPECT_EQ(code_of(outcome_of(with_state(PostState::kScheduled), true)), 0);
  EXPECT_EQ(code_of(outcome_of(with_state(PostState::kPending), false)), 0);
  EXPECT_EQ(code_of(outcome_of(with_state(PostState::kPending), true)), 6);
  EXPECT_EQ(code_of(outcome_of(with_state(PostState::kFailed), false)), 5);
  EXPECT_EQ(code_of(outcome_of(with_state(PostState::kUnknown), false)), 8);
  WatchedPost refused = with_state(PostState::kPublished);
  refused.error.emplace().code = ErrorCode::kAuth;
  EXPECT_EQ(code_of(outcome_of(refused, true)), 7);
}

TEST(StatusOutcome, OnlyWhatMayChangeSoonIsAskedAgain) {
  EXPECT_TRUE(is_moving(with_state(PostState::kPending)));
  EXPECT_TRUE(is_moving(with_state(PostState::kUnknown)));
  for (const PostState state : {PostState::kScheduled, PostState::kAwaitingApproval, PostState::kPublished,
                                PostState::kFailed, PostState::kDeleted}) {
    EXPECT_FALSE(is_moving(with_state(state)));
  }
  WatchedPost unreachable = with_state(PostState::kPending);
  unreachable.error.emplace().code = ErrorCode::kNetwork;
  EXPECT_TRUE(is_moving(unreachable));
  unreachable.error->code = ErrorCode::kAuth;
  EXPECT_FALSE(is_moving(unreachable));
}

TEST(StatusOutcome, APrivatePostIsNotWaitedFor) {
  LedgerPost row;
  row.state = LedgerState::kAccepted;
  row.post_status = "pending";
  row.stays_pending = true;
  const WatchedPost post = watched(row);
  EXPECT_FALSE(is_moving(post));
  EXPECT_EQ(code_of(outcome_of(post, true)), 0);
}

TEST(StatusOutcome, TheLedgersStatesAreTold) {
  LedgerPost row;
  row.item = "/drop/a.mov";
  row.state = LedgerState::kIntent;
  const PostStatus lost = event_of(watched(row));
  EXPECT_EQ(lost.item, "/drop/a.mov");
  EXPECT_EQ(lost.post.status, "unknown");
  ASSERT_TRUE(lost.error);
  EXPECT_EQ(lost.error->code, ErrorCode::kOutcomeUnknown);

  row.state = LedgerState::kFailed;
  row.error = "(code 132) too long";
  const PostStatus failed = event_of(watched(row));
  ASSERT_TRUE(failed.error);
  EXPECT_EQ(failed.error->code, ErrorCode::kRejected);
  EXPECT_EQ(failed.error->message, "(code 132) too long");

  row.state = LedgerState::kAccepted;
  row.post_status = "scheduled";
  row.schedule_date = "2026-07-08T12:30:00Z";
  const PostStatus scheduled = event_of(watched(row));
  EXPECT_EQ(scheduled.post.status, "scheduled");
  EXPECT_EQ(scheduled.post.schedule_date, "2026-07-08T12:30:00Z");
  EXPECT_FALSE(scheduled.error);
}

}  // namespace
}  // namespace tokprep::cli
