#include "upload/sandbox/dates.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>

namespace tokprep::sandbox {
namespace {

namespace chrono = std::chrono;

/// "dddd-dd-ddTdd:dd:dd", where d is a digit.
bool has_form(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  if (text.size() != kForm.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == '0' ? !digit : text[i] != kForm[i]) return false;
  }
  return true;
}

int number_at(std::string_view text, std::size_t from, std::size_t length) {
  int number = 0;
  std::from_chars(text.data() + from, text.data() + from + length, number);
  return number;
}

/// ".774" -> 774; nothing for what is no fraction. Digits past the third do not count.
std::optional<int> milliseconds_of(std::string_view fraction) {
  if (fraction.empty()) return 0;
  if (fraction.front() != '.' || fraction.size() < 2) return std::nullopt;
  fraction.remove_prefix(1);
  if (fraction.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::string digits(fraction.substr(0, 3));
  digits.resize(3, '0');
  return number_at(digits, 0, 3);
}

}  // namespace

std::int64_t to_ms(Clock::TimePoint time) {
  return chrono::duration_cast<chrono::milliseconds>(time.time_since_epoch()).count();
}

Clock::TimePoint from_ms(std::int64_t ms) { return Clock::TimePoint(chrono::milliseconds(ms)); }

std::string to_iso8601_ms(std::int64_t ms) {
  std::string text = to_iso8601(from_ms(ms));
  text.pop_back();  // the Z
  return fmt::format("{}.{:03}Z", text, ms % 1000);
}

std::string to_http_date(std::int64_t ms) {
  constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = chrono::floor<chrono::days>(from_ms(ms));
  const chrono::year_month_day date(day);
  const chrono::hh_mm_ss time(chrono::floor<chrono::seconds>(from_ms(ms) - day));
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[chrono::weekday(day).c_encoding()],
                     static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

std::optional<std::int64_t> parse_iso8601(std::string_view text) {
  constexpr std::size_t kWholeSeconds = 19;
  if (text.size() <= kWholeSeconds || text.back() != 'Z' || !has_form(text.substr(0, kWholeSeconds)))
    return std::nullopt;
  const auto milliseconds = milliseconds_of(text.substr(kWholeSeconds, text.size() - kWholeSeconds - 1));
  const chrono::year_month_day day{chrono::year(number_at(text, 0, 4)),
                                   chrono::month(static_cast<unsigned>(number_at(text, 5, 2))),
                                   chrono::day(static_cast<unsigned>(number_at(text, 8, 2)))};
  const int hour = number_at(text, 11, 2);
  const int minute = number_at(text, 14, 2);
  const int second = number_at(text, 17, 2);
  if (!milliseconds || !day.ok() || !is_countable(day.year()) || hour > 23 || minute > 59 || second > 59)
    return std::nullopt;
  const auto time = chrono::sys_days(day) + chrono::hours(hour) + chrono::minutes(minute) + chrono::seconds(second);
  return to_ms(time) + *milliseconds;
}

}  // namespace tokprep::sandbox
