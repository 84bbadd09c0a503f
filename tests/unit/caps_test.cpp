#include "pipeline/caps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace tokprep {
namespace {

using namespace std::chrono_literals;
using TimePoint = Clock::TimePoint;
using Kind = Slot::Kind;

const TimePoint kStart = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);

std::vector<TimePoint> every(std::chrono::seconds step, int count, TimePoint from = kStart) {
  std::vector<TimePoint> times;
  for (int i = 0; i < count; ++i) times.push_back(from + i * step);
  return times;
}

Slot place(const std::vector<TimePoint>& times, const SlotWish& wish, TimePoint now,
           std::optional<TimePoint> wanted = std::nullopt) {
  return place_post(PostTimes(times, wish.caps), wanted, wish, now);
}

/// The most posts that any window of this length holds; windows that begin at a post are enough to look at.
int most_in(std::vector<TimePoint> times, std::chrono::seconds window) {
  std::ranges::sort(times);
  long most = 0;
  for (const TimePoint begin : times) {
    most = std::max<long>(
        most, std::ranges::count_if(times, [&](TimePoint time) { return time >= begin && time < begin + window; }));
  }
  return static_cast<int>(most);
}

TEST(Caps, ComeFromTheRules) {
  const PostCaps caps = post_caps(built_in_rules());
  EXPECT_EQ(caps.per_minute, 6);
  EXPECT_EQ(caps.per_day, 15);
}

TEST(Caps, LetThePostThatFitsGoAtOnce) {
  EXPECT_EQ(place({}, {}, kStart).kind, Kind::kNow);
  EXPECT_EQ(place(every(1min, 14), {}, kStart + 15min).kind, Kind::kNow);
}

TEST(Caps, AMinuteThatIsFullIsWaitedFor) {
  const auto burst = every(0s, 6);
  for (const OverCap over_cap : {OverCap::kStop, OverCap::kWait, OverCap::kSchedule}) {
    const Slot slot = place(burst, {{}, over_cap}, kStart + 20s);
    EXPECT_EQ(slot.kind, Kind::kWait);
    EXPECT_EQ(slot.at, kStart + 61s);
    EXPECT_EQ(place(burst, {{}, over_cap}, kStart + 61s).kind, Kind::kNow);
  }
}

TEST(Caps, ADayThatIsFullIsTheUsersToDecide) {
  const auto full = every(1h, 15);
  const TimePoint now = kStart + 15h;
  const TimePoint free = kStart + 24h + 1s;
  EXPECT_EQ(place(full, {{}, OverCap::kStop}, now).kind, Kind::kFull);
  EXPECT_EQ(place(full, {{}, OverCap::kStop}, now).at, free);
  EXPECT_EQ(place(full, {{}, OverCap::kWait}, now).kind, Kind::kWait);
  EXPECT_EQ(place(full, {{}, OverCap::kWait}, now).at, free);
  EXPECT_EQ(place(full, {{}, OverCap::kSchedule}, now).kind, Kind::kDate);
  EXPECT_EQ(place(full, {{}, OverCap::kSchedule}, now).at, free);
}

TEST(Caps, PostsToComeCountToo) {
  const auto ahead = every(1h, 15, kStart + 5h);
  EXPECT_EQ(place(ahead, {}, kStart).kind, Kind::kFull) << "the one at 19:00 would be number 16 of 24 hours";
  EXPECT_EQ(place(ahead, {{}, OverCap::kSchedule}, kStart).at, kStart + 29h + 1s);
  EXPECT_EQ(place(every(1h, 14, kStart + 5h), {}, kStart).kind, Kind::kNow);
}

TEST(Caps, ADateIsKeptWhereItFitsAndMovedByTheMinuteWhereNot) {
  const TimePoint date = kStart + 48h;
  EXPECT_EQ(place(every(1h, 15), {}, kStart, date).at, date);
  const Slot moved = place(every(0s, 6, date), {}, kStart, date);
  EXPECT_EQ(moved.kind, Kind::kDate);
  EXPECT_EQ(moved.at, date + 61s);
  const auto full = every(1h, 15, date - 14h);
  EXPECT_EQ(place(full, {{}, OverCap::kStop}, kStart, date).kind, Kind::kFull);
  EXPECT_EQ(place(full, {{}, OverCap::kWait}, kStart, date).kind, Kind::kFull) << "waiting now frees nothing then";
  EXPECT_EQ(place(full, {{}, OverCap::kSchedule}, kStart, date).at, date + 10h + 1s);
}

