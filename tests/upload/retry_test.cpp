#include "upload/retry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"

namespace tokprep {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

Error error_of(ErrorCode code) { return fail(code, "no").value(); }

class RetryTest : public testing::Test {
 protected:
  RetryTest() {
    run_.clock = &clock_;
    policy_.random = [] { return 0.5; };
  }

  /// Fails with `failure` until `calls_` reaches `succeed_at`.
  Result<int> run_until(int succeed_at, const Failure& failure) {
    return retry(policy_, run_, [&]() -> Attempt<int> {
      if (++calls_ == succeed_at) return calls_;
      return tl::unexpected(failure);
    });
  }

  test::FakeClock clock_;
  std::stop_source stop_;
  RunContext run_;
  RetryPolicy policy_;
  int calls_ = 0;
};

TEST_F(RetryTest, TheBoundDoublesAndIsCapped) {
  policy_.attempts_max = 9;
  policy_.delay_max = 4s;
  ASSERT_TRUE(run_until(6, error_of(ErrorCode::kUnavailable)));
  EXPECT_THAT(clock_.slept(), ElementsAre(250ms, 500ms, 1000ms, 2000ms, 2000ms));
}

TEST_F(RetryTest, GivesTheLastErrorWhenAttemptsRunOut) {
  const auto outcome = run_until(99, error_of(ErrorCode::kNetwork));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kNetwork);
  EXPECT_EQ(calls_, 5);
}

TEST_F(RetryTest, RepeatsNothingThatNobodyClassified) {
  for (const ErrorCode code : {ErrorCode::kInternal, ErrorCode::kRejected, ErrorCode::kAuth, ErrorCode::kIo,
                               ErrorCode::kOutcomeUnknown, ErrorCode::kCancelled}) {
    calls_ = 0;
    EXPECT_FALSE(run_until(2, error_of(code)));
    EXPECT_EQ(calls_, 1) << to_string(code);
  }
  EXPECT_THAT(clock_.slept(), IsEmpty());
}

TEST_F(RetryTest, TheCallMayKnowBetter) {
  EXPECT_TRUE(run_until(2, Failure(error_of(ErrorCode::kRejected), true)));
  calls_ = 0;
  EXPECT_FALSE(run_until(2, Failure(error_of(ErrorCode::kNetwork), false)));
}

TEST_F(RetryTest, RetryAfterIsTheLeastWait) {
  ASSERT_TRUE(run_until(3, Failure(error_of(ErrorCode::kRateLimited), 7s)));
  EXPECT_THAT(clock_.slept(), ElementsAre(7s, 7s));
}

TEST_F(RetryTest, ALimitWithoutATimeIsTriedOnceMore) {
  EXPECT_FALSE(run_until(99, error_of(ErrorCode::kRateLimited)));
  EXPECT_EQ(calls_, 2);
}

TEST_F(RetryTest, NoAttemptBeginsAfterTheDeadline) {
  policy_.deadline = 60s;
  EXPECT_FALSE(run_until(2, Failure(error_of(ErrorCode::kRateLimited), 61s)));
  EXPECT_EQ(calls_, 1);
  EXPECT_THAT(clock_.slept(), IsEmpty()) << "waiting for nothing";
}

TEST_F(RetryTest, AStopEndsTheWait) {
  run_.stop = stop_.get_token();
  const auto outcome = retry(policy_, run_, [&]() -> Attempt<int> {
    ++calls_;
    stop_.request_stop();
    return tl::unexpected(Failure(error_of(ErrorCode::kNetwork)));
  });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(calls_, 1);
}

TEST(RetryAfter, SecondsDatesAndNonsense) {
  const Clock::TimePoint now = std::chrono::sys_days(std::chrono::year(2026) / 10 / 21) + 7h + 28min;
  EXPECT_EQ(parse_retry_after("120", now), 120s);
  EXPECT_EQ(parse_retry_after("Wed, 21 Oct 2026 07:28:30 GMT", now), 30s);
  EXPECT_EQ(parse_retry_after("Wed, 21 Oct 2026 07:00:00 GMT", now), 0s) << "long past";
  EXPECT_EQ(parse_retry_after("Wed, 31 Feb 2026 07:28:30 GMT", now), std::nullopt);
  EXPECT_EQ(parse_retry_after("Wed, 21 Oct 7026 07:28:30 GMT", now), std::nullopt) << "beyond what a clock can count";
  EXPECT_EQ(parse_retry_after("-5", now), std::nullopt);
  EXPECT_EQ(parse_retry_after("soon", now), std::nullopt);
  EXPECT_EQ(parse_retry_after("", now), std::nullopt);
}

TEST(RandomFraction, StaysInsideAndVaries) {
  const double first = random_fraction();
  bool varies = false;
  for (int i = 0; i < 1000; ++i) {
    const double fraction = random_fraction();
    ASSERT_GE(fraction, 0.0);
    ASSERT_LT(fraction, 1.0);
    varies |= fraction != first;
  }
  EXPECT_TRUE(varies);
}

}  // namespace
}  // namespace tokprep
