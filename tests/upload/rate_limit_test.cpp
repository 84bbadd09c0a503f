#include "upload/rate_limit.h"

#include <gtest/gtest.h>

namespace tokprep {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kPlenty = 1'000'000'000;
const RateLimit::TimePoint kBegin{};

/// What `transfers` that always want more get together within `length`, each asking when it was told to.
std::uint64_t sent_within(RateLimit& limit, int transfers, std::chrono::microseconds length) {
  std::uint64_t sent = 0;
  for (auto now = kBegin; now < kBegin + length; now += 1ms) {
    for (int i = 0; i < transfers; ++i) sent += limit.take(kPlenty, now).bytes;
  }
  return sent;
}

TEST(RateLimit, HoldsTheRateOverTime) {
  RateLimit limit(1'000'000, kBegin);
  EXPECT_NEAR(static_cast<double>(sent_within(limit, 1, 10s)), 10'000'000, 100'000);
}

TEST(RateLimit, SeveralTransfersShareIt) {
  RateLimit limit(1'000'000, kBegin);
  EXPECT_NEAR(static_cast<double>(sent_within(limit, 4, 10s)), 10'000'000, 100'000);
}

TEST(RateLimit, TellsHowLongToWait) {
  RateLimit limit(1'000'000, kBegin);
  const auto first = limit.take(kPlenty, kBegin);
  EXPECT_EQ(first.bytes, 0U);
  EXPECT_EQ(first.wait_us, 50ms) << "a twentieth of a second's bytes";
  EXPECT_EQ(limit.take(kPlenty, kBegin + first.wait_us).bytes, 50'000U);
}

TEST(RateLimit, TheLastBytesOfAFileDoNotWaitForMore) {
  RateLimit limit(1'000'000, kBegin);
  EXPECT_EQ(limit.take(10, kBegin).wait_us, 10us);
  EXPECT_EQ(limit.take(10, kBegin + 10us).bytes, 10U);
}

TEST(RateLimit, APauseIsNotFollowedByABurst) {
  RateLimit limit(1'000'000, kBegin);
  EXPECT_LE(limit.take(kPlenty, kBegin + 1h).bytes, 100'000U);
}

TEST(RateLimit, AVeryLowRateStillMoves) {
  RateLimit limit(1, kBegin);
  EXPECT_EQ(limit.take(kPlenty, kBegin + 1s).bytes, 1U);
}

}  // namespace
}  // namespace tokprep
