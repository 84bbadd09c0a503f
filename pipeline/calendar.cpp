#include "pipeline/calendar.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/units.h"
#include "pipeline/time_zone.h"
#include "upload/ayrshare/post_options.h"

namespace tokprep {
namespace {

using std::chrono::ceil;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr minutes kDayLength{24 * 60};

tl::unexpected<Error> unusable(std::string message, std::string fix = {}) {
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.message = std::move(message);
  error.fix = std::move(fix);
  return fail(std::move(error));
}

tl::unexpected<Error> named(std::string_view option, Error error) {
  error.message = fmt::format("{}: {}", option, error.message);
  return fail(std::move(error));
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// "2026-12-24 18:00 Europe/Berlin" taken apart at its last space; the zone empty where no name ends the text.
std::pair<std::string_view, std::string_view> split_zone(std::string_view text) {
  const std::size_t space = text.rfind(' ');
  if (space == std::string_view::npos) return {text, {}};
  const std::string_view last = text.substr(space + 1);
  const bool is_name = !last.empty() && (std::isalpha(static_cast<unsigned char>(last.front())) != 0);
  if (!is_name) return {text, {}};
  return {trimmed(text.substr(0, space)), last};
}

/// "9:00" or "09:00" since midnight.
Result<minutes> parse_time_of_day(std::string_view text) {
  int hour = -1;
  int minute = -1;
  const char* const end = text.data() + text.size();
  const auto after_hour = std::from_chars(text.data(), end, hour);
  const bool colon = after_hour.ec == std::errc{} && after_hour.ptr != end && *after_hour.ptr == ':';
  const bool two_digits = colon && end - after_hour.ptr == 3;
  const bool read = two_digits && std::from_chars(after_hour.ptr + 1, end, minute).ptr == end;
  if (!read || hour < 0 || hour > 23 || minute < 0 || minute > 59) {
    return unusable(fmt::format("'{}' is not a time of the day", text), "write it as 09:00 or 18:30");
  }
  return minutes(hour * 60 + minute);
}

Result<std::vector<minutes>> parse_times_of_day(std::string_view text) {
  std::vector<minutes> times;
  while (true) {
    const std::size_t comma = text.find(',');
    TOKPREP_ASSIGN(times.emplace_back(), parse_time_of_day(trimmed(text.substr(0, comma))));
    if (comma == std::string_view::npos) return times;
    text.remove_prefix(comma + 1);
  }
}

Result<Calendar> read_daily(const std::string& at, const CalendarWords& words, Clock::TimePoint from) {
  auto [times_text, zone_text] = split_zone(trimmed(at));
  std::string zone(zone_text);
  if (zone.empty() && words.from) zone = split_zone(trimmed(*words.from)).second;
  if (zone.empty()) zone = local_zone();
  TOKPREP_ASSIGN(auto times, parse_times_of_day(times_text));
  return Calendar::daily(std::move(times), std::move(zone), from);
}

Result<Calendar> read_steps(const std::string& every, Clock::TimePoint from) {
  TOKPREP_ASSIGN(const auto step, parse_duration(every));
  return Calendar::in_steps(from, floor<seconds>(step));
}

}  // namespace

Result<Clock::TimePoint> parse_moment(std::string_view text) {
  const auto [wall_text, zone] = split_zone(trimmed(text));
  // A wall time is read as if it were UTC, and then moved to its zone.
  TOKPREP_ASSIGN(const std::string utc,
                 to_utc_schedule(zone.empty() ? std::string(wall_text) : std::string(wall_text) + "Z"));
  const auto moment = from_iso8601(utc);
  if (!moment) return unusable(fmt::format("'{}' is not a date with a time", text));
  if (zone.empty()) return *moment;
  return moment_of(floor<seconds>(*moment), std::string(zone));
}

Result<Calendar> Calendar::in_steps(Clock::TimePoint from, std::chrono::seconds step) {
  if (step < minutes(1)) {
    return unusable(fmt::format("a step of {} s is below one minute", step.count()), "write it like 6h or 90min");
  }
  if (step > days(366)) {  // nothing counts beyond 2261
    return unusable(fmt::format("a step of {} days is above a year", floor<days>(step).count()),
                    "write it like 6h or 90min");
  }
  Calendar calendar;
  calendar.from_ = ceil<seconds>(from);
  calendar.step_ = step;
  return calendar;
}

Result<Calendar> Calendar::daily(std::vector<minutes> times, std::string zone, Clock::TimePoint from) {
  if (times.empty()) return unusable("no time of the day is given", "write it as 09:00 or 18:30");
  const bool in_day = std::ranges::all_of(times, [](minutes time) { return time >= minutes(0) && time < kDayLength; });
  if (!in_day) return unusable("a time of the day lies outside the day", "write it as 09:00 or 18:30");
  TOKPREP_TRY(check_zone(zone));
  std::ranges::sort(times);
  times.erase(std::unique(times.begin(), times.end()), times.end());
  Calendar calendar;
  calendar.from_ = from;
  calendar.times_ = std::move(times);
  calendar.zone_ = std::move(zone);
  return calendar;
}

Clock::TimePoint Calendar::next(Clock::TimePoint earliest) const {
  earliest = std::max(earliest, from_);
  return step_ > seconds(0) ? next_step(earliest) : next_daily(earliest);
}

Clock::TimePoint Calendar::next_step(Clock::TimePoint earliest) const {
  const auto passed = ceil<seconds>(earliest - from_);
  return from_ + (passed + step_ - seconds(1)) / step_ * step_;
}

/// The zone was found when the calendar was made; one that is gone since, or a time its tables do not reach, leaves the
/// moment as it is.
Clock::TimePoint Calendar::next_daily(Clock::TimePoint earliest) const {
  const auto wall = wall_time(earliest, zone_);
  if (!wall) return earliest;
  // A change of the clocks may put the order of two times of a day upside down: the earliest of three days is looked
  // for, not the first that fits.
  std::optional<Clock::TimePoint> best;
  for (WallTime day = floor<days>(*wall) - days(1); day <= *wall + days(2); day += days(1)) {
    for (const minutes time : times_) {
      const auto moment = moment_of(day + time, zone_);
      if (moment && *moment >= earliest && (!best || *moment < *best)) best = *moment;
    }
  }
  return best.value_or(earliest);
}

Result<std::optional<Calendar>> read_calendar(const CalendarWords& words, Clock::TimePoint now) {
  if (words.every && words.at) return unusable("--every and --at exclude each other", "give one of them");
  if (!words.every && !words.at) {
    if (words.from) return unusable("--from says nothing alone", "add --every 6h or --at 09:00,18:30");
    return std::nullopt;
  }
  Clock::TimePoint from = now;
  if (words.from) {
    auto read = parse_moment(*words.from);
    if (!read) return named("--from", std::move(read).error());
    from = *read;
  }
  auto calendar = words.every ? read_steps(*words.every, from) : read_daily(*words.at, words, from);
  if (!calendar) return named(words.every ? "--every" : "--at", std::move(calendar).error());
  return std::optional(std::move(*calendar));
}

}  // namespace tokprep
