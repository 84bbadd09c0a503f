#include "upload/retry.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <random>
#include <string>

#include "base/span.h"

namespace tokprep {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestRetryAfter = std::chrono::hours(24 * 365);

bool may_pass(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNetwork:
    case ErrorCode::kTimeout:
    case ErrorCode::kRateLimited:
    case ErrorCode::kUnavailable:
      return true;
    default:
      return false;
  }
}

/// "Wed, 21 Oct 2026 07:28:00 GMT". By hand: std::strptime would follow the host program's locale.
std::optional<Clock::TimePoint> parse_http_date(const std::string& text) {
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::array<char, 4> month{};
  unsigned day = 0;
  int year = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int consumed = 0;
  const int fields = std::sscanf(text.c_str(), "%*3[A-Za-z], %2u %3s %4d %2d:%2d:%2d GMT%n", &day, month.data(), &year,
                                 &hour, &minute, &second, &consumed);
  const auto* name = std::ranges::find_if(kMonths, [&](std::string_view known) { return known == month.data(); });
  if (fields != 6 || consumed != static_cast<int>(text.size()) || name == kMonths.end()) return std::nullopt;
  const auto index = static_cast<unsigned>(name - kMonths.begin()) + 1;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(index), std::chrono::day(day)};
  if (!date.ok() || !is_countable(date.year())) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

/// The last failure, told apart from one that was tried again to the end.
Error out_of_budget(Error error) {
  error.message += "; not tried again, as the service seems down: too many calls before this one failed";
  return error;
}

}  // namespace

double random_fraction() {
  thread_local std::mt19937_64 engine{std::random_device{}()};
  return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
}

bool RetryBudget::spend() {
  const std::scoped_lock lock(mutex_);
  if (left_ < prices_.retry) return false;
  left_ -= prices_.retry;
  return true;
}

void RetryBudget::earn() {
  const std::scoped_lock lock(mutex_);
  left_ = std::min(left_ + prices_.success, prices_.most);
}

bool RetryBudget::is_spent() const {
  const std::scoped_lock lock(mutex_);
  return left_ < prices_.retry;
}

Failure::Failure(Error why, std::optional<milliseconds> wait)
    : error(std::move(why)), repeatable(may_pass(error.code)), retry_after(wait) {}

std::optional<milliseconds> parse_retry_after(std::string_view value, Clock::TimePoint now) {
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error == std::errc{} && end == value.data() + value.size()) {
    return std::min(milliseconds(std::chrono::seconds(seconds)), kLongestRetryAfter);
  }
  const auto date = parse_http_date(std::string(value));
  if (!date) return std::nullopt;
  return std::clamp(std::chrono::ceil<milliseconds>(*date - now), milliseconds(0), kLongestRetryAfter);
}

bool Backoff::gives_up(const Failure& failure) const {
  if (!failure.repeatable || failed_ >= policy_.attempts_max) return true;
  // A limit that does not say when it ends is tried once more: each refused call counts towards suspension.
  return limited_without_time_ && failure.error.code == ErrorCode::kRateLimited && !failure.retry_after;
}

Status Backoff::wait_after(const Failure& failure) {
  ++failed_;
  if (gives_up(failure)) return fail(failure.error);
  limited_without_time_ = failure.error.code == ErrorCode::kRateLimited && !failure.retry_after;

  milliseconds bound = policy_.first_delay;
  for (int i = 1; i < failed_ && bound < policy_.delay_max; ++i) bound *= 2;
  bound = std::min(bound, policy_.delay_max);
  milliseconds wait(static_cast<milliseconds::rep>(policy_.random() * static_cast<double>(bound.count())));
  if (failure.retry_after) wait = std::max(wait, *failure.retry_after);

  if (run_.clock->now() - began_ + wait > policy_.deadline) return fail(failure.error);
  if (policy_.budget && !policy_.budget->spend()) return fail(out_of_budget(failure.error));
  run_.note(LogLevel::kWarn, [&] {
    return "tried again in " + std::to_string(wait.count()) + " ms, after attempt " + std::to_string(failed_) + ": " +
           failure.error.message;
  });
  const Span span(run_, "wait", [&] { return Json{{"after", failure.error.message}}; });
  if (!run_.clock->sleep(wait, run_.stop)) return run_.check_stop();
  return {};
}

}  // namespace tokprep
