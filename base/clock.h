#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace tokprep {

/// Time as a dependency, so that tests wait for nothing. Thread-safe.
class Clock {
 public:
  using TimePoint = std::chrono::system_clock::time_point;

  virtual ~Clock() = default;

  [[nodiscard]] virtual TimePoint now() const = 0;

  /// Sleeps until `duration` has passed or a stop is asked for; false when stopped.
  virtual bool sleep(std::chrono::milliseconds duration, std::stop_token stop) = 0;
};

/// The machine's clock. One instance, alive for the whole process.
Clock& system_clock();

/// "2026-11-22T17:30:00Z", the form the service and our JSON use.
std::string to_iso8601(Clock::TimePoint time);

/// True for years that a `TimePoint` can count: its nanoseconds reach from 1677 to 2262. To be asked of every date that
/// somebody else wrote before it becomes one.
constexpr bool is_countable(std::chrono::year year) {
  return year >= std::chrono::year(1678) && year < std::chrono::year(2262);
}

/// The inverse, for UTC alone; parts of a second are dropped. Nothing for text of another form.
std::optional<Clock::TimePoint> from_iso8601(std::string_view text);

}  // namespace tokprep
