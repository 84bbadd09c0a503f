#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <thread>

#include "pipeline/duplicate_text.h"
#include "tests/unit/publish_fixture.h"

namespace tokprep {
namespace {

using namespace test;
using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr int kItems = 40;
constexpr int kCap = 15;

/// Forty items of one account, and a service whose clock is ours.
class PublishCaps : public PublishFixture {
 protected:
  PublishCaps() {
    service_.answer = [this](const Json& body, const std::function<HttpResponse()>& accept) -> Result<HttpResponse> {
      service_.now = to_iso8601(clock_.now());
      const auto date = from_iso8601(body.value("scheduleDate", ""));
      out_.push_back(date.value_or(clock_.now()));
      scheduled_ += static_cast<int>(date.has_value());
      const HttpResponse reply = accept();
      return date ? FakeService::ok(held_until(*date, service_.posts.back())) : reply;
    };
  }

  /// The service's record of a post that is still to come.
  static const Json& held_until(Clock::TimePoint date, Json& record) {
    record["status"] = "pending";
    record["type"] = "scheduled";
    record["scheduleDate"] = to_iso8601(date);
    record["postIds"] = Json::array();
    return record;
  }

  /// What the service does by itself: what is due is on TikTok.
  void let_the_due_out() {
    std::int64_t tiktok_id = 7'404'000;
    for (Json& record : service_.posts) {
      const auto date = from_iso8601(record.value("scheduleDate", record.value("created", "")));
      ++tiktok_id;
      if (!date || *date > clock_.now()) continue;
      record["status"] = "success";
      record["postIds"] = Json::array({{{"platform", "tiktok"}, {"id", std::to_string(tiktok_id)}}});
    }
  }

  /// How many posts the ledger has as published, once the service was asked for all that were not settled.
  static long published(Ledger& ledger, AyrshareClient& client, const RunContext& run) {
    const auto unsettled = ledger.unsettled().value();
    for (const LedgerPost& post : unsettled) EXPECT_TRUE(reconcile(post, client, ledger, run));
    return std::ranges::count(ledger.posts(2 * kItems).value(), LedgerState::kPublished, &LedgerPost::state);
  }

  /// Every item was sent, and none of them twice.
  void expect_each_once() const {
    std::set<std::string> texts;
    for (const Json& body : service_.submitted) texts.insert(body["post"].get<std::string>());
    EXPECT_EQ(service_.submitted.size(), std::size_t{kItems});
    EXPECT_EQ(texts.size(), std::size_t{kItems});
  }

  PublishRequest item(int number) {
    const std::string name = std::to_string(number);
    PublishRequest request;
    request.item = "drop/" + name + ".mov";
    request.outputs = {{"media", folder_.file(name + ".mp4", "video " + name).string(), "video/mp4", 8}};
    request.options.caption = "Number" + name;
    request.subject = {true, 0, 5'000'000};
    request.over_cap = over_cap_;
    request.allow_duplicate_text = false;
    return request;
  }

  /// One run over the items; the errors of those that were refused.
  std::vector<Error> run_all(Ledger& ledger, int first = 0, int last = kItems) {
    std::vector<Error> errors;
    for (int i = first; i < last; ++i) {
      const auto published = publish(item(i), client_, ledger, built_in_rules(), run_);
      if (!published) errors.push_back(published.error());
    }
    return errors;
  }

  /// The most posts in any window of this length, by when they go out.
  [[nodiscard]] long most_in(std::chrono::seconds window) const {
    long most = 0;
    for (const auto begin : out_) {
      most = std::max(most, static_cast<long>(std::ranges::count_if(
                                out_, [&](auto time) { return time >= begin && time < begin + window; })));
    }
    return most;
  }

  void expect_within_caps() const {
    EXPECT_LE(most_in(60s), 6);
    EXPECT_LE(most_in(24h), kCap);
  }

