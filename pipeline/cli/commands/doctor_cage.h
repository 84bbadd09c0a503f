#pragma once

#include <vector>

#include "pipeline/cli/commands/doctor_checks.h"

namespace tokprep::cli {

/// Starts the worker, has it try to break out, and says of each wall of its cage whether it held, of what it is made,
/// and what this kernel lacks. A wall that gave way is a failure; one that is missing is a warning, and a failure
/// where the whole cage is required.
std::vector<HealthCheck> check_cage(const WorkerOptions& options, WorkerKind kind, const RunContext& run);

}  // namespace tokprep::cli
