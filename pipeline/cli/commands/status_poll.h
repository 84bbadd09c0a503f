#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "pipeline/batch.h"
#include "pipeline/cli/service.h"
#include "pipeline/cli/settings.h"
#include "pipeline/event.h"

namespace tokprep::cli {

/// One post whose fate is asked for.
struct WatchedPost {
  std::string id;  ///< empty while the ledger alone knows of it
  std::optional<LedgerPost> in_ledger;
  PostState state = PostState::kUnknown;
  std::string url;
  std::string schedule_date;
  std::string failure;         ///< in the service's words
  std::optional<Error> error;  ///< why it could not be asked
};

/// As the ledger last heard of it; asks nobody.
WatchedPost watched(const LedgerPost& post);

/// Asks the service about one post and notes what it says. Failures are kept in `error`.
void ask_about(WatchedPost& post, Service& service, const RunContext& run);

/// True for a private post and a draft, which are pending until their owner acts. Known of our own posts alone.
bool stays_pending(const WatchedPost& post);

/// True when asking again soon may bring something new.
bool is_moving(const WatchedPost& post);

/// Asks about the moving ones again and again, ever more slowly, until none is left, `timeout` has passed or a stop.
void watch(std::vector<WatchedPost>& posts, std::chrono::milliseconds timeout, Service& service, const RunContext& run);

/// How it came out: done, or failed with the code that makes the exit code. `waited`: still pending is a failure, but
/// for those that stay so.
ItemOutcome outcome_of(const WatchedPost& post, bool waited);

PostStatus event_of(const WatchedPost& post);

}  // namespace tokprep::cli
