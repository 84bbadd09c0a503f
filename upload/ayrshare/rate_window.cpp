#include "upload/ayrshare/rate_window.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "upload/retry.h"

namespace tokprep {
namespace {

constexpr std::chrono::minutes kWindow{5};
// A number of milliseconds above this is a date (2001 and later), below it a time to wait.
constexpr long long kDatesFromMs = 1'000'000'000'000;

std::optional<long long> number_in(const HttpResponse& response, const std::string& header) {
  const auto found = response.headers.find(header);
  if (found == response.headers.end()) return std::nullopt;
  const std::string& text = found->second;
  long long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

/// What a refusal says of itself outweighs every guess about windows.
std::optional<Clock::TimePoint> told_end(const HttpResponse& response, Clock::TimePoint now) {
  if (const auto told = response.headers.find("retry-after"); told != response.headers.end()) {
    if (const auto wait = parse_retry_after(told->second, now)) return now + *wait;
  }
  const auto reset_ms = number_in(response, "x-ratelimit-reset");
  if (!reset_ms) return std::nullopt;
  std::chrono::milliseconds wait(*reset_ms);
  if (*reset_ms >= kDatesFromMs) wait -= std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch());
  // Beyond a window's length our clocks differ, or the number means something else.
  return now + std::clamp<std::chrono::milliseconds>(wait, std::chrono::milliseconds(0), kWindow);
}

}  // namespace

void RateWindow::note(const HttpResponse& response, Clock::TimePoint now) {
  if (response.status == 429 && response.headers.contains("retry-after")) {
    if (const auto end = told_end(response, now)) hold_until(*end);
  }
  const auto most = number_in(response, "x-ratelimit-max");
  const auto count = number_in(response, "x-ratelimit-count");
  if (!most || !count || *most == 0) return;
  const std::scoped_lock lock(mutex_);
  // Half, not less: answers of calls made side by side may overtake each other.
  const bool is_new = !began_ || *count < last_count_ / 2 || now >= *began_ + kWindow;
  if (is_new) {
    began_ = now;
    full_until_.reset();
  }
  last_count_ = *count;
  if (*count >= *most) full_until_ = told_end(response, now).value_or(*began_ + kWindow);
}

void RateWindow::hold_until(Clock::TimePoint end) {
  const std::scoped_lock lock(mutex_);
  if (!held_until_ || *held_until_ < end) held_until_ = end;
}

std::optional<std::chrono::milliseconds> RateWindow::wait(Clock::TimePoint now) const {
  const std::scoped_lock lock(mutex_);
  const auto end = std::max(full_until_, held_until_);  // nothing is less than any time
  if (!end || now >= *end) return std::nullopt;
  return std::chrono::ceil<std::chrono::milliseconds>(*end - now);
}

}  // namespace tokprep