TEST(Caps, ADateThatHasPassedIsAtOnce) {
  for (const TimePoint passed : {kStart, kStart - 1h, kStart - 48h}) {
    EXPECT_EQ(place({}, {}, kStart, passed).kind, Kind::kNow);
    EXPECT_EQ(place(every(0s, 6), {}, kStart, passed).kind, Kind::kWait);
    const auto full = every(1h, 15, kStart - 14h);
    EXPECT_EQ(place(full, {}, kStart, passed).kind, Kind::kFull);
    EXPECT_EQ(place(full, {{}, OverCap::kSchedule}, kStart, passed).at, kStart + 10h + 1s);
  }
  const Calendar calendar = Calendar::in_steps(kStart, 6h).value();
  EXPECT_EQ(place({}, {{}, OverCap::kStop, &calendar}, kStart + 1h, kStart).kind, Kind::kNow) << "it had its moment";
}

TEST(Caps, ADateBeyondTheLatestIsNone) {
  const SlotWish wish{{}, OverCap::kSchedule, nullptr, kStart + 24h};
  EXPECT_EQ(place(every(1h, 15), wish, kStart + 15h).kind, Kind::kFull);
  EXPECT_EQ(place({}, wish, kStart, kStart + 24h).kind, Kind::kDate);
}

TEST(Caps, ACalendarGivesEachPostAMomentOfItsOwn) {
  const Calendar calendar = Calendar::in_steps(kStart, 6h).value();
  const SlotWish wish{{}, OverCap::kStop, &calendar};
  EXPECT_EQ(place({}, wish, kStart + 1h).at, kStart + 6h);
  EXPECT_EQ(place({kStart + 6h, kStart + 18h}, wish, kStart + 1h).at, kStart + 12h) << "gaps are filled";
  EXPECT_EQ(place({}, wish, kStart + 1h, kStart + 2h).at, kStart + 2h) << "a date of its own is stronger";
}

TEST(Caps, ACalendarKeepsToTheCaps) {
  const Calendar half_hours = Calendar::in_steps(kStart, 30min).value();
  const auto full = every(30min, 15);
  EXPECT_EQ(place(full, {{}, OverCap::kStop, &half_hours}, kStart).kind, Kind::kFull);
  const Slot slot = place(full, {{}, OverCap::kSchedule, &half_hours}, kStart);
  EXPECT_EQ(slot.kind, Kind::kDate);
  EXPECT_EQ(slot.at, kStart + 24h + 30min) << "the first moment of the calendar that is free";
}

/// Whatever was posted and is to come, posts placed one after the other never make a window too full that was not.
TEST(Caps, HoldForAnyHistory) {
  std::mt19937 random(20'261'122);
  const Calendar calendar = Calendar::in_steps(kStart, 20min).value();
  for (int round = 0; round < 200; ++round) {
    const PostCaps caps{1 + static_cast<int>(random() % 6), 1 + static_cast<int>(random() % 15)};
    const bool on_calendar = random() % 3 == 0;
    const SlotWish wish{caps, random() % 2 == 0 ? OverCap::kSchedule : OverCap::kWait,
                        on_calendar ? &calendar : nullptr};
    TimePoint now = kStart;
    std::vector<TimePoint> times;
    for (int post = 0; post < 40; ++post) {
      if (random() % 4 == 0) now += std::chrono::milliseconds(random() % 7'200'000);
      std::optional<TimePoint> wanted;
      if (random() % 5 == 0) wanted = now + std::chrono::seconds(random() % 200'000) - 8h;
      const Slot slot = place(times, wish, now, wanted);
      if (slot.kind == Kind::kFull) continue;
      EXPECT_GE(slot.at, now);
      if (slot.kind == Kind::kWait) now = slot.at;
      times.push_back(slot.at);
      ASSERT_LE(most_in(times, 60s), caps.per_minute) << "round " << round;
      ASSERT_LE(most_in(times, 24h), caps.per_day) << "round " << round;
    }
    EXPECT_GE(times.size(), 1U);
  }
}

/// Where the past is too full already, by hands that know no caps, the next post waits for a window that is not.
TEST(Caps, HoldAfterAHistoryThatDoesNot) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<TimePoint> times;
    for (int post = 0; post < 40; ++post) times.push_back(kStart - std::chrono::seconds(random() % 200'000));
    const Slot slot = place(times, {{}, OverCap::kSchedule}, kStart);
    const auto before = std::ranges::count_if(times, [&](TimePoint time) { return time > slot.at - 24h; });
    EXPECT_LT(before, 15);
  }
}

}  // namespace
}  // namespace tokprep
