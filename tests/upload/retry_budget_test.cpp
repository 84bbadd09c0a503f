#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"
#include "upload/retry.h"

namespace tokprep {
namespace {

using testing::HasSubstr;
using testing::Not;

Attempt<int> down() { return tl::unexpected(Failure(fail(ErrorCode::kUnavailable, "down", 503).value())); }

class RetryBudgetTest : public testing::Test {
 protected:
  RetryBudgetTest() {
    run_.clock = &clock_;
    policy_.budget = std::make_shared<RetryBudget>();
  }

  /// One call against a service that is down; the number of attempts it made.
  int attempts_of_a_failing_call() {
    int attempts = 0;
    const auto outcome = retry(policy_, run_, [&] {
      ++attempts;
      return down();
    });
    EXPECT_FALSE(outcome);
    last_ = outcome.error();
    return attempts;
  }

  void succeed() {
    ASSERT_TRUE(retry(policy_, run_, []() -> Attempt<int> { return 1; }));
  }

  test::FakeClock clock_;
  RunContext run_;
  RetryPolicy policy_;
  Error last_;
};

TEST_F(RetryBudgetTest, ABatchAgainstADeadServiceSoonFailsAtOnce) {
  int attempts = 0;
  for (int call = 0; call < 40; ++call) attempts += attempts_of_a_failing_call();
  EXPECT_EQ(attempts, 40 + 20) << "each call once, and twenty retries in all";
  EXPECT_EQ(attempts_of_a_failing_call(), 1);
  EXPECT_EQ(last_.code, ErrorCode::kUnavailable);
  EXPECT_EQ(last_.native, 503);
  EXPECT_THAT(last_.message, HasSubstr("the service seems down"));
}

TEST_F(RetryBudgetTest, AFailureWithinTheBudgetDoesNotSpeakOfIt) {
  EXPECT_EQ(attempts_of_a_failing_call(), policy_.attempts_max);
  EXPECT_THAT(last_.message, Not(HasSubstr("seems down")));
}

TEST_F(RetryBudgetTest, TenSuccessesEarnOneRetry) {
  while (attempts_of_a_failing_call() > 1) {
  }
  for (int i = 0; i < 9; ++i) succeed();
  EXPECT_EQ(attempts_of_a_failing_call(), 1);
  for (int i = 0; i < 2; ++i) succeed();
  EXPECT_EQ(attempts_of_a_failing_call(), 2);
}

TEST_F(RetryBudgetTest, NoMoreIsSavedUpThanTheMost) {
  RetryBudget budget({.most = 2, .retry = 1, .success = 1});
  for (int i = 0; i < 10; ++i) budget.earn();
  EXPECT_TRUE(budget.spend());
  EXPECT_TRUE(budget.spend());
  EXPECT_FALSE(budget.spend());
}

TEST_F(RetryBudgetTest, WhatIsNotTriedAgainCostsNothing) {
  for (int call = 0; call < 100; ++call) {
    EXPECT_FALSE(retry(policy_, run_, []() -> Attempt<int> {
      return tl::unexpected(Failure(fail(ErrorCode::kRejected, "no", 400).value()));
    }));
  }
  EXPECT_EQ(attempts_of_a_failing_call(), policy_.attempts_max);
}

}  // namespace
}  // namespace tokprep
