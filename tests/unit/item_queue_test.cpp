#include "pipeline/item_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <mutex>
#include <string>

#include "tests/support/temp_folder.h"

namespace tokprep {
namespace {

using namespace std::chrono_literals;

class NoSink final : public EventSink {
 public:
  void on(const Event&) override {}
};

constexpr ItemOutcome kDone{ItemState::kDone, ErrorCode::kInternal};

/// A queue of films (large, sparse files) and pictures whose handlers wait until they are let go.
class ItemQueueTest : public testing::Test {
 protected:
  std::shared_ptr<const Item> film(const std::string& name) const {
    const auto item = picture(name + ".mov");
    std::filesystem::resize_file(item->sources.front(), 2'000'000'000);
    return item;
  }
  std::shared_ptr<const Item> picture(const std::string& name) const {
    Item item;
    item.name = name;
    item.sources = {folder_.file(name, "x")};
    return std::make_shared<const Item>(item);
  }

  static BatchOptions lanes(int jobs) {
    BatchOptions options;
    options.jobs = jobs;
    options.keeps_short_lane = true;
    return options;
  }

  ItemQueue::Entry entry(std::shared_ptr<const Item> item) {
    const auto handler = [this](const Item& one, WorkerLease&, const RunContext& run) {
      std::unique_lock lock(mutex_);
      begun_.push_back(one.name);
      threads_ = run.threads_for(CpuTime(100));
      changed_.notify_all();
      changed_.wait_for(lock, 30s, [&] { return all_may_end_ || one.name.ends_with(".png"); });
      return kDone;
    };
    return {std::move(item), handler, [this](const ItemOutcome& outcome) {
              const std::lock_guard lock(mutex_);
              ends_.push_back(outcome.state == ItemState::kFailed ? std::string(to_string(outcome.code)) : "done");
              changed_.notify_all();
            }};
  }
  void add(ItemQueue& queue, const std::shared_ptr<const Item>& item) { queue.add({entry(item)}); }

  bool waits_until(const std::function<bool()>& is_so) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, is_so);
  }
  bool has_begun(const std::string& name) {
    return waits_until([&] { return std::ranges::find(begun_, name) != begun_.end(); });
  }
  void let_go() {
    const std::lock_guard lock(mutex_);
    all_may_end_ = true;
    changed_.notify_all();
  }

