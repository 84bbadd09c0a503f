#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace tokprep::sandbox {

/// Milliseconds since 1970, UTC: how times stand in posts.json.
std::int64_t to_ms(Clock::TimePoint time);
Clock::TimePoint from_ms(std::int64_t ms);

/// "2026-01-05T01:18:47.774Z"
std::string to_iso8601_ms(std::int64_t ms);

/// "Sun, 22 Nov 2026 17:30:00 GMT", as HTTP headers have it.
std::string to_http_date(std::int64_t ms);

/// "2026-07-08T12:30:00Z", fractions of a second allowed; nothing for any other form, nor for a day that is none.
std::optional<std::int64_t> parse_iso8601(std::string_view text);

}  // namespace tokprep::sandbox
