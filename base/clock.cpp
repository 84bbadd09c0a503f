#include "base/clock.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <mutex>

namespace tokprep {
namespace {

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return std::chrono::system_clock::now(); }

  bool sleep(std::chrono::milliseconds duration, std::stop_token stop) override {
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock(mutex);
    woken.wait_for(lock, stop, duration, [] { return false; });
    return !stop.stop_requested();
  }
};

/// The number that `text` holds from `begin` to `end`; -1 where these are not all digits.
int digits(std::string_view text, std::size_t begin, std::size_t end) {
  int value = 0;
  const char* stop = text.data() + end;
  const auto [read_to, error] = std::from_chars(text.data() + begin, stop, value);
  return error == std::errc{} && read_to == stop && text[begin] != '-' ? value : -1;
}

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

std::string to_iso8601(Clock::TimePoint time) {
  const auto seconds = std::chrono::time_point_cast<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)));
}

std::optional<Clock::TimePoint> from_iso8601(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  if (text.size() <= kForm.size()) return std::nullopt;
  for (const std::size_t at : {4U, 7U, 10U, 13U, 16U}) {
    if (text[at] != kForm[at]) return std::nullopt;
  }
  std::string_view tail = text.substr(kForm.size());
  if (tail.front() == '.') tail.remove_prefix(std::min(tail.find_first_not_of("0123456789", 1), tail.size()));
  const std::chrono::year_month_day date(std::chrono::year(digits(text, 0, 4)),
                                         std::chrono::month(static_cast<unsigned>(digits(text, 5, 7))),
                                         std::chrono::day(static_cast<unsigned>(digits(text, 8, 10))));
  const int hour = digits(text, 11, 13);
  const int minute = digits(text, 14, 16);
  const int second = digits(text, 17, 19);
  const bool is_time = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second <= 60;
  if (tail != "Z" || !date.ok() || !is_countable(date.year()) || !is_time) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

}  // namespace tokprep
