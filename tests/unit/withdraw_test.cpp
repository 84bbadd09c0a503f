#include "pipeline/withdraw.h"

#include <gmock/gmock.h>

#include "tests/unit/publish_fixture.h"

namespace tokprep {
namespace {

using namespace test;
using testing::HasSubstr;

constexpr const char* kDate = "2026-11-23T00:00:00Z";  // a day after the clock's beginning

/// A post that waits at the service for its date.
class Withdraw : public PublishFixture {
 protected:
  Withdraw() {
    service_.answer = [this](const Json& body, const std::function<HttpResponse()>& accept) -> Result<HttpResponse> {
      static_cast<void>(accept());
      Json& record = service_.posts.back();
      record["status"] = "scheduled";
      record["scheduleDate"] = body.value("scheduleDate", "");
      record.erase("postIds");
      return FakeService::ok(record);
    };
  }

  Result<Published> schedule() {
    PublishRequest request = video();
    request.options.schedule_date = kDate;
    return publish(request, client_, ledger_, built_in_rules(), run_);
  }

  Result<Withdrawal> withdraw_row() {
    post_ = row();
    return withdraw(post_, client_, ledger_, run_);
  }

  LedgerPost post_;
};

TEST_F(Withdraw, TakesBackWhatWaitsForItsDateAndItCanBePostedAnew) {
  ASSERT_TRUE(schedule());
  EXPECT_EQ(withdraw_row(), Withdrawal::kDone);
  EXPECT_EQ(post_.state, LedgerState::kCancelled);
  EXPECT_EQ(row().state, LedgerState::kCancelled);
  EXPECT_EQ(service_.posts.front()["status"], "deleted");

  const auto again = schedule();
  ASSERT_TRUE(again) << describe(again.error());
  EXPECT_FALSE(again->already);
  EXPECT_EQ(again->post.id, "post-2");
  EXPECT_EQ(row().attempt, 2);
  EXPECT_NE(service_.submitted[0]["idempotencyKey"], service_.submitted[1]["idempotencyKey"]);
}

TEST_F(Withdraw, OneThatWasTakenBackStaysSo) {
  ASSERT_TRUE(schedule());
  ASSERT_TRUE(withdraw_row());
  EXPECT_EQ(withdraw_row(), Withdrawal::kAlready);
  EXPECT_EQ(service_.count("DELETE /post"), 1U);
  clock_.advance(std::chrono::hours(48));
  EXPECT_EQ(withdraw_row(), Withdrawal::kAlready);
  EXPECT_EQ(reconcile(row(), client_, ledger_, run_)->state, LedgerState::kCancelled);
}

// What the history showed a moment ago is read again after a minute only.
TEST_F(Withdraw, ItNoLongerCountsAsSeenInTheHistory) {
  ASSERT_TRUE(schedule());
  ASSERT_TRUE(ledger_.note_history({{"post-1", "At the beach", *from_iso8601(kDate)}}));
  ASSERT_TRUE(withdraw_row());
  const auto again = schedule();
  EXPECT_TRUE(again) << describe(again.error());
}

TEST_F(Withdraw, LeavesAloneWhatIsOnTikTok) {
  ASSERT_TRUE(schedule());
  service_.posts.front()["postIds"] = Json::array({{{"platform", "tiktok"}, {"id", "7404"}}});
  const auto refused = withdraw_row();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRejected);
  EXPECT_THAT(refused.error().message, HasSubstr("on TikTok"));
  EXPECT_EQ(service_.count("DELETE /post"), 0U);
  EXPECT_EQ(row().state, LedgerState::kPublished);
}

TEST_F(Withdraw, LeavesAloneWhatIsOnItsWay) {
  service_.answer = accepting();
  ASSERT_TRUE(publish_video());
  EXPECT_EQ(withdraw_row().error().code, ErrorCode::kRejected);
  // Handed over a moment before its date, by a clock that is a little ahead of ours; then about to be.
  service_.posts.front()["scheduleDate"] = to_iso8601(clock_.now() + std::chrono::minutes(1));
  EXPECT_EQ(withdraw_row().error().code, ErrorCode::kRejected);
  service_.posts.front().erase("postIds");
  service_.posts.front()["status"] = "pending";
  EXPECT_EQ(withdraw_row().error().code, ErrorCode::kRejected);
  EXPECT_EQ(service_.count("DELETE /post"), 0U);
  EXPECT_EQ(row().state, LedgerState::kAccepted);
}

TEST_F(Withdraw, ALostAnswerChangesNothingAndTheNextCallSettlesIt) {
  ASSERT_TRUE(schedule());
  service_.delete_answer = [](const auto& take) -> Result<HttpResponse> {
    static_cast<void>(take());
    return fail(error_of(ErrorCode::kOutcomeUnknown));
  };
  EXPECT_EQ(withdraw_row().error().code, ErrorCode::kNetwork);
  EXPECT_EQ(row().state, LedgerState::kAccepted);
  EXPECT_EQ(row().post_status, "scheduled");
  EXPECT_EQ(withdraw_row(), Withdrawal::kAlready);
  EXPECT_EQ(row().state, LedgerState::kCancelled);
}

TEST_F(Withdraw, OneWhoseDatePassedMeanwhileMayBeOut) {
  ASSERT_TRUE(schedule());
  service_.delete_answer = [this](const auto& take) -> Result<HttpResponse> {
    clock_.advance(std::chrono::hours(25));
    return take();
  };
  EXPECT_EQ(withdraw_row().error().code, ErrorCode::kRejected);
  EXPECT_EQ(row().state, LedgerState::kPublished);
}

TEST_F(Withdraw, WhatWaitsForAnApprovalHasNoDateToMiss) {
  ASSERT_TRUE(schedule());
  service_.posts.front()["status"] = "awaiting approval";
  service_.posts.front()["scheduleDate"] = "2026-11-21T00:00:00Z";
  EXPECT_EQ(withdraw_row(), Withdrawal::kDone);
  EXPECT_EQ(row().state, LedgerState::kCancelled);
  EXPECT_EQ(reconcile(row(), client_, ledger_, run_)->state, LedgerState::kCancelled);
}

TEST_F(Withdraw, ShortBeforeItsDateNobodyKnowsWhetherItIsOnItsWay) {
  ASSERT_TRUE(schedule());
  clock_.set(*from_iso8601(kDate) - std::chrono::minutes(4));
  const auto refused = withdraw_row();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRejected);
  EXPECT_THAT(refused.error().message, HasSubstr("less than 5 minutes"));
  EXPECT_EQ(service_.count("DELETE /post"), 0U);
  clock_.set(*from_iso8601(kDate) - std::chrono::minutes(6));
  EXPECT_EQ(withdraw_row(), Withdrawal::kDone);
}

