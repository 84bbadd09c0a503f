#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <type_traits>

#include "base/result.h"
#include "base/run_context.h"

namespace tokprep {

/// Uniform in [0, 1). Thread-safe.
double random_fraction();

/// What all calls to one service may spend on retries together. A call that is answered earns a little, each retry
/// costs more: a few bad moments pass unnoticed, while against a service that is down a batch of hundreds soon fails
/// at once instead of waiting out every call's own attempts. Thread-safe.
class RetryBudget {
 public:
  struct Prices {
    double most = 20;      ///< what can be saved up, and what there is at first
    double retry = 1;      ///< what a retry costs
    double success = 0.1;  ///< what a call that succeeded earns
  };

  RetryBudget() = default;
  explicit RetryBudget(const Prices& prices) : prices_(prices), left_(prices.most) {}

  /// Pays for one retry; false where there is not enough left.
  bool spend();
  void earn();

  /// True where not even one retry can be paid.
  [[nodiscard]] bool is_spent() const;

 private:
  Prices prices_;
  mutable std::mutex mutex_;
  double left_ = prices_.most;
};

/// When a call is tried again. For calls that may be repeated without harm, and for no others.
struct RetryPolicy {
  int attempts_max = 5;
  std::chrono::milliseconds first_delay{500};  ///< upper bound of the first wait; doubles with each
  std::chrono::milliseconds delay_max{20'000};
  /// No attempt begins later than this after the first began. Longer than the service's window of calls (5 min), so
  /// that a call refused for that alone is made once the next one begins.
  std::chrono::milliseconds deadline{360'000};
  std::function<double()> random = random_fraction;
  std::shared_ptr<RetryBudget> budget = nullptr;  ///< without one, each call stands alone
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

/// Counts attempts and waits between them: exponential bounds, full jitter, Retry-After, deadline, budget.
class Backoff {
 public:
  Backoff(const RetryPolicy& policy, const RunContext& run) : policy_(policy), run_(run), began_(run.clock->now()) {}

  /// Returns once the next attempt may begin; otherwise the failure's error, or kCancelled. Where the budget is
  /// spent, the error says so.
  Status wait_after(const Failure& failure);

  void succeeded() const {
    if (policy_.budget) policy_.budget->earn();
  }

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
    if (attempt) {
      backoff.succeeded();
      return std::move(*attempt);
    }
    TOKPREP_TRY(backoff.wait_after(attempt.error()));
  }
}

}  // namespace tokprep
