#pragma once

#include <chrono>
#include <string>

#include "base/clock.h"
#include "base/result.h"

/// The IANA database of the system, behind plain values. Rules of reading: calendar.h.
namespace tokprep {

/// What the clocks of a zone show, as if it were UTC.
using WallTime = std::chrono::sys_seconds;

/// The moment at which the clocks of `zone` show `wall`. Errors: those of `check_zone`.
Result<Clock::TimePoint> moment_of(WallTime wall, const std::string& zone);

/// What the clocks of `zone` show at a moment. Errors: as above.
Result<WallTime> wall_time(Clock::TimePoint moment, const std::string& zone);

}  // namespace tokprep