TEST_F(Withdraw, OneWhoseDateCameCloseDuringTheCallMayBeOut) {
  ASSERT_TRUE(schedule());
  service_.delete_answer = [this](const auto& take) -> Result<HttpResponse> {
    clock_.set(*from_iso8601(kDate) - std::chrono::minutes(2));
    return take();
  };
  EXPECT_EQ(withdraw_row().error().code, ErrorCode::kRejected);
  EXPECT_EQ(row().state, LedgerState::kPublished);
}

TEST_F(Withdraw, OneThatWasApprovedDuringTheCallIsOut) {
  ASSERT_TRUE(schedule());
  service_.posts.front()["status"] = "awaiting approval";
  service_.posts.front().erase("scheduleDate");
  service_.delete_answer = [this](const auto& take) -> Result<HttpResponse> {
    service_.posts.front()["postIds"] = Json::array({{{"platform", "tiktok"}, {"id", "pending"}}});
    return take();
  };
  EXPECT_EQ(withdraw_row().error().code, ErrorCode::kRejected);
  EXPECT_EQ(row().state, LedgerState::kPublished);
  EXPECT_TRUE(schedule()->already);
}

TEST_F(Withdraw, ALostAnswerAboutAHeldPostIsSettledByTheNextLook) {
  for (const char* status : {"awaiting approval", "paused"}) {
    ASSERT_TRUE(schedule());
    service_.posts.back()["status"] = status;
    service_.posts.back()["scheduleDate"] = "2026-11-21T00:00:00Z";
    service_.delete_answer = [](const auto& take) -> Result<HttpResponse> {
      static_cast<void>(take());
      return fail(error_of(ErrorCode::kOutcomeUnknown));
    };
    EXPECT_EQ(withdraw_row().error().code, ErrorCode::kNetwork);
    EXPECT_EQ(row().post_status, status);
    service_.delete_answer = nullptr;
    EXPECT_EQ(withdraw_row(), Withdrawal::kAlready) << status;
    EXPECT_EQ(row().state, LedgerState::kCancelled);
  }
}

// Made anew, it would wait for an approval again.
TEST_F(Withdraw, OneThatAnEditorDeletedInsteadOfApprovingIsTakenBack) {
  ASSERT_TRUE(schedule());
  service_.posts.front()["status"] = "awaiting approval";
  service_.posts.front().erase("scheduleDate");
  ASSERT_EQ(reconcile(row(), client_, ledger_, run_)->state, LedgerState::kAccepted);
  service_.posts.front()["status"] = "deleted";
  EXPECT_EQ(reconcile(row(), client_, ledger_, run_)->state, LedgerState::kCancelled);
}

TEST_F(Withdraw, APausedPostHasNoDateToMiss) {
  ASSERT_TRUE(schedule());
  service_.posts.front()["status"] = "paused";
  clock_.advance(std::chrono::hours(48));
  EXPECT_EQ(withdraw_row(), Withdrawal::kDone);
  EXPECT_EQ(row().state, LedgerState::kCancelled);
}

TEST_F(Withdraw, AsksNobodyAboutAPostWhoseAnswerWasLost) {
  service_.answer = failing(ErrorCode::kOutcomeUnknown);
  ASSERT_FALSE(publish_video());
  const std::size_t calls = service_.calls.size();
  const auto refused = withdraw_row();
  EXPECT_EQ(refused.error().code, ErrorCode::kOutcomeUnknown);
  EXPECT_EQ(refused.error().fix, "tokprep status");
  EXPECT_EQ(service_.calls.size(), calls);
}

TEST_F(Withdraw, TakesBackWhatTheLedgerDoesNotKnow) {
  service_.posts.push_back({{"id", "hand"}, {"status", "scheduled"}, {"scheduleDate", kDate}});
  ASSERT_TRUE(ledger_.note_history({{"hand", "At the beach", *from_iso8601(kDate)}}));
  EXPECT_EQ(schedule().error().rule, "post.duplicate");
  post_.post_id = "hand";
  post_.state = LedgerState::kAccepted;
  EXPECT_EQ(withdraw(post_, client_, ledger_, run_), Withdrawal::kDone);
  EXPECT_EQ(post_.state, LedgerState::kCancelled);
  EXPECT_TRUE(schedule());
}

TEST_F(Withdraw, AFailedOneHasNothingToTakeBack) {
  ASSERT_TRUE(schedule());
  service_.posts.front()["status"] = "error";
  EXPECT_EQ(withdraw_row().error().code, ErrorCode::kRejected);
  EXPECT_EQ(service_.count("DELETE /post"), 0U);
  EXPECT_EQ(row().state, LedgerState::kFailed);
}

}  // namespace
}  // namespace tokprep
