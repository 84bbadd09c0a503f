#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/line_channel.h"
#include "base/observer.h"
#include "base/result.h"
#include "codecs/cage.h"
#include "pipeline/process.h"
#include "pipeline/scratch_folder.h"
#include "pipeline/worker_limits.h"

namespace tokprep {

/// A running worker program, the line to it, and its scratch folder.
class WorkerProcess {
 public:
  /// Starts the program in a cage of this mode; does not wait for it.
  /// Errors: kInternal naming the program where it cannot be started; those of `ScratchFolder::create`.
  /// `observer` (may be null) is told of its start and its end, and must outlive it.
  static Result<std::unique_ptr<WorkerProcess>> start(const std::filesystem::path& program, CageMode mode,
                                                      const WorkerLimits& limits, Observer* observer);
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;
  ~WorkerProcess();

  /// Waits for its end, as `ChildProcess::end`.
  ProcessEnd end();

  [[nodiscard]] LineChannel& channel() { return channel_; }
  [[nodiscard]] ChildProcess& child() { return child_; }
  [[nodiscard]] const ScratchFolder& scratch() const { return scratch_; }
  [[nodiscard]] int next_id() { return ++last_id_; }

  /// It has had so much of the processors' time that the next job might meet the end of what it may have in all its
  /// life (codecs/worker/enter_cage.h): a fresh one shall do it.
  [[nodiscard]] bool is_worn() const;

  /// The line it complained with first, where it could not start: the loader's about a missing library, say.
  [[nodiscard]] std::string complaint() const;

  /// What it said of its cage, once it did.
  [[nodiscard]] const std::optional<CageReport>& cage() const { return cage_; }

  /// Takes the line in which it says so; false for any other line.
  bool take_hello(const Json& line);

  /// Waits for that line. Errors: kTimeout, kCancelled, kIo; kInvalidArgument for another line; kWorkerFailed where it
  /// ended before.
  Status wait_for_hello(std::stop_token stop, std::chrono::milliseconds patience);

 private:
  WorkerProcess(ScratchFolder scratch, ChildProcess child, std::string name, Observer* observer);
  void tell(LogLevel level, const std::string& what, int change) const;

  ScratchFolder scratch_;  // outlives the child
  ChildProcess child_;
  LineChannel channel_;
  std::optional<CageReport> cage_;
  std::string name_;  // of the program, and its pid
  Observer* observer_;
  std::string how_it_ended_;  // empty while it runs
  int last_id_ = 0;
};

}  // namespace tokprep
