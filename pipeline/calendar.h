#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace tokprep {

/// Time as people say it. Zones are those of the IANA database as the system keeps it (tzdata), by name:
/// "Europe/Berlin". A wall clock time that a zone passes over in spring is taken as much later as the clocks were put
/// forward (02:30 is 03:30, as RFC 5545 has it); one that comes twice in autumn is the first of the two.

/// Reads "2026-12-24 18:00 Europe/Berlin" (also with 'T', with seconds) or ISO 8601 with an offset
/// ("2026-12-24T17:00:00Z"). Error: kInvalidArgument, for a zone nobody knows with the nearest name.
Result<Clock::TimePoint> parse_moment(std::string_view text);

/// Checks that the system knows the zone. Error: kInvalidArgument, with the nearest name, or where there is no
/// database.
Status check_zone(std::string_view name);

/// The name of the system's own zone (TZ, /etc/localtime); "UTC" where it has none.
std::string local_zone();

/// Moments that come again and again: in steps, or at times of the day. A value; has no end.
class Calendar {
 public:
  /// `from` and every `step` after it, by the hours that pass: a change of the clocks shifts what the wall shows.
  /// Error: kInvalidArgument for a step below one minute or above a year.
  static Result<Calendar> in_steps(Clock::TimePoint from, std::chrono::seconds step);

  /// Each day at these times since midnight (below 24 h, any order) by the clocks of `zone`, not before `from`.
  /// Errors: kInvalidArgument (no times, one out of range, an unknown zone).
  static Result<Calendar> daily(std::vector<std::chrono::minutes> times, std::string zone, Clock::TimePoint from);

  /// The first moment of it at or after `earliest`.
  [[nodiscard]] Clock::TimePoint next(Clock::TimePoint earliest) const;

 private:
  Calendar() = default;

  [[nodiscard]] Clock::TimePoint next_step(Clock::TimePoint earliest) const;
  [[nodiscard]] Clock::TimePoint next_daily(Clock::TimePoint earliest) const;

  Clock::TimePoint from_;
  std::chrono::seconds step_{0};             // 0: daily
  std::vector<std::chrono::minutes> times_;  // ascending
  std::string zone_;
};

/// A calendar as the command line says it; unset is not said.
struct CalendarWords {
  std::optional<std::string> every = std::nullopt;  ///< "6h"
  std::optional<std::string> from = std::nullopt;   ///< a moment, see `parse_moment`; by default now
  std::optional<std::string> at = std::nullopt;     ///< "09:00,18:30", or "09:00,18:30 Europe/Berlin"; by default in
                                                    ///< `from`'s zone, else in the system's own
};

/// Nothing where nothing is said. Errors: kInvalidArgument naming the option (--every, --from, --at): one that cannot
/// be read, --every with --at, --from with neither.
Result<std::optional<Calendar>> read_calendar(const CalendarWords& words, Clock::TimePoint now);

}  // namespace tokprep
