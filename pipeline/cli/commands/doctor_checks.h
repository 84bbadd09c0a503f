#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipeline/cli/commands/session.h"

namespace tokprep::cli {

enum class Health { kOk, kWarn, kFail };

/// One thing that was tried.
struct HealthCheck {
  std::string name;
  Health health = Health::kOk;
  std::string message;
  ErrorCode code = ErrorCode::kInternal;  ///< of a failure
};

/// Starts the worker and lets it say what it has: that the program is there, answers, and knows what conversion needs.
HealthCheck check_worker(const WorkerOptions& options, WorkerKind kind, const RunContext& run);

/// Has a small picture written by ourselves opened by the worker: the whole way to media and back.
HealthCheck check_probe(const WorkerOptions& options, const RunContext& run);

HealthCheck check_state_folder();
HealthCheck check_disk();
HealthCheck check_key(const Keys& keys);

/// That the service answers, takes the key and has TikTok linked; not asked without a key.
HealthCheck check_service(const Settings& settings, const Keys& keys, const RunContext& run);

/// What the service says of the account: what is linked, for how long TikTok's link lasts, and what is left of the
/// month's calls and posts. A warning a month before something ends.
HealthCheck check_account(const Settings& settings, const Keys& keys, const RunContext& run);

}  // namespace tokprep::cli