  OverCap over_cap_ = OverCap::kStop;
  std::vector<Clock::TimePoint> out_;  // when each accepted post goes out
  int scheduled_ = 0;
};

TEST_F(PublishCaps, StopSendsFifteenADay) {
  const auto start = clock_.now();
  const auto refused = run_all(ledger_);
  ASSERT_EQ(refused.size(), 25U);
  EXPECT_EQ(out_.size(), 15U);
  EXPECT_EQ(scheduled_, 0);
  EXPECT_EQ(service_.uploaded_names.size(), 15U) << "nothing is uploaded in vain";
  for (const Error& error : refused) {
    EXPECT_EQ(error.code, ErrorCode::kRateLimited);
    EXPECT_EQ(exit_code(error.code), 6);
    EXPECT_EQ(error.rule, "post.rate_day");
    EXPECT_THAT(error.fix, HasSubstr("--over-cap schedule"));
  }
  EXPECT_THAT(refused.front().message, HasSubstr("2026-11-23T00:00:"));
  EXPECT_THAT(refused.back().message, HasSubstr("2026-11-24T00:")) << "when the last would be out";

  Ledger restarted = open(ledger_file());
  EXPECT_EQ(run_all(restarted).size(), 25U) << "the same day";
  EXPECT_EQ(out_.size(), 15U);
  clock_.advance(24h + 5min - std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - start));
  EXPECT_EQ(run_all(restarted).size(), 10U);
  clock_.advance(24h + 5min);
  EXPECT_EQ(run_all(restarted).size(), 0U);
  EXPECT_EQ(out_.size(), 40U);
  expect_within_caps();
}

TEST_F(PublishCaps, ADateThatHasPassedIsNoWayAroundThem) {
  std::vector<Error> refused;
  for (int i = 0; i < 20; ++i) {
    PublishRequest request = item(i);
    request.options.schedule_date = to_iso8601(clock_.now() - 72h);
    const auto published = publish(request, client_, ledger_, built_in_rules(), run_);
    if (!published) refused.push_back(published.error());
  }
  EXPECT_EQ(out_.size(), 15U);
  EXPECT_EQ(scheduled_, 0) << "sent without a date";
  expect_within_caps();
  ASSERT_EQ(refused.size(), 5U);
  EXPECT_EQ(refused.front().rule, "post.rate_day");
  EXPECT_THAT(refused.front().fix, HasSubstr("--over-cap wait"));

  clock_.advance(25h);
  PublishRequest twin = item(20);
  twin.options.caption = "Number0";
  twin.options.schedule_date = to_iso8601(clock_.now() - 72h);
  const auto same_text = publish(twin, client_, ledger_, built_in_rules(), run_);
  ASSERT_FALSE(same_text);
  EXPECT_EQ(same_text.error().rule, "post.duplicate");
}

TEST_F(PublishCaps, ScheduleGivesTheRestDates) {
  over_cap_ = OverCap::kSchedule;
  const auto start = clock_.now();
  EXPECT_TRUE(run_all(ledger_, 0, 20).empty());
  Ledger restarted = open(ledger_file());
  EXPECT_TRUE(run_all(restarted).empty());
  EXPECT_EQ(out_.size(), 40U) << "each once";
  EXPECT_EQ(scheduled_, 25);
  EXPECT_LT(clock_.now() - start, 10min) << "nobody waited but for the minute";
  EXPECT_LT(*std::ranges::max_element(out_), start + 49h);
  expect_within_caps();
}

TEST_F(PublishCaps, WhatIsScheduledGoesOutByItselfWhileADayPasses) {
  over_cap_ = OverCap::kSchedule;
  const auto start = clock_.now();
  EXPECT_TRUE(run_all(ledger_, 0, 20).empty());
  EXPECT_EQ(scheduled_, 5);
  let_the_due_out();
  EXPECT_EQ(published(ledger_, client_, run_), kCap);

  clock_.advance(25h);
  let_the_due_out();
  Ledger next_day = open(ledger_file());
  EXPECT_EQ(published(next_day, client_, run_), 20);
  EXPECT_TRUE(run_all(next_day, 0, 20).empty());
  EXPECT_EQ(service_.submitted.size(), 20U) << "nothing was sent for those that had a date, nor is it now";
  EXPECT_TRUE(run_all(next_day).empty());
  EXPECT_EQ(scheduled_, 5 + 10) << "the first fifteen are out of the window, the five of today are not";

  clock_.advance(25h);
  let_the_due_out();
  Ledger day_after = open(ledger_file());
  EXPECT_EQ(published(day_after, client_, run_), kItems);
  EXPECT_TRUE(run_all(day_after).empty());
  expect_each_once();
  EXPECT_LT(*std::ranges::max_element(out_), start + 50h);
  expect_within_caps();
}

TEST_F(PublishCaps, WaitWaits) {
  over_cap_ = OverCap::kWait;
  const auto start = clock_.now();
  EXPECT_TRUE(run_all(ledger_).empty());
  EXPECT_EQ(out_.size(), 40U);
  EXPECT_EQ(scheduled_, 0);
  EXPECT_GT(clock_.now() - start, 48h);
  EXPECT_LT(clock_.now() - start, 49h);
  expect_within_caps();
}

TEST_F(PublishCaps, AWaitCanBeStoppedAndGoesOnTheNextDay) {
  over_cap_ = OverCap::kWait;
  run_all(ledger_, 0, kCap);
  std::stop_source stop;
  run_.stop = stop.get_token();
  run_.progress = [&](const Progress& progress) {
    if (progress.stage == "wait") stop.request_stop();
  };
  const auto stopped = publish(item(kCap), client_, ledger_, built_in_rules(), run_);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(out_.size(), 15U);

  run_.stop = {};
  run_.progress = {};
  clock_.advance(24h);
  const auto next_day = clock_.now();
  Ledger restarted = open(ledger_file());
  EXPECT_TRUE(run_all(restarted).empty());
  EXPECT_EQ(scheduled_, 0);
  EXPECT_GT(clock_.now() - next_day, 23h) << "the last ten waited again";
  expect_each_once();
  expect_within_caps();
}

TEST_F(PublishCaps, PostsMadeByHandCount) {
  const auto by_hand = [&](const std::string& id) -> Json& {
    service_.posts.push_back(FakeService::record(id, {{"post", "by hand " + id}}, to_iso8601(clock_.now() - 1h)));
    return service_.posts.back();
  };
  for (int i = 0; i < 5; ++i) by_hand("hand-" + std::to_string(i));
  Json& failed = by_hand("failed");
  failed["status"] = "error";
  failed["postIds"][0]["id"] = "failed";
  Json& ahead = by_hand("ahead");
  ahead["status"] = "pending";
  ahead["type"] = "scheduled";
  ahead["scheduleDate"] = to_iso8601(clock_.now() + 3h);
  ahead["postIds"] = Json::array();
  EXPECT_EQ(run_all(ledger_).size(), 40U - 9U) << "five before and one to come leave nine of fifteen";
  EXPECT_EQ(out_.size(), 9U);
}

TEST_F(PublishCaps, ACalendarPlacesEachItem) {
  const Calendar calendar = Calendar::in_steps(clock_.now() + 1h, 6h).value();
  const auto start = clock_.now();
  for (int run = 0; run < 2; ++run) {
    for (int i = 0; i < 5; ++i) {
      PublishRequest request = item(i);
      request.calendar = &calendar;
      ASSERT_TRUE(publish(request, client_, ledger_, built_in_rules(), run_));
    }
  }
  EXPECT_THAT(out_, testing::ElementsAre(start + 1h, start + 7h, start + 13h, start + 19h, start + 25h));
  EXPECT_EQ(service_.submitted[4]["scheduleDate"], "2026-11-23T01:00:00Z");
}

TEST_F(PublishCaps, ARefusalThatMayBeRepeatedIsNoDoubt) {
  service_.answer = answering(400, R"({"status":"error","code":450,"message":"later"})");
  const auto refused = publish(item(0), client_, ledger_, built_in_rules(), run_);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().code, ErrorCode::kOutcomeUnknown);
  EXPECT_EQ(row().state, LedgerState::kFailed);
}

