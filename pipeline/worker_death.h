#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/run_context.h"
#include "pipeline/process.h"
#include "pipeline/worker_limits.h"

namespace tokprep {

/// How a worker was lost during a job.
struct WorkerDeath {
  /// kWorkerFailed where the file or a limit of ours is to blame, kNoSpace for a full disk, else kWorkerEnded. Its
  /// message goes on with "during transcode of beach.mov".
  Error error;
  bool blames_file = true;  ///< a crash or a stall; else somebody ended it, or a limit that can be raised
  bool may_retry = true;    ///< a fresh worker may come through
  bool may_pass = false;    ///< a busy machine or a slow disk may have been the cause
};

/// It ended by itself, or by a signal that was not ours. `places`: where it wrote; a page of a mapped file that a full
/// disk cannot hold is SIGBUS.
WorkerDeath death_of_end(const ProcessEnd& end, const std::vector<std::filesystem::path>& places);

/// The same of one that had not said hello: it has read nothing of any file, and the machine or the installation is to
/// blame. `complaint`: what it wrote, if anything.
WorkerDeath death_before_hello(const ProcessEnd& end, const std::string& complaint);

/// The same loss of a worker that had not said hello yet: no file's fault.
WorkerDeath before_hello(WorkerDeath death);

/// It was ended for passing a limit.
WorkerDeath death_of_breach(const Breach& breach);

/// It was ended for saying nothing for so long. That may once be a busy machine's fault: only the second such worker
/// makes the file one that is not tried again (deadly_files.h).
WorkerDeath death_of_stall(std::chrono::milliseconds stall_time);

/// It was ended for not taking what was sent to it.
WorkerDeath death_of_deafness();

/// It was ended for talking nonsense.
WorkerDeath death_of_nonsense(const std::string& why);

/// Names the program, the job, the file, and the stage it was at.
void place(WorkerDeath& death, const std::string& program, const std::string& job, const std::string& file,
           const std::optional<Progress>& last);

}  // namespace tokprep
