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
}

TEST(TransferLimit, SeveralAreAtWorkBesideEachOther) {
  TransferLimit limit(2);
  const auto one = limit.take({});
  const auto other = limit.take({});  // a limit that lets one in at a time would wait for ever
  EXPECT_EQ(limit.under_way(), 2);
}

TEST(TransferLimit, OneAloneWaitsForTheOthersAndKeepsNewOnesAway) {
  TransferLimit limit(2);
  std::atomic<bool> is_alone{false};
  auto held = std::optional(limit.take({}));
  std::jthread alone([&] {
    const auto all = limit.take_all({});
    is_alone = true;
    EXPECT_EQ(limit.under_way(), 1);
    is_alone = false;
  });
  // One place is free; who comes while somebody waits to be alone does not get it.
  while (true) {
    std::stop_source hurry;
    std::jthread stopper([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      hurry.request_stop();
    });
    if (!limit.take(hurry.get_token())) break;
  }
  EXPECT_FALSE(is_alone);
  held.reset();
  alone.join();
  EXPECT_TRUE(limit.take({}));
  EXPECT_EQ(limit.under_way(), 0);
}

TEST(TransferLimit, AStopOfOneThatWaitsToBeAloneLetsTheOthersIn) {
  TransferLimit limit(2);
  const auto held = limit.take({});
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(limit.take_all(stop.get_token()));
  EXPECT_TRUE(limit.take({}));
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
