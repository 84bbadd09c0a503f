#include "upload/ayrshare/rate_window.h"

#include <gtest/gtest.h>

namespace tokprep {
namespace {

using namespace std::chrono_literals;

const Clock::TimePoint kBegin = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);

HttpResponse answer(const std::string& count, const std::string& most = "300") {
  return {200, {{"x-ratelimit-count", count}, {"x-ratelimit-max", most}}, "{}"};
}

TEST(RateWindow, NobodyWaitsWhileCallsAreLeft) {
  RateWindow window;
  window.note(answer("299"), kBegin);
  EXPECT_EQ(window.wait(kBegin), std::nullopt);
}

TEST(RateWindow, AFullWindowEndsFiveMinutesAfterItWasFirstSeen) {
  RateWindow window;
  window.note(answer("1"), kBegin);
  window.note(answer("300"), kBegin + 1min);
  EXPECT_EQ(window.wait(kBegin + 1min), 4min);
  EXPECT_EQ(window.wait(kBegin + 4min + 59s), 1s);
  EXPECT_EQ(window.wait(kBegin + 5min), std::nullopt);
}

TEST(RateWindow, ALowCountIsANewWindow) {
  RateWindow window;
  window.note(answer("250"), kBegin);
  window.note(answer("2"), kBegin + 2min);
  window.note(answer("300"), kBegin + 3min);
  EXPECT_EQ(window.wait(kBegin + 3min), 4min);
}

TEST(RateWindow, AnswersThatOvertakeEachOtherAreNone) {
  RateWindow window;
  window.note(answer("1"), kBegin);
  window.note(answer("300"), kBegin + 1min);
  window.note(answer("299"), kBegin + 1min);
  EXPECT_EQ(window.wait(kBegin + 1min), 4min);
}

TEST(RateWindow, AResetThatIsToldIsBelieved) {
  RateWindow window;
  HttpResponse full = answer("300");
  full.headers["x-ratelimit-reset"] = "42000";
  window.note(full, kBegin);
  EXPECT_EQ(window.wait(kBegin), 42s);

  RateWindow dated;
  const auto since_1970 = std::chrono::duration_cast<std::chrono::milliseconds>((kBegin + 7s).time_since_epoch());
  full.headers["x-ratelimit-reset"] = std::to_string(since_1970.count());
  dated.note(full, kBegin);
  EXPECT_EQ(dated.wait(kBegin), 7s);
}

TEST(RateWindow, RetryAfterOutweighsTheGuess) {
  RateWindow window;
  HttpResponse refused = answer("301");
  refused.headers["retry-after"] = "1";
  window.note(refused, kBegin);
  EXPECT_EQ(window.wait(kBegin), 1s);
  EXPECT_EQ(window.wait(kBegin + 1s), std::nullopt);
}

TEST(RateWindow, AResetFarAwayIsOnlyAWindow) {
  for (const char* far : {"99999999", "17900001000002", "9223372036854775807"}) {
    RateWindow window;
    HttpResponse full = answer("300");
    full.headers["x-ratelimit-reset"] = far;
    window.note(full, kBegin);
    EXPECT_EQ(window.wait(kBegin), 5min) << far;
  }
}

TEST(RateWindow, NonsenseIsPassedOver) {
  RateWindow window;
  for (const HttpResponse& strange :
       {answer("many"), answer("-1"), answer("300", "0"), answer("", ""), HttpResponse{}}) {
    window.note(strange, kBegin);
    EXPECT_EQ(window.wait(kBegin), std::nullopt);
  }
}

TEST(RateWindow, ARefusalThatNamesATimeHoldsEveryCall) {
  RateWindow window;
  window.note({429, {{"retry-after", "120"}}, "{}"}, kBegin);
  EXPECT_EQ(window.wait(kBegin), 120s);
  window.note({429, {{"retry-after", "10"}}, "{}"}, kBegin + 1s);
  EXPECT_EQ(window.wait(kBegin + 1s), 119s) << "a later one does not shorten it";
  EXPECT_EQ(window.wait(kBegin + 120s), std::nullopt);
}

TEST(RateWindow, ARefusalWithoutATimeHoldsNothing) {
  RateWindow window;
  window.note({429, {}, "{}"}, kBegin);
  window.note({429, {{"retry-after", "soon"}}, "{}"}, kBegin);
  window.note({503, {{"retry-after", "120"}}, "{}"}, kBegin);
  EXPECT_EQ(window.wait(kBegin), std::nullopt);
}

}  // namespace
}  // namespace tokprep
