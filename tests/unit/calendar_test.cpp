#include "pipeline/calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace tokprep {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string utc(std::string_view text) {
  const auto moment = parse_moment(text);
  return moment ? to_iso8601(*moment) : describe(moment.error());
}

Error refusal(std::string_view text) { return parse_moment(text).error(); }

Clock::TimePoint at(std::string_view text) { return from_iso8601(text).value(); }

/// The first moments of a calendar from a moment on.
std::vector<std::string> moments(const Calendar& calendar, std::string_view from, int count) {
  std::vector<std::string> found;
  Clock::TimePoint earliest = at(from);
  for (int i = 0; i < count; ++i) {
    const auto next = calendar.next(earliest);
    found.push_back(to_iso8601(next));
    earliest = next + 1s;
  }
  return found;
}

std::vector<std::string> daily(std::vector<std::chrono::minutes> times, const char* zone, std::string_view from,
                               int count) {
  return moments(Calendar::daily(std::move(times), zone, at(from)).value(), from, count);
}

TEST(Moment, IsReadWithANamedZone) {
  EXPECT_EQ(utc("2026-12-24 18:00 Europe/Berlin"), "2026-12-24T17:00:00Z");
  EXPECT_EQ(utc("2026-07-24T18:00:30 Europe/Berlin"), "2026-07-24T16:00:30Z");
  EXPECT_EQ(utc(" 2026-12-24 18:00  America/Argentina/Buenos_Aires "), "2026-12-24T21:00:00Z");
  EXPECT_EQ(utc("2026-12-24 18:00 Asia/Kathmandu"), "2026-12-24T12:15:00Z");
  EXPECT_EQ(utc("2026-12-24 18:00 UTC"), "2026-12-24T18:00:00Z");
}

TEST(Moment, IsReadAsIso8601) {
  EXPECT_EQ(utc("2026-07-08T14:30:00+02:00"), "2026-07-08T12:30:00Z");
  EXPECT_EQ(utc("2026-07-08 14:30Z"), "2026-07-08T14:30:00Z");
}

TEST(Moment, OfTheOtherHemisphere) {
  EXPECT_EQ(utc("2026-12-24 18:00 Australia/Sydney"), "2026-12-24T07:00:00Z") << "summer";
  EXPECT_EQ(utc("2026-07-24 18:00 Australia/Sydney"), "2026-07-24T08:00:00Z");
  EXPECT_EQ(utc("2026-10-04 02:30 Australia/Sydney"), "2026-10-03T16:30:00Z") << "passed over: 03:30 in summer time";
  EXPECT_EQ(utc("2026-04-05 02:30 Australia/Sydney"), "2026-04-04T15:30:00Z") << "twice: the first";
}

TEST(Moment, ThatIsPassedOverIsAsMuchLater) {
  EXPECT_EQ(utc("2026-03-29 01:59:59 Europe/Berlin"), "2026-03-29T00:59:59Z");
  EXPECT_EQ(utc("2026-03-29 02:00 Europe/Berlin"), "2026-03-29T01:00:00Z") << "03:00";
  EXPECT_EQ(utc("2026-03-29 02:30 Europe/Berlin"), "2026-03-29T01:30:00Z") << "03:30";
  EXPECT_EQ(utc("2026-03-29 03:30 Europe/Berlin"), "2026-03-29T01:30:00Z");
  EXPECT_EQ(utc("2026-03-08 02:15 America/New_York"), "2026-03-08T07:15:00Z");
  EXPECT_EQ(utc("2026-10-04 02:15 Australia/Lord_Howe"), "2026-10-03T15:45:00Z") << "by half an hour there";
}

TEST(Moment, ThatComesTwiceIsTheFirst) {
  EXPECT_EQ(utc("2026-10-25 02:30 Europe/Berlin"), "2026-10-25T00:30:00Z");
  EXPECT_EQ(utc("2026-10-25 03:00 Europe/Berlin"), "2026-10-25T02:00:00Z");
  EXPECT_EQ(utc("2026-11-01 01:30 America/New_York"), "2026-11-01T05:30:00Z");
}

