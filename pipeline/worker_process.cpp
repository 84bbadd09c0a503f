#include "pipeline/worker_process.h"

#include <fmt/format.h>

#include <utility>

#include "base/file_descriptor.h"

namespace tokprep {

WorkerProcess::WorkerProcess(ScratchFolder scratch, ChildProcess child, std::string name, Observer* observer)
    : scratch_(std::move(scratch)),
      child_(std::move(child)),
      channel_(child_.stdout_fd(), child_.stdin_fd()),
      name_(std::move(name)),
      observer_(observer) {
  tell(LogLevel::kDebug, "started", 1);
}

WorkerProcess::~WorkerProcess() {
  if (how_it_ended_.empty()) tell(LogLevel::kDebug, "is no longer needed", -1);
  else tell(LogLevel::kWarn, "ended: " + how_it_ended_, -1);
}

ProcessEnd WorkerProcess::end() {
  ProcessEnd end = child_.end();
  how_it_ended_ = end.text();
  return end;
}

void WorkerProcess::tell(LogLevel level, const std::string& what, int change) const {
  if (observer_ == nullptr) return;
  observer_->note(level, "", name_ + " " + what);
  observer_->count("workers", change);
}

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::start(const std::filesystem::path& program, CageMode mode,
                                                            const WorkerLimits& limits, Observer* observer) {
  TOKPREP_ASSIGN(ScratchFolder scratch, ScratchFolder::create());
  const std::vector<std::string> arguments = {
      fmt::format("--cage={}", name_of(mode)),
      fmt::format("--memory-bytes={}", data_limit_bytes(limits.memory_bytes)),
      fmt::format("--output-bytes={}", limits.output_bytes),
  };
  TOKPREP_ASSIGN(ChildProcess child, ChildProcess::start(program, arguments, scratch.path()));
  std::string name = fmt::format("{} (pid {})", program.filename().string(), child.pid());
  return std::unique_ptr<WorkerProcess>(
      new WorkerProcess(std::move(scratch), std::move(child), std::move(name), observer));
}

bool WorkerProcess::is_worn() const {
  constexpr std::chrono::hours kEnough{24};
  const auto usage = usage_of(child_.pid());
  return usage && usage->cpu_time > kEnough;
}

std::string WorkerProcess::complaint() const {
  constexpr std::size_t kLongestBytes = 400;
  const auto text = read_head(scratch_.path() / ChildProcess::kStderrName, kLongestBytes);
  return text ? text->substr(0, text->find('\n')) : "";
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
  if (!line) return fail(ErrorCode::kWorkerFailed, "the worker ended before it said what it is locked in");
  if (take_hello(*line)) return {};
  return fail(ErrorCode::kInvalidArgument, "it did not say what it is locked in");
}

}  // namespace tokprep