TEST_F(PublishCaps, TheSameTextIsRefusedBeforeAnythingIsSent) {
  ASSERT_TRUE(publish(item(0), client_, ledger_, built_in_rules(), run_));
  PublishRequest twin = item(1);
  twin.options.caption = " number0 ";
  const auto refused = publish(twin, client_, ledger_, built_in_rules(), run_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRejected);
  EXPECT_EQ(refused.error().rule, "post.duplicate");
  EXPECT_THAT(refused.error().message, HasSubstr("0.mov (post post-1)"));
  EXPECT_EQ(service_.uploaded_names.size(), 1U);

  twin.options.schedule_date = to_iso8601(clock_.now() + 49h);
  EXPECT_TRUE(publish(twin, client_, ledger_, built_in_rules(), run_)) << "far enough away";
  PublishRequest third = item(2);
  third.options.caption = "Number0";
  third.allow_duplicate_text = true;
  EXPECT_TRUE(publish(third, client_, ledger_, built_in_rules(), run_));
}

TEST_F(PublishCaps, HowLongATextIsTakenIsARule) {
  ASSERT_TRUE(publish(item(0), client_, ledger_, built_in_rules(), run_));
  PublishRequest twin = item(1);
  twin.options.caption = "Number0";
  twin.options.schedule_date = to_iso8601(clock_.now() + 49h);
  const Rules three_days = built_in_rules().with_overrides({{"post.duplicate", 72}}).value();
  const auto refused = publish(twin, client_, ledger_, three_days, run_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().rule, "post.duplicate");
  EXPECT_EQ(refused.error().limit, Scalar(72.0));
  EXPECT_THAT(refused.error().message, HasSubstr("within 72 h"));
  EXPECT_TRUE(publish(twin, client_, ledger_, built_in_rules(), run_));
}

