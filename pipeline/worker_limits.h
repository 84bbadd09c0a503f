#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "pipeline/scratch_folder.h"

namespace tokprep {

/// What one worker may take. Above it, it is ended, and the job fails.
struct WorkerLimits {
  std::uint64_t memory_bytes = std::uint64_t{4} << 30;  ///< resident
  std::uint64_t output_bytes = std::uint64_t{8} << 30;  ///< any one file, and all of its scratch folder
  std::chrono::milliseconds wall_time{3'600'000};       ///< of one job
  std::chrono::milliseconds cpu_time{3'600'000};        ///< of one job, all threads together
};

/// What a process has taken so far.
struct ProcessUsage {
  std::uint64_t resident_bytes = 0;
  std::chrono::milliseconds cpu_time{0};
  int threads = 0;
};

/// From /proc/PID/stat (proc(5)); nothing where it cannot be read: the process is gone, or /proc is hidden.
std::optional<ProcessUsage> usage_of(pid_t pid);

/// The address space that a process may write to, as its own hard limit: above what it may have resident, as memory
/// that is asked for is not all used, and each thread's stack counts whole.
std::uint64_t data_limit_bytes(std::uint64_t memory_bytes);

/// A limit that was passed.
struct Breach {
  std::string what;  ///< "took 4.3 GB of memory"
  Scalar measured;
  Scalar limit;
  std::string unit;
  std::string fix;
  bool is_worth_a_retry = false;  ///< the same file may come through with a fresh worker
};

/// Watches one job of one worker.
class JobWatch {
 public:
  /// Begins now. `pid` is the worker's.
  JobWatch(pid_t pid, const WorkerLimits& limits);

  /// Time that is not to count.
  void leave_out(std::chrono::steady_clock::duration gap) { began_ += gap; }

  /// The first limit that is passed, if any, those that no job comes near to among them: threads, temporary files.
  /// `scratch` is what the worker's scratch folder holds.
  [[nodiscard]] std::optional<Breach> check(const ScratchUse& scratch) const;

 private:
  pid_t pid_;
  WorkerLimits limits_;
  std::chrono::steady_clock::time_point began_;
  std::chrono::milliseconds cpu_before_{0};
};

}  // namespace tokprep
