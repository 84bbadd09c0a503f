#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

#include "base/clock.h"
#include "upload/ayrshare/post_options.h"

namespace tokprep {
namespace {

/// Takes the text apart from the left; each step says whether what it wants is there.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : rest_(text) {}

  std::optional<int> digits(std::size_t count) {
    int value = 0;
    if (rest_.size() < count || rest_.front() == '-') return std::nullopt;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + count, value);
    if (error != std::errc{} || end != rest_.data() + count) return std::nullopt;
    rest_.remove_prefix(count);
    return value;
  }

  bool take(char wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void skip_digits() { rest_.remove_prefix(std::min(rest_.find_first_not_of("0123456789"), rest_.size())); }

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::optional<std::chrono::sys_days> read_date(DateReader& reader) {
  const auto year = reader.digits(4);
  if (!year || !reader.take('-')) return std::nullopt;
  const auto month = reader.digits(2);
  if (!month || !reader.take('-')) return std::nullopt;
  const auto day = reader.digits(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *year < 1970 || !is_countable(date.year())) return std::nullopt;
  return std::chrono::sys_days(date);
}

/// "14:30", "14:30:00" or "14:30:00.000"; parts of a second are dropped, the service knows none.
std::optional<std::chrono::seconds> read_time(DateReader& reader) {
  const auto hour = reader.digits(2);
  if (!hour || *hour > 23 || !reader.take(':')) return std::nullopt;
  const auto minute = reader.digits(2);
  if (!minute || *minute > 59) return std::nullopt;
  std::chrono::seconds time = std::chrono::hours(*hour) + std::chrono::minutes(*minute);
  if (!reader.take(':')) return time;
  const auto second = reader.digits(2);
  if (!second || *second > 59) return std::nullopt;
  if (reader.take('.')) reader.skip_digits();
  return time + std::chrono::seconds(*second);
}

/// "Z", "+02:00", "-0530", "+02": what has to be subtracted to get UTC.
std::optional<std::chrono::minutes> read_zone(DateReader& reader) {
  if (reader.take('Z') || reader.take('z')) return std::chrono::minutes(0);
  const bool east = reader.take('+');
  if (!east && !reader.take('-')) return std::nullopt;
  const auto hours = reader.digits(2);
  if (!hours || *hours > 14) return std::nullopt;
  const bool colon = reader.take(':');
  const auto minutes = reader.at_end() && !colon ? std::optional(0) : reader.digits(2);
  if (!minutes || *minutes > 59) return std::nullopt;
  const std::chrono::minutes offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return east ? offset : -offset;
}

tl::unexpected<Error> not_a_date(std::string_view text, std::string_view why) {
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.message = fmt::format("'{}' {}", text, why);
  error.fix = "write it as 2026-07-08T14:30:00+02:00 or 2026-07-08T12:30:00Z";
  return fail(std::move(error));
}

}  // namespace

Result<std::string> to_utc_schedule(std::string_view text) {
  DateReader reader(text);
  const auto day = read_date(reader);
  const bool has_time = day && (reader.take('T') || reader.take('t') || reader.take(' '));
  const auto time = has_time ? read_time(reader) : std::nullopt;
  if (!time) return not_a_date(text, "is not a date with a time");
  if (reader.at_end()) return not_a_date(text, "does not say its time zone");
  const auto offset = read_zone(reader);
  if (!offset || !reader.at_end()) return not_a_date(text, "does not end in a time zone");
  return to_iso8601(*day + *time - *offset);
}

}  // namespace tokprep
