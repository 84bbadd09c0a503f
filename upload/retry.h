#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>
#include <type_traits>

#include "base/result.h"
#include "base/run_context.h"

namespace tokprep {

/// Uniform in [0, 1). Thread-safe.
double random_fraction();

/// When a call is tried again. For calls that may be repeated without harm, and for no others.
struct RetryPolicy {
  int attempts_max = 5;
  std::chrono::milliseconds first_delay{500};  ///< upper bound of the first wait; doubles with each
  std::chrono::milliseconds delay_max{20'000};
  std::chrono::milliseconds deadline{180'000};  ///< no attempt begins later than this after the first began
  std::function<double()> random = random_fraction;
};

/// One attempt that failed, and whether another may help. A code that nobody classified is not repeated.
struct Failure {
  Failure(Error why, std::optional<std::chrono::milliseconds> wait = std::nullopt);  // NOLINT: an Error is a Failure
  Failure(Error why, bool may_repeat) : error(std::move(why)), repeatable(may_repeat) {}

  Error error;
  bool repeatable;                                       ///< by default: kNetwork, kTimeout, kRateLimited, kUnavailable
  std::optional<std::chrono::milliseconds> retry_after;  ///< the service's own wish; honoured as the least wait
};

template <class T>
using Attempt = tl::expected<T, Failure>;

/// "120" or "Wed, 21 Oct 2026 07:28:00 GMT" as the time to wait from `now`, never negative; nothing for another form.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value, Clock::TimePoint now);

/// Counts attempts and waits between them: exponential bounds, full jitter, Retry-After, deadline.
class Backoff {
 public:
  Backoff(const RetryPolicy& policy, const RunContext& run) : policy_(policy), run_(run), began_(run.clock->now()) {}

  /// Returns once the next attempt may begin; otherwise the failure's error, or kCancelled.
  Status wait_after(const Failure& failure);

 private:
  [[nodiscard]] bool gives_up(const Failure& failure) const;

  const RetryPolicy& policy_;
  const RunContext& run_;
  Clock::TimePoint began_;
  int failed_ = 0;
  bool limited_without_time_ = false;
};

/// `retry(policy, run, [&]() -> Attempt<Json> { … })`: the first success, or the last failure's error.
template <class Call>
auto retry(const RetryPolicy& policy, const RunContext& run, Call&& call)
    -> Result<typename std::invoke_result_t<Call>::value_type> {
  Backoff backoff(policy, run);
  for (;;) {
    TOKPREP_TRY(run.check_stop());
    auto attempt = call();
    if (attempt) return std::move(*attempt);
    TOKPREP_TRY(backoff.wait_after(attempt.error()));
  }
}

}  // namespace tokprep