  test::TempFolder folder_;
  NoSink sink_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> begun_;
  std::vector<std::string> ends_;
  int threads_ = 0;
  bool all_may_end_ = false;
};

TEST_F(ItemQueueTest, APictureIsDoneBesideFilmsThatWait) {
  ItemQueue queue(lanes(2), sink_, {});
  for (const char* name : {"a", "b", "c"}) add(queue, film(name));
  ASSERT_TRUE(has_begun("a.mov"));
  add(queue, picture("later.png"));
  EXPECT_TRUE(waits_until([&] { return ends_.size() == 1; })) << "the picture";
  EXPECT_EQ(begun_, (std::vector<std::string>{"a.mov", "later.png"}));
  EXPECT_EQ(queue.waiting(WorkLength::kLong), 2U);
  EXPECT_EQ(queue.waiting(WorkLength::kShort), 0U);
  let_go();
}

TEST_F(ItemQueueTest, OneJobIsOneAtATimeInOrder) {
  {
    ItemQueue queue(lanes(1), sink_, {});
    queue.add({entry(film("a")), entry(picture("b.png")), entry(film("c"))});
    ASSERT_TRUE(has_begun("a.mov"));
    EXPECT_EQ(queue.waiting(WorkLength::kShort), 1U);
    let_go();
  }
  EXPECT_EQ(begun_, (std::vector<std::string>{"a.mov", "b.png", "c.mov"}));
}

TEST_F(ItemQueueTest, MoreCanJoinAfterAllHaveEnded) {
  let_go();
  ItemQueue queue(lanes(3), sink_, {});
  for (std::size_t i = 1; i <= 20; ++i) {
    add(queue, picture(std::to_string(i) + ".png"));
    ASSERT_TRUE(waits_until([&] { return ends_.size() == i; })) << i;
  }
}

TEST_F(ItemQueueTest, WhatWaitsAtAStopIsTurnedAway) {
  std::stop_source stop;
  ItemQueue queue(lanes(1), sink_, stop.get_token());
  queue.add({entry(film("a")), entry(film("b")), entry(picture("c.png"))});
  ASSERT_TRUE(has_begun("a.mov"));
  stop.request_stop();
  let_go();
  EXPECT_TRUE(waits_until([&] { return ends_.size() == 3; }));
  EXPECT_EQ(ends_, (std::vector<std::string>{"done", "cancelled", "cancelled"}));
  EXPECT_EQ(begun_.size(), 1U);
}

// The disk may have room again for what comes later.
TEST_F(ItemQueueTest, AFullDiskTakesOnlyThoseThatWaitThen) {
  ItemQueue queue(lanes(1), sink_, {});
  ItemQueue::Entry full = entry(picture("full.png"));
  std::latch others_wait(1);
  full.handler = [&](const Item&, WorkerLease&, const RunContext&) {
    others_wait.wait();
    return ItemOutcome{ItemState::kFailed, ErrorCode::kNoSpace};
  };
  queue.add({full, entry(picture("b.png"))});
  others_wait.count_down();
  ASSERT_TRUE(waits_until([&] { return ends_.size() == 2; }));
  EXPECT_EQ(ends_, (std::vector<std::string>{"no_space", "no_space"}));
  add(queue, picture("c.png"));
  EXPECT_TRUE(waits_until([&] { return ends_.size() == 3; }));
  EXPECT_EQ(ends_.back(), "done");
}

// As after a change of settings.
TEST_F(ItemQueueTest, LanesCanBecomeMoreAndFewer) {
  ItemQueue queue(lanes(1), sink_, {});
  for (const char* name : {"a", "b", "c"}) add(queue, film(name));
  ASSERT_TRUE(has_begun("a.mov"));
  queue.renew(lanes(3));
  EXPECT_TRUE(has_begun("b.mov"));
  EXPECT_EQ(queue.waiting(WorkLength::kLong), 1U);
  queue.renew(lanes(1));
  let_go();
  EXPECT_TRUE(has_begun("c.mov"));
}

TEST_F(ItemQueueTest, WhatWaitsBehindAFinishedItemKeepsNoLaneFromOthers) {
  BatchOptions options = lanes(1);
  options.ahead = 50;
  ItemQueue queue(options, sink_, {});
  std::vector<ItemQueue::Entry> all;
  std::atomic<int> under_way{0};
  for (int i = 0; i < 40; ++i) {
    all.push_back(entry(picture(std::to_string(i) + ".png")));
    all.back().handler = [&](const Item&, WorkerLease& lease, const RunContext&) {
      lease.give_back();
      ++under_way;
      std::unique_lock lock(mutex_);
      changed_.notify_all();
      changed_.wait_for(lock, 30s, [&] { return all_may_end_; });
      return kDone;
    };
  }
  queue.add(std::move(all));
  EXPECT_TRUE(waits_until([&] { return under_way == 40; }));
  let_go();
}

TEST(LanesOf, KeepsOneForShortWorkWhereThereAreSeveral) {
  BatchOptions options;
  options.jobs = 4;
  EXPECT_EQ(lanes_of(options).long_work, 4U);
  options.keeps_short_lane = true;
  EXPECT_EQ(lanes_of(options).all, 4U);
  EXPECT_EQ(lanes_of(options).long_work, 3U);
  options.jobs = 1;
  EXPECT_EQ(lanes_of(options).long_work, 1U);
}

}  // namespace
}  // namespace tokprep
