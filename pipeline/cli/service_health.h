#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "base/result.h"
#include "upload/retry.h"

namespace tokprep::cli {

/// Whether it is of use to begin with another item. The service counts as down once an item failed for want of an
/// answer and the retries of the run are used up, or three items in a row did: a post is never repeated, and so costs
/// no retry. The items that are left are not tried then, each for minutes. Thread-safe.
class ServiceHealth {
 public:
  explicit ServiceHealth(std::shared_ptr<const RetryBudget> budget) : budget_(std::move(budget)) {}

  /// To be told of every item that failed, and of every one that the service took.
  void note_failure(const Error& error);
  void note_success() { silent_in_a_row_ = 0; }

  /// kUnavailable once the service counts as down.
  [[nodiscard]] Status check() const;

  /// To be told of every item that `check` kept from being tried.
  void note_untried() { ++untried_; }
  [[nodiscard]] int untried() const { return untried_; }

 private:
  std::shared_ptr<const RetryBudget> budget_;
  std::atomic<bool> is_down_ = false;
  std::atomic<int> silent_in_a_row_ = 0;
  std::atomic<int> untried_ = 0;
};

}  // namespace tokprep::cli
