#include "base/clock.h"

#include <gtest/gtest.h>

#include <thread>

namespace tokprep {
namespace {

using namespace std::chrono_literals;

TEST(Iso8601, IsWrittenInUtcWithoutFractions) {
  const auto day = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);
  EXPECT_EQ(to_iso8601(day + 17h + 30min), "2026-11-22T17:30:00Z");
  EXPECT_EQ(to_iso8601(day + 17h + 30min + 999ms), "2026-11-22T17:30:00Z");
  EXPECT_EQ(to_iso8601(Clock::TimePoint{}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_iso8601(std::chrono::sys_days(std::chrono::year(2028) / 2 / 29)), "2028-02-29T00:00:00Z");
}

TEST(Iso8601, IsReadBackAsTheSameSecond) {
  for (const char* text : {"1970-01-01T00:00:00Z", "2028-02-29T23:59:59Z", "2026-11-22T17:30:00Z"}) {
    const auto time = from_iso8601(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(to_iso8601(*time), text);
  }
  EXPECT_EQ(from_iso8601("2026-11-22T17:30:00.987Z"), from_iso8601("2026-11-22T17:30:00Z"));
}

TEST(Iso8601, RefusesWhatIsNotATimeInUtc) {
  for (const char* text : {"", "2026-11-22", "2026-11-22T17:30:00", "2026-11-22T17:30:00+02:00", "2026-11-22 17:30:00Z",
                           "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-22T24:00:00Z",
                           "2026-11-22T17:60:00Z", "2026-11-2xT17:30:00Z", "2026-11-22T-1:30:00Z",
                           "-026-11-22T17:30:00Z", "2026-11-22T17:30:00Zoo", "2026-11-22T17:30:00.5"}) {
    EXPECT_FALSE(from_iso8601(text)) << text;
  }
}

TEST(SystemClock, SleepsOutItsTimeAndSaysSo) {
  const auto began = std::chrono::steady_clock::now();
  EXPECT_TRUE(system_clock().sleep(2ms, {}));
  EXPECT_GE(std::chrono::steady_clock::now() - began, 2ms);
}

TEST(SystemClock, WakesWhenAStopIsAskedFor) {
  std::stop_source source;
  const std::jthread stopper([&] { source.request_stop(); });
  const auto began = std::chrono::steady_clock::now();
  EXPECT_FALSE(system_clock().sleep(1h, source.get_token()));
  EXPECT_LT(std::chrono::steady_clock::now() - began, 1min);
}

}  // namespace
}  // namespace tokprep
