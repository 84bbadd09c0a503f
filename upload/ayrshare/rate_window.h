#pragma once

#include <chrono>
#include <mutex>
#include <optional>

#include "base/clock.h"
#include "upload/http_client.h"

namespace tokprep {

/// The service's count of our calls, from `x-ratelimit-max` and `x-ratelimit-count` of its answers: 300 in 5 minutes
/// for each profile (https://www.ayrshare.com/docs/errors/errors-http, read 2026-10-04). Once all are used, further
/// calls would only be refused, and refusals count towards a suspension; so they wait for the next window.
///
/// The current headers do not say when a window ends. It is taken to last 5 minutes from the first answer that was
/// seen in it: never too early, as others' calls can only have begun it before. The older `x-ratelimit-reset`
/// (milliseconds, from now or since 1970) is believed where it is sent.
///
/// A refusal for the rate (HTTP 429) that names a time in `Retry-After` holds every call until then, whatever the
/// counts say: it may be another limit than that of the window. Thread-safe.
class RateWindow {
 public:
  void note(const HttpResponse& response, Clock::TimePoint now);

  /// No call before `end`; an end that was set before and is later stays.
  void hold_until(Clock::TimePoint end);

  /// How long the next call has to wait; nothing while calls are left.
  [[nodiscard]] std::optional<std::chrono::milliseconds> wait(Clock::TimePoint now) const;

 private:
  mutable std::mutex mutex_;
  std::optional<Clock::TimePoint> began_;
  long long last_count_ = 0;
  std::optional<Clock::TimePoint> full_until_;
  std::optional<Clock::TimePoint> held_until_;
};

}  // namespace tokprep
