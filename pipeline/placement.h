#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/run_context.h"
#include "pipeline/publish.h"

namespace tokprep {

/// Finds one post its place among the others of the account, and waits for it. `look`, then `take` until it gives a
/// claim.
class Placement {
 public:
  Placement(const PublishRequest& request, AyrshareClient& client, Ledger& ledger, const RunContext& run)
      : request_(request), client_(client), ledger_(ledger), run_(run) {}

  /// Before anything is uploaded: notes the post as planned and finds out where it will go. Where that is hours away
  /// and the post is not to be scheduled, it waits here. `post.schedule_date` is the date the user wants, if any.
  /// Errors: kRateLimited (no place, `publish` says when), kRejected (the text, rule "post.duplicate"), kCancelled,
  /// those of the client and the ledger.
  Status look(const LedgerPost& post, const Rules& rules);

  /// The date found, ISO 8601; empty for now.
  [[nodiscard]] const std::string& date() const { return date_; }

  /// Claims the post together with its place. Nothing after a wait for the place: ask again. Errors: as above;
  /// kOutcomeUnknown where another process claims the post.
  Result<std::optional<LedgerPost>> take(const LedgerPost& post);

 private:
  [[nodiscard]] SlotWish wish() const;
  Status check_text(const LedgerPost& post, Clock::TimePoint at);
  Status wait_until(Clock::TimePoint at) const;
  [[nodiscard]] Error no_place(const LedgerPost& post, Clock::TimePoint free_at) const;

  const PublishRequest& request_;
  AyrshareClient& client_;
  Ledger& ledger_;
  const RunContext& run_;
  PostCaps caps_;
  std::chrono::seconds same_text_window_{0};
  std::string date_;
};

}  // namespace tokprep