TEST(Moment, OfAZoneWithoutSummerTime) {
  EXPECT_EQ(utc("2026-03-29 02:30 Asia/Tokyo"), "2026-03-28T17:30:00Z");
  EXPECT_EQ(utc("2026-10-25 02:30 America/Phoenix"), "2026-10-25T09:30:00Z");
}

TEST(Moment, NamesTheNearestZone) {
  EXPECT_THAT(refusal("2026-12-24 18:00 Europe/Berln").message, HasSubstr("Europe/Berlin"));
  EXPECT_THAT(refusal("2026-12-24 18:00 europe/berlin").message, HasSubstr("Europe/Berlin"));
  EXPECT_THAT(refusal("2026-12-24 18:00 Tokyo").message, HasSubstr("Asia/Tokyo"));
  EXPECT_EQ(refusal("2026-12-24 18:00 Europe/Berln").code, ErrorCode::kInvalidArgument);
}

TEST(Moment, RefusesWhatIsNone) {
  for (const char* text : {"", "Europe/Berlin", "2026-12-24 18:00", "2026-12-24", "18:00 Europe/Berlin",
                           "2026-02-30 18:00 Europe/Berlin", "2026-12-24 25:00 Europe/Berlin", "2026-12-24 18:00 X/Y",
                           "2026-12-24 18:00+01:00 Europe/Berlin", "2026-12-24 18:00 Europe/../UTC"}) {
    const auto moment = parse_moment(text);
    ASSERT_FALSE(moment) << text;
    EXPECT_EQ(moment.error().code, ErrorCode::kInvalidArgument) << text;
  }
}

