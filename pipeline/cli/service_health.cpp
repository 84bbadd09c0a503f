#include "pipeline/cli/service_health.h"

namespace tokprep::cli {
namespace {

/// The service did not answer, or asked to be left alone; of a post it may have taken nobody knows.
bool is_silence(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNetwork:
    case ErrorCode::kTimeout:
    case ErrorCode::kUnavailable:
    case ErrorCode::kRateLimited:
    case ErrorCode::kOutcomeUnknown:
      return true;
    default:
      return false;
  }
}

constexpr int kSilentMost = 3;

/// A call went unanswered, or was answered by a gateway. Not so a place that our own caps refuse, and an outcome that
/// an answered question left unknown: behind those there is no native code.
bool is_unanswered(const Error& error) {
  return is_silence(error.code) && error.code != ErrorCode::kRateLimited && error.native != 0;
}

}  // namespace

void ServiceHealth::note_failure(const Error& error) {
  if (is_silence(error.code) && budget_->is_spent()) is_down_ = true;
  if (error.code == ErrorCode::kRejected) silent_in_a_row_ = 0;
  if (is_unanswered(error) && ++silent_in_a_row_ >= kSilentMost) is_down_ = true;
}

Status ServiceHealth::check() const {
  if (!is_down_) return {};
  Error error;
  error.code = ErrorCode::kUnavailable;
  error.message = "not tried: the service seems down";
  error.fix = "run again later; what is done already is not done again";
  return fail(std::move(error));
}

}  // namespace tokprep::cli
