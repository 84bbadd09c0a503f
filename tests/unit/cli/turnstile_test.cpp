#include "pipeline/cli/turnstile.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace tokprep::cli {
namespace {

TEST(Turnstile, LetsThreadsThroughInOrderWhoeverIsReadyFirst) {
  constexpr std::size_t kPlaces = 200;
  Turnstile turnstile(kPlaces);
  std::vector<std::size_t> order;
  std::atomic<std::size_t> next{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (std::size_t place = next++; place < kPlaces; place = next++) {
          Turnstile::Turn turn(turnstile, place);
          if (place % 3 == 0) std::this_thread::yield();
          turn.wait();
          order.push_back(place);  // safe: only one at a time is past the gate
        }
      });
    }
  }
  ASSERT_EQ(order.size(), kPlaces);
  for (std::size_t i = 0; i < kPlaces; ++i) EXPECT_EQ(order[i], i);
}

TEST(Turnstile, APlaceThatNeverWaitedLetsTheNextOneThrough) {
  Turnstile turnstile(3);
  { Turnstile::Turn failed_early(turnstile, 1); }
  { Turnstile::Turn first(turnstile, 0); }
  Turnstile::Turn last(turnstile, 2);
  last.wait();
}

}  // namespace
}  // namespace tokprep::cli