TEST_F(PublishCaps, TwoRunsOverOneFolderPostEachItemOnce) {
  over_cap_ = OverCap::kSchedule;
  std::vector<PublishRequest> requests;
  for (int i = 0; i < 12; ++i) requests.push_back(item(i));
  const auto run_over = [&](Ledger& ledger) {
    for (const PublishRequest& request : requests) {
      static_cast<void>(publish(request, client_, ledger, built_in_rules(), run_));
    }
  };
  Ledger other = open(ledger_file());
  {
    const std::jthread one([&] { run_over(ledger_); });
    const std::jthread two([&] { run_over(other); });
  }
  std::set<std::string> texts;
  for (const Json& body : service_.submitted) texts.insert(body["post"].get<std::string>());
  EXPECT_EQ(service_.submitted.size(), 12U);
  EXPECT_EQ(texts.size(), 12U);
}

TEST(SameText, IsEqualOrNearlySo) {
  EXPECT_TRUE(is_same_text("At the beach", "at  the\nBEACH "));
  EXPECT_TRUE(is_same_text("one two three four five six seven eight nine ten",
                           "one two three four five six seven eight nine eleven"));
  EXPECT_FALSE(
      is_same_text("one two three four five six seven eight nine", "one two three four five six seven eight x"));
  EXPECT_FALSE(is_same_text("Day 1", "Day 2"));
  EXPECT_FALSE(is_same_text("", ""));
  EXPECT_FALSE(is_same_text("beach", ""));
  EXPECT_FALSE(is_same_text("ha ha ha ha ha ha ha ha ha ha", "ha"));
}

}  // namespace
}  // namespace tokprep