TEST(CalendarInSteps, CountsPassedHours) {
  const Calendar calendar = Calendar::in_steps(at("2026-03-28T18:00:00Z"), 6h).value();
  EXPECT_EQ(calendar.next(at("2020-01-01T00:00:00Z")), at("2026-03-28T18:00:00Z"));
  EXPECT_EQ(calendar.next(at("2026-03-28T18:00:00Z")), at("2026-03-28T18:00:00Z"));
  EXPECT_EQ(calendar.next(at("2026-03-28T18:00:00Z") + 1ms), at("2026-03-29T00:00:00Z"));
  EXPECT_EQ(calendar.next(at("2026-03-29T00:00:01Z")), at("2026-03-29T06:00:00Z")) << "over a change of the clocks too";
  EXPECT_FALSE(Calendar::in_steps(at("2026-03-28T18:00:00Z"), 59s));
  EXPECT_FALSE(Calendar::in_steps(at("2026-03-28T18:00:00Z"), 24h * 100'000));
}

TEST(CalendarDaily, FollowsTheClocksOfItsZone) {
  EXPECT_THAT(daily({18h + 30min, 9h}, "Europe/Berlin", "2026-03-28T09:00:00Z", 4),
              testing::ElementsAre("2026-03-28T17:30:00Z", "2026-03-29T07:00:00Z", "2026-03-29T16:30:00Z",
                                   "2026-03-30T07:00:00Z"));
  EXPECT_THAT(daily({9h}, "Europe/Berlin", "2026-10-24T00:00:00Z", 3),
              testing::ElementsAre("2026-10-24T07:00:00Z", "2026-10-25T08:00:00Z", "2026-10-26T08:00:00Z"));
  EXPECT_THAT(daily({9h}, "Pacific/Kiritimati", "2026-01-01T00:00:00Z", 2),
              testing::ElementsAre("2026-01-01T19:00:00Z", "2026-01-02T19:00:00Z"))
      << "fourteen hours ahead";
}

TEST(CalendarDaily, TakesATimeOfEveryDayOnce) {
  EXPECT_THAT(daily({2h + 30min}, "Europe/Berlin", "2026-03-28T00:00:00Z", 3),
              testing::ElementsAre("2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"));
  EXPECT_THAT(daily({2h + 30min}, "Europe/Berlin", "2026-10-24T00:00:00Z", 3),
              testing::ElementsAre("2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"));
}

TEST(CalendarDaily, StaysInOrderWhereTheClocksPassTimesOver) {
  // 02:45 is 03:45 on that day, after 03:15.
  EXPECT_THAT(daily({2h + 45min, 3h + 15min}, "Europe/Berlin", "2026-03-29T00:00:00Z", 3),
              testing::ElementsAre("2026-03-29T01:15:00Z", "2026-03-29T01:45:00Z", "2026-03-30T00:45:00Z"));
}

TEST(CalendarDaily, RefusesWhatIsNoTimeOfADay) {
  const auto from = at("2026-01-01T00:00:00Z");
  EXPECT_FALSE(Calendar::daily({}, "UTC", from));
  EXPECT_FALSE(Calendar::daily({24h}, "UTC", from));
  EXPECT_FALSE(Calendar::daily({9h}, "Nowhere/Land", from));
}

std::string first(const CalendarWords& words) {
  const auto calendar = read_calendar(words, at("2026-11-22T12:00:00Z"));
  if (!calendar) return describe(calendar.error());
  return *calendar ? to_iso8601((*calendar)->next(at("2026-11-22T12:00:00Z"))) : "none";
}

TEST(CalendarWordsRead, AsTheCommandLineSaysThem) {
  EXPECT_EQ(first({}), "none");
  EXPECT_EQ(first({"6h", {}, {}}), "2026-11-22T12:00:00Z");
  EXPECT_EQ(first({"6h", "2026-11-23 08:00 Europe/Berlin", {}}), "2026-11-23T07:00:00Z");
  EXPECT_EQ(first({"6h", "2026-11-20T08:00:00Z", {}}), "2026-11-22T14:00:00Z");
  EXPECT_EQ(first({{}, {}, "09:00, 18:30 Europe/Berlin"}), "2026-11-22T17:30:00Z");
  EXPECT_EQ(first({{}, "2026-12-01 00:00 Asia/Tokyo", "9:00"}), "2026-12-01T00:00:00Z") << "in the zone of --from";
}

TEST(CalendarWordsRead, NameTheOptionThatIsWrong) {
  EXPECT_THAT(first({"6 parsecs", {}, {}}), HasSubstr("--every"));
  EXPECT_THAT(first({"1s", {}, {}}), HasSubstr("--every"));
  EXPECT_THAT(first({"6h", "tomorrow", {}}), HasSubstr("--from"));
  EXPECT_THAT(first({{}, {}, "9"}), HasSubstr("--at"));
  EXPECT_THAT(first({{}, {}, "09:60"}), HasSubstr("--at"));
  EXPECT_THAT(first({{}, {}, "09:00,"}), HasSubstr("--at"));
  EXPECT_THAT(first({{}, {}, "09:00 Europe/Berln"}), HasSubstr("Europe/Berlin"));
  EXPECT_THAT(first({"6h", {}, "09:00"}), HasSubstr("exclude"));
  EXPECT_THAT(first({{}, "2026-12-01T00:00:00Z", {}}), HasSubstr("--from"));
}

TEST(LocalZone, FollowsTheEnvironment) {
  ASSERT_EQ(::setenv("TZ", "Asia/Tokyo", 1), 0);
  EXPECT_EQ(local_zone(), "Asia/Tokyo");
  EXPECT_EQ(first({{}, {}, "09:00"}), "2026-11-23T00:00:00Z");
  ASSERT_EQ(::setenv("TZ", ":Europe/Berlin", 1), 0);
  EXPECT_EQ(local_zone(), "Europe/Berlin");
  ASSERT_EQ(::setenv("TZ", "/etc/passwd", 1), 0);
  EXPECT_EQ(local_zone(), "UTC");
  ::unsetenv("TZ");
  EXPECT_FALSE(local_zone().empty());
}

}  // namespace
}  // namespace tokprep
