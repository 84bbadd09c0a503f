#include "pipeline/cli/service_health.h"

#include <gtest/gtest.h>

namespace tokprep::cli {
namespace {

Error failure(ErrorCode code) {
  Error error;
  error.code = code;
  return error;
}

TEST(ServiceHealth, ABatchStopsOnceTheRetriesOfTheRunAreUsedUp) {
  const auto budget = std::make_shared<RetryBudget>(RetryBudget::Prices{2, 1, 0.5});
  ServiceHealth health(budget);
  ASSERT_TRUE(budget->spend());
  health.note_failure(failure(ErrorCode::kUnavailable));
  EXPECT_TRUE(health.check());  // there are retries left for the next item
  ASSERT_TRUE(budget->spend());
  EXPECT_TRUE(budget->is_spent());
  health.note_failure(failure(ErrorCode::kUnavailable));
  const Status down = health.check();
  ASSERT_FALSE(down);
  EXPECT_EQ(down.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(exit_code(down.error().code), 6);
  EXPECT_TRUE(is_transient(down.error().code));
  EXPECT_NE(down.error().message.find("not tried"), std::string::npos);
}

// Posts are never repeated: without an answer to any of them no retry is ever spent.
TEST(ServiceHealth, ABatchStopsAfterThreeItemsInARowWithoutAnAnswer) {
  constexpr int kTimedOut = 28;
  ServiceHealth health(std::make_shared<RetryBudget>());
  Error silence = failure(ErrorCode::kOutcomeUnknown);
  silence.native = kTimedOut;
  health.note_failure(silence);
  health.note_failure(silence);
  health.note_success();
  health.note_failure(silence);
  health.note_failure(failure(ErrorCode::kRejected));
  health.note_failure(silence);
  health.note_failure(silence);
  EXPECT_TRUE(health.check());
  health.note_failure(silence);
  EXPECT_FALSE(health.check());
}

// An earlier post of unknown outcome, and a day that is full, say nothing of the service.
TEST(ServiceHealth, WhatWeKnowByOurselvesIsNoSilence) {
  ServiceHealth health(std::make_shared<RetryBudget>());
  for (int i = 0; i < 10; ++i) {
    health.note_failure(failure(ErrorCode::kOutcomeUnknown));
    health.note_failure(failure(ErrorCode::kRateLimited));
  }
  EXPECT_TRUE(health.check());
}

TEST(ServiceHealth, ARefusalSaysThatTheServiceIsUp) {
  const auto budget = std::make_shared<RetryBudget>(RetryBudget::Prices{0, 1, 0});
  ServiceHealth health(budget);
  for (const ErrorCode code : {ErrorCode::kRejected, ErrorCode::kAuth, ErrorCode::kNotCompliant}) {
    health.note_failure(failure(code));
    EXPECT_TRUE(health.check()) << to_string(code);
  }
  for (const ErrorCode code : {ErrorCode::kNetwork, ErrorCode::kTimeout, ErrorCode::kUnavailable,
                               ErrorCode::kRateLimited, ErrorCode::kOutcomeUnknown}) {
    ServiceHealth other(budget);
    other.note_failure(failure(code));
    EXPECT_FALSE(other.check()) << to_string(code);
  }
}

}  // namespace
}  // namespace tokprep::cli
