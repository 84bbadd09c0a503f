#pragma once

#include <functional>
#include <vector>

#include "base/run_context.h"
#include "pipeline/batch.h"
#include "pipeline/cli/command.h"
#include "pipeline/cli/keys.h"
#include "pipeline/cli/output.h"
#include "pipeline/cli/settings.h"
#include "pipeline/cli/stop_on_signal.h"
#include "pipeline/rules/rules.h"

namespace tokprep::cli {

/// How a command runs its items.
struct RunShape {
  bool with_life = true;  ///< false: beginnings and progress are left out of JSON, where one line an item is promised
  int ahead = 0;          ///< see BatchOptions
};

/// What every command has: its settings, where results go, and the stop. Lives as long as the run.
struct Session {
  const CommonOptions& options;
  Settings settings;
  Rules rules;
  Keys keys;
  Output& out;
  const StopOnSignal& signals;
  Observer* observer = nullptr;  ///< of all work; null: there is neither a log nor a trace

  /// A context for calls that belong to no item.
  [[nodiscard]] RunContext context() const;

  /// How this run's workers are run: their cage and limits, and where files that killed some are remembered. What of
  /// the cage is missing here is said once.
  [[nodiscard]] WorkerOptions worker_options() const;

  /// Reports what kept the whole run from being done and ends it; returns the exit code.
  [[nodiscard]] int give_up(const Error& error) const;

  /// Ends a run without items; returns the exit code.
  [[nodiscard]] int end(int code) const;

  /// Ends a run that knows how its parts came out; returns the exit code.
  [[nodiscard]] int finish(const std::vector<ItemOutcome>& outcomes) const;

  /// `handler` with the observer told of it.
  [[nodiscard]] ItemHandler observed(ItemHandler handler) const;

  /// How items are run with these settings.
  [[nodiscard]] BatchOptions batch_options(int ahead) const;

  /// Runs the items; returns the exit code.
  [[nodiscard]] int run(const std::vector<Item>& items, const ItemHandler& handler, RunShape shape = {}) const;
};

/// Sends the item's one final event, a failure that names it; `photos` as in ItemFailed.
ItemOutcome failed(EventSink& out, const Item& item, Error error, Json photos = {});

}  // namespace tokprep::cli
