#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/run_context.h"
#include "codecs/cage.h"
#include "pipeline/worker_death.h"
#include "pipeline/worker_limits.h"
#include "pipeline/worker_process.h"

namespace tokprep {

/// On which terms a worker has its turn at a job.
struct TurnTerms {
  std::string input;                 ///< for messages; empty: none
  std::vector<std::string> outputs;  ///< what it writes
  WorkerLimits limits;
  std::chrono::milliseconds stall_time;
  std::function<void(const CageReport&)> on_cage;  ///< told what the worker says of its cage; may be empty
};

/// What a worker's turn came to.
struct Turn {
  std::optional<Result<Json>> answer;  ///< also kCancelled, and an error that is not the worker's; nothing: it is lost
  std::optional<WorkerDeath> ended_for;  ///< a lost one has to be ended for this; nothing: it ended by itself
  std::optional<Progress> last;          ///< what it reported last
  bool is_midway = false;                ///< answered, yet the worker may be in the middle of it: it takes no other job
};

/// Puts the line and its files to the worker, which is ready, and listens until it answers, breaks the terms, is lost,
/// or a stop is asked for. Does not end it.
Turn take_turn(WorkerProcess& worker, const Json& line, const std::vector<int>& files, const TurnTerms& terms,
               const RunContext& run);

/// What a worker is ended for that was waited for in vain, with this error of `WorkerProcess::wait_for_hello`; nothing
/// where it ended by itself.
std::optional<WorkerDeath> reason_of_silence(const Error& error, std::chrono::milliseconds stall_time);

/// Ends the worker for `why`, or sees to the end of one that ended by itself (no `why`), and says how it was lost.
/// `outputs`: what it was to write.
WorkerDeath lose(std::unique_ptr<WorkerProcess> worker, const std::vector<std::string>& outputs,
                 std::optional<WorkerDeath> why);

}  // namespace tokprep
