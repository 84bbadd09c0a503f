#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "base/result.h"
#include "upload/retry.h"

namespace tokprep::cli {

/// Whether it is of use to begin with another item. Once an item failed for want of an answer and the retries of the
/// run are used up, the service counts as down, and the items that are left are not tried, each for minutes.
/// Thread-safe.
class ServiceHealth {
 public:
  explicit ServiceHealth(std::shared_ptr<const RetryBudget> budget) : budget_(std::move(budget)) {}

  /// To be told of every item that failed.
  void note_failure(const Error& error);

  /// kUnavailable once the service counts as down.
  [[nodiscard]] Status check() const;

  /// To be told of every item that `check` kept from being tried.
  void note_untried() { ++untried_; }
  [[nodiscard]] int untried() const { return untried_; }

 private:
  std::shared_ptr<const RetryBudget> budget_;
  std::atomic<bool> is_down_ = false;
  std::atomic<int> untried_ = 0;
};

}  // namespace tokprep::cli
