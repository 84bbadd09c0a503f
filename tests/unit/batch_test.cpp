#include "pipeline/batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <map>
#include <mutex>
#include <span>

#include "tests/support/temp_folder.h"

namespace tokprep {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

class RecordingSink final : public EventSink {
 public:
  void on(const Event& event) override {
    const std::scoped_lock lock(mutex_);
    events_.push_back(event);
  }

  /// Type and item of each event, in order: "item_started a".
  [[nodiscard]] std::vector<std::string> story() const {
    std::vector<std::string> lines;
    for (const Event& event : events_) {
      const Json line = to_json_line(event);
      lines.push_back(line.at("type").get<std::string>() + " " + line.value("item", ""));
    }
    return lines;
  }

  [[nodiscard]] const std::vector<Event>& events() const { return events_; }

 private:
  std::mutex mutex_;
  std::vector<Event> events_;
};

/// Items of files that do not exist; nothing here opens them.
std::vector<Item> items_named(const std::vector<std::string>& names) {
  std::vector<Item> items;
  for (const std::string& name : names) {
    Item item;
    item.name = name;
    item.sources = {"/nonexistent/" + name};
    items.push_back(item);
  }
  return items;
}

BatchOptions jobs(int count) {
  BatchOptions options;
  options.jobs = count;
  return options;
}

constexpr ItemOutcome kDone{ItemState::kDone, ErrorCode::kInternal};
constexpr ItemOutcome kSkipped{ItemState::kSkipped, ErrorCode::kInternal};
ItemOutcome failed(ErrorCode code) { return {ItemState::kFailed, code}; }

ItemOutcome done(const Item& item, EventSink& sink) {
  ItemDone event;
  event.item = item.name;
  sink.on(event);
  return kDone;
}

TEST(ExitCodeOf, FollowsTheContract) {
  EXPECT_EQ(exit_code_of({}), 0);
  EXPECT_EQ(exit_code_of({kDone, kDone}), 0);
  EXPECT_EQ(exit_code_of({kDone, kSkipped}), 0);
  EXPECT_EQ(exit_code_of({kSkipped}), 0);
  EXPECT_EQ(exit_code_of({kDone, failed(ErrorCode::kNetwork)}), 3);
  EXPECT_EQ(exit_code_of({failed(ErrorCode::kNetwork), kSkipped}), 3);
  EXPECT_EQ(exit_code_of({failed(ErrorCode::kNetwork)}), 6);
  EXPECT_EQ(exit_code_of({failed(ErrorCode::kNetwork), failed(ErrorCode::kTimeout)}), 6);
  EXPECT_EQ(exit_code_of({failed(ErrorCode::kAuth), failed(ErrorCode::kNotCompliant)}), 4);
  EXPECT_EQ(exit_code_of({failed(ErrorCode::kNotCompliant), failed(ErrorCode::kInternal)}), 1);
  EXPECT_EQ(exit_code_of({failed(ErrorCode::kOutcomeUnknown), failed(ErrorCode::kOutcomeUnknown)}), 8);
  EXPECT_EQ(exit_code_of({failed(ErrorCode::kCancelled)}), 130);
  EXPECT_EQ(exit_code_of({kDone, failed(ErrorCode::kNetwork), failed(ErrorCode::kCancelled)}), 130);
  EXPECT_EQ(exit_code_of({kDone, failed(ErrorCode::kNoSpace), failed(ErrorCode::kCorruptInput)}), 6);
}

TEST(RunBatch, OneJobTakesTheItemsInOrder) {
  RecordingSink sink;
  const auto handler = [&](const Item& item, WorkerLease&, const RunContext& run) {
    run.report("probe", 0.5);
    return done(item, sink);
  };
  run_batch(items_named({"b", "a"}), jobs(1), handler, sink, {});
  EXPECT_EQ(sink.story(), (std::vector<std::string>{"item_started b", "progress b", "item_done b", "item_started a",
                                                    "progress a", "item_done a", "summary "}));
}

TEST(RunBatch, CountsHowTheItemsEnded) {
  RecordingSink sink;
  const std::map<std::string, ItemOutcome> ends = {
      {"a", kDone}, {"b", failed(ErrorCode::kCorruptInput)}, {"c", kSkipped}, {"d", kDone}};
  const auto handler = [&](const Item& item, WorkerLease&, const RunContext&) { return ends.at(item.name); };
  const Summary summary = run_batch(items_named({"a", "b", "c", "d"}), jobs(2), handler, sink, {});
  EXPECT_EQ(summary.items, 4);
  EXPECT_EQ(summary.done, 2);
  EXPECT_EQ(summary.failed, 1);
  EXPECT_EQ(summary.skipped, 1);
  EXPECT_EQ(summary.exit_code, 3);
  EXPECT_EQ(to_json_line(sink.events().back()), to_json_line(summary));
}

TEST(RunBatch, SeveralJobsTakeEachItemOnce) {
  std::vector<std::string> names;
  for (int i = 0; i < 60; ++i) names.push_back("item " + std::to_string(i));
  RecordingSink sink;
  const auto handler = [&](const Item& item, WorkerLease&, const RunContext&) { return done(item, sink); };
  const Summary summary = run_batch(items_named(names), jobs(4), handler, sink, {});
  EXPECT_EQ(summary.done, 60);
  const std::vector<std::string> story = sink.story();
  EXPECT_EQ(story.size(), 121U);
  EXPECT_EQ(story.back(), "summary ");
  for (const std::string& name : names) {
    const auto started = std::ranges::find(story, "item_started " + name);
    const auto ended = std::ranges::find(story, "item_done " + name);
    EXPECT_TRUE(started < ended && ended != story.end()) << name;
    EXPECT_EQ(std::ranges::count(story, "item_started " + name), 1) << name;
  }
}

TEST(RunBatch, NeverRunsMoreItemsAtOnceThanItMay) {
  RecordingSink sink;
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  const auto handler = [&](const Item&, WorkerLease&, const RunContext&) {
    const int now = ++running;
    int seen = most;
    while (now > seen && !most.compare_exchange_weak(seen, now)) {
    }
    std::this_thread::yield();
    --running;
    return kDone;
  };
  run_batch(items_named(std::vector<std::string>(200, "x")), jobs(3), handler, sink, {});
  EXPECT_GE(most, 1);
  EXPECT_LE(most, 3);
}

TEST(RunBatch, AfterAStopNoItemIsBegunAndEachOneIsAccountedFor) {
  RecordingSink sink;
  std::stop_source stop;
  const auto handler = [&](const Item& item, WorkerLease&, const RunContext& run) {
    if (item.name != "b") return done(item, sink);
    stop.request_stop();
    EXPECT_TRUE(run.stop.stop_requested());  // the handler sees the stop of the batch
    sink.on(ItemFailed{item.name, run.check_stop().error(), Json::array()});
    return failed(ErrorCode::kCancelled);
  };
  const Summary summary = run_batch(items_named({"a", "b", "c", "d"}), jobs(1), handler, sink, stop.get_token());
  // Those that are not begun are told of at the stop, while the one that was running may still be ending.
  const std::vector<std::string> story = sink.story();
  ASSERT_EQ(story.size(), 7U);
  EXPECT_THAT(std::span(story).first(3), ElementsAre("item_started a", "item_done a", "item_started b"));
  EXPECT_THAT(std::span(story).subspan(3, 3), UnorderedElementsAre("item_failed b", "item_failed c", "item_failed d"));
  EXPECT_LT(std::ranges::find(story, "item_failed c"), std::ranges::find(story, "item_failed d"));
  EXPECT_EQ(story.back(), "summary ");
  const auto place = std::ranges::find(story, "item_failed d") - story.begin();
  const auto* last = std::get_if<ItemFailed>(&sink.events().at(static_cast<std::size_t>(place)));
  ASSERT_NE(last, nullptr);
  EXPECT_EQ(last->error.code, ErrorCode::kCancelled);
  EXPECT_EQ(last->error.file, "d");
  EXPECT_EQ(summary.done, 1);
  EXPECT_EQ(summary.failed, 3);
  EXPECT_EQ(summary.exit_code, 130);
}

// An item may wait for those before it, so one that is not begun must have none after it.
TEST(RunBatch, WhatIsBegunIsTheBeginningOfTheList) {
  for (int trial = 0; trial < 20; ++trial) {
    RecordingSink sink;
    std::stop_source stop;
    std::mutex mutex;
    std::vector<int> begun;
    std::vector<std::string> names;
    for (int i = 0; i < 64; ++i) names.push_back(std::to_string(i));
    const auto handler = [&](const Item& item, WorkerLease&, const RunContext&) {
      {
        const std::scoped_lock lock(mutex);
        begun.push_back(std::stoi(item.name));
      }
      if (item.name == "20") stop.request_stop();
      return done(item, sink);
    };
    run_batch(items_named(names), jobs(8), handler, sink, stop.get_token());
    std::ranges::sort(begun);
    ASSERT_GT(begun.size(), 20U);
    EXPECT_EQ(begun.back() + 1, static_cast<int>(begun.size()));
  }
}

TEST(RunBatch, AFullDiskEndsTheRun) {
  RecordingSink sink;
  const auto handler = [&](const Item& item, WorkerLease&, const RunContext&) {
    if (item.name != "b") return done(item, sink);
    Error error;
    error.code = ErrorCode::kNoSpace;
    sink.on(ItemFailed{item.name, error, Json::array()});
    return failed(ErrorCode::kNoSpace);
  };
  const Summary summary = run_batch(items_named({"a", "b", "c"}), jobs(1), handler, sink, {});
  EXPECT_EQ(sink.story(), (std::vector<std::string>{"item_started a", "item_done a", "item_started b", "item_failed b",
                                                    "item_failed c", "summary "}));
  const auto* last = std::get_if<ItemFailed>(&sink.events().at(4));
  ASSERT_NE(last, nullptr);
  EXPECT_EQ(last->error.code, ErrorCode::kNoSpace);
  EXPECT_NE(last->error.fix, "");
  EXPECT_EQ(summary.done, 1);
  EXPECT_EQ(summary.exit_code, 6);
}

TEST(RunBatch, AnItemThatGaveItsWorkerBackLetsAnotherBegin) {
  RecordingSink sink;
  std::latch both_under_way(2);
  const auto handler = [&](const Item& item, WorkerLease& lease, const RunContext&) {
    lease.give_back();
    both_under_way.arrive_and_wait();  // would never return if the first held the only worker
    return done(item, sink);
  };
  BatchOptions one_worker = jobs(1);
  one_worker.ahead = 1;
  const Summary summary = run_batch(items_named({"a", "b"}), one_worker, handler, sink, {});
  EXPECT_EQ(summary.done, 2);
}

TEST(WorkerPool, LendsAnotherWorkerOnlyWhileNobodyElseHasIt) {
  WorkerPool pool(2, {});
  auto lease = pool.take({});
  ASSERT_TRUE(lease);
  auto spare = lease->spare();
  ASSERT_TRUE(spare.has_value());
  EXPECT_NE(&spare->workers(), &lease->workers());
  EXPECT_FALSE(lease->spare().has_value());
  spare.reset();
  EXPECT_TRUE(lease->spare().has_value());
}

TEST(WorkerPool, WaitingForAWorkerEndsWithAStop) {
  WorkerPool pool(1, {});
  const auto lease = pool.take({});
  std::stop_source stop;
  stop.request_stop();
  const auto none = pool.take(stop.get_token());
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kCancelled);
}

TEST(RunBatch, OfNothingIsDone) {
  RecordingSink sink;
  const auto handler = [](const Item&, WorkerLease&, const RunContext&) { return failed(ErrorCode::kInternal); };
  const Summary summary = run_batch({}, {}, handler, sink, {});
  EXPECT_EQ(summary.items, 0);
  EXPECT_EQ(summary.exit_code, 0);
  EXPECT_EQ(sink.story(), std::vector<std::string>{"summary "});
}

TEST(ItemKind, IsToldByTheFirstBytesOfTheFirstFile) {
  const test::TempFolder folder;
  Item item;
  item.sources = {folder.file("a.mp4", std::string_view("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16))};
  EXPECT_EQ(item_kind(item), "image");
  item.sources = {folder.file("b.png", std::string_view("\0\0\0\x18"
                                                        "ftypmp42",
                                                        12))};
  EXPECT_EQ(item_kind(item), "video");
  item.photo_folder = true;
  EXPECT_EQ(item_kind(item), "image");
}

}  // namespace
}  // namespace tokprep
