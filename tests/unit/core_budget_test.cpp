#include "pipeline/core_budget.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/temp_folder.h"

namespace tokprep {
namespace {

using namespace std::chrono_literals;

TEST(CoreBudget, AJobAloneGetsAllCores) {
  CoreBudget budget(8, 8);
  budget.expect(0, 5s);
  EXPECT_EQ(budget.threads_for(0, 60s), 8);
}

TEST(CoreBudget, AmongManyLikeItAJobGetsOneThread) {
  CoreBudget budget(4, 4);
  for (std::size_t id = 0; id < 20; ++id) budget.expect(id, 10s);
  EXPECT_EQ(budget.threads_for(0, 10s), 2);  // the first knows least
  for (std::size_t id = 1; id < 4; ++id) EXPECT_EQ(budget.threads_for(id, 10s), 1);
}

TEST(CoreBudget, TheLargestGetsTheCoresThatSmallOnesCannotFill) {
  CoreBudget budget(4, 4);
  for (std::size_t id = 0; id < 10; ++id) budget.expect(id, id == 3 ? 27s : 1s);
  EXPECT_EQ(budget.threads_for(3, 27s), 4);  // of 36 s in all, on 4 cores
  for (std::size_t id = 0; id < 10; ++id) EXPECT_EQ(id == 3 ? 1 : budget.threads_for(id, 1s), 1);
  EXPECT_EQ(budget.threads_for(3, 27s), 3);
}

TEST(CoreBudget, WhatIsDoneCountsNoMore) {
  CoreBudget budget(2, 2);
  for (std::size_t id = 0; id < 3; ++id) budget.expect(id, 10s);
  (void)budget.threads_for(0, 10s);
  EXPECT_EQ(budget.threads_for(1, 10s), 1);
  budget.finished(0);
  budget.progress(1, 0.95);
  EXPECT_EQ(budget.threads_for(2, 10s), 2);  // left alone, it would keep one core idle
}

TEST(CoreBudget, WhatNeedsNothingTakesNoPartOnceThatIsKnown) {
  CoreBudget budget(2, 2);
  for (std::size_t id = 0; id < 5; ++id) budget.expect(id, 45s);
  EXPECT_EQ(budget.threads_for(1, 0s), 1);
  budget.finished(2);  // by an earlier run
  EXPECT_EQ(budget.threads_for(0, 45s), 2);
}

// The first to be looked into, with others behind it that may be as large or need nothing.
TEST(CoreBudget, AGuessCountsAsFarAsGuessesHaveComeTrue) {
  CoreBudget budget(8, 8);
  for (std::size_t id = 0; id < 100; ++id) budget.expect(id, 10s);
  EXPECT_EQ(budget.threads_for(0, 10s), 4);
  for (std::size_t id = 1; id < 20; ++id) (void)budget.threads_for(id, 10s);
  for (std::size_t id = 0; id < 19; ++id) budget.finished(id);
  EXPECT_EQ(budget.threads_for(20, 10s), 1);
}

TEST(CoreBudget, CoresThatNoOtherItemMayUseAreShared) {
  CoreBudget budget(8, 2);
  for (std::size_t id = 0; id < 50; ++id) budget.expect(id, 10s);
  EXPECT_EQ(budget.threads_for(0, 10s), 4);
  CoreBudget one_at_a_time(8, 1);
  for (std::size_t id = 0; id < 50; ++id) one_at_a_time.expect(id, 10s);
  EXPECT_EQ(one_at_a_time.threads_for(0, 10s), 8);
}

TEST(CoreBudget, WorkOfNoCostGetsAThread) {
  CoreBudget budget(2, 2);
  budget.expect(0, 0s);
  budget.expect(1, 10s);
  EXPECT_EQ(budget.threads_for(0, 0s), 1);
}

TEST(PredictedCost, GoesByKindAndSize) {
  const test::TempFolder folder;
  const auto item = [&](const std::string& name, std::size_t size_bytes) {
    Item one;
    one.sources = {folder.file(name, std::string(size_bytes, 'x'))};
    return one;
  };
  const Item video = item("a.mov", 1'000'000);
  EXPECT_GT(predicted_cost(video), predicted_cost(item("b.mov", 10'000)));
  EXPECT_GT(predicted_cost(video), predicted_cost(item("a.png", 1'000'000)));
  EXPECT_GT(predicted_cost(item("c.png", 10)), CpuTime(0));
  Item missing;
  missing.sources = {"/nonexistent/a.mov"};
  EXPECT_EQ(predicted_cost(missing), CpuTime(0));
}

}  // namespace
}  // namespace tokprep
