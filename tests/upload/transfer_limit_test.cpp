#include "upload/transfer_limit.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

namespace tokprep {
namespace {

TEST(TransferLimit, NoMoreThanItsPlacesAreAtWork) {
  TransferLimit limit(2);
  std::atomic<int> at_work{0};
  std::atomic<int> most{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int turn = 0; turn < 50; ++turn) {
          const auto place = limit.take({});
          const int now = ++at_work;
          for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
          }
          std::this_thread::yield();
          --at_work;
        }
      });
    }
  }
  EXPECT_LE(most, 2);
  EXPECT_GE(most, 1);
}

TEST(TransferLimit, AStopEndsTheWait) {
  TransferLimit limit(1);
  auto held = std::optional(limit.take({}));
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  const auto refused = limit.take(stop.get_token());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kCancelled);
  held.reset();
  EXPECT_TRUE(limit.take({}));
}

}  // namespace
}  // namespace tokprep
