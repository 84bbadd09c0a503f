#include "pipeline/worker_process.h"

#include <fmt/format.h>

#include <utility>

namespace tokprep {

WorkerProcess::WorkerProcess(ScratchFolder scratch, ChildProcess child)
    : scratch_(std::move(scratch)), child_(std::move(child)), channel_(child_.stdout_fd(), child_.stdin_fd()) {}

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::start(const std::filesystem::path& program, CageMode mode,
                                                            const WorkerLimits& limits) {
  TOKPREP_ASSIGN(ScratchFolder scratch, ScratchFolder::create());
  const std::vector<std::string> arguments = {
      fmt::format("--cage={}", name_of(mode)),
      fmt::format("--memory-bytes={}", data_limit_bytes(limits.memory_bytes)),
      fmt::format("--output-bytes={}", limits.output_bytes),
  };
  TOKPREP_ASSIGN(ChildProcess child, ChildProcess::start(program, arguments, scratch.path()));
  return std::unique_ptr<WorkerProcess>(new WorkerProcess(std::move(scratch), std::move(child)));
}

bool WorkerProcess::take_hello(const Json& line) {
  // Once, and before the first job: what a worker says later may be a hostile file's word.
  if (cage_ || !line.is_object() || !line.contains("hello")) return false;
  auto report = parse_as<CageReport>(line["hello"], "the worker's hello");
  if (report) cage_ = std::move(*report);
  return report.has_value();
}

Status WorkerProcess::wait_for_hello(std::stop_token stop, std::chrono::milliseconds patience) {
  TOKPREP_ASSIGN(const auto line, channel_.receive(std::move(stop), patience));
  if (line && take_hello(*line)) return {};
  return fail(ErrorCode::kWorkerFailed, "the worker did not say what it is locked in");
}

}  // namespace tokprep
