#include "pipeline/cli/slots.h"

#include <gtest/gtest.h>

#include <optional>
#include <thread>

namespace tokprep::cli {
namespace {

TEST(Slots, LetsSoManyAndTheNextOnceOneIsGivenBack) {
  Slots slots(2);
  auto first = slots.take({});
  std::optional<Slots::Slot> second = std::move(*slots.take({}));
  bool has_third = false;
  std::jthread third([&] { has_third = slots.take({}).has_value(); });
  first->give_back();
  first->give_back();  // once is enough
  third.join();
  EXPECT_TRUE(has_third);
}

TEST(Slots, WaitingEndsWithAStop) {
  Slots slots(1);
  const auto only = slots.take({});
  std::stop_source stop;
  stop.request_stop();
  const auto none = slots.take(stop.get_token());
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace tokprep::cli
