#include "pipeline/worker_turn.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "base/units.h"
#include "pipeline/worker_answer.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;
using SteadyTime = std::chrono::steady_clock::time_point;

// How often a worker's memory and time are looked at.
constexpr std::chrono::milliseconds kTick{100};

// Time in which nobody looked, as this program was stopped (Ctrl-Z) or the machine slept, does not count.
constexpr std::chrono::seconds kNobodyLooked{2};

/// A file that would have grown past RLIMIT_FSIZE comes back as an error of writing. The limit is ours, but where the
/// system's own (ulimit -f) was lower from the start.
Error judged(Error error, const std::string& input, std::uint64_t output_bytes) {
  if (error.file.empty()) error.file = input;
  if (std::abs(error.native) != EFBIG) return error;
  error.code = ErrorCode::kWorkerFailed;
  rlimit system{};
  if (::getrlimit(RLIMIT_FSIZE, &system) == 0 && system.rlim_cur < output_bytes) {
    error.message += fmt::format("; the system lets a program write {} into one file", format_size(system.rlim_cur));
    error.limit = static_cast<std::int64_t>(system.rlim_cur);
    error.unit = "bytes";
    error.fix = "raise the limit (ulimit -f)";
    return error;
  }
  error.limit = static_cast<std::int64_t>(output_bytes);
  error.unit = "bytes";
  error.message += fmt::format("; a worker may write {} into one file", format_size(output_bytes));
  error.fix = "--worker-output SIZE allows more";
  return error;
}

/// Where the worker wrote: the outputs of its job and its scratch folder.
std::vector<fs::path> places_of(const std::vector<std::string>& outputs, const WorkerProcess& worker) {
  std::vector<fs::path> places = {worker.scratch().path()};
  for (const std::string& output : outputs) places.emplace_back(output);
  return places;
}

/// Takes one line; gives the answer where it is one.
std::optional<Result<Json>> take_line(Json line, int id, WorkerProcess& worker, const TurnTerms& terms,
                                      const RunContext& run, std::optional<Progress>& last) {
  if (worker.take_hello(line) && terms.on_cage) terms.on_cage(*worker.cage());
  WorkerAnswer answer = read_answer(std::move(line), id);
  if (answer.error) {
    Error error = judged(std::move(*answer.error), terms.input, terms.limits.output_bytes);
    return fail(believed(std::move(error), run.stop.stop_requested(), places_of(terms.outputs, worker)));
  }
  if (answer.result) return Result<Json>(std::move(*answer.result));
  if (answer.progress) {
    run.report(answer.progress->stage, answer.progress->done);
    last = std::move(answer.progress);
  }
  return std::nullopt;
}

Turn listen(WorkerProcess& worker, int id, const TurnTerms& terms, const RunContext& run) {
  JobWatch watch(worker.child().pid(), terms.limits);
  SteadyTime heard_at = std::chrono::steady_clock::now(), looked_at = heard_at, woke_at = heard_at;
  Turn turn;
  while (true) {
    auto line = worker.channel().receive(run.stop, kTick);
    const SteadyTime now = std::chrono::steady_clock::now();
    if (const auto gap = now - std::exchange(woke_at, now); gap > kNobodyLooked) {
      heard_at += gap;
      watch.leave_out(gap);
    }
    if (line && !*line) return turn;  // it ended by itself
    if (line) {
      heard_at = now;
      turn.answer = take_line(std::move(**line), id, worker, terms, run, turn.last);
      if (turn.answer) return turn;
    } else if (line.error().code == ErrorCode::kCancelled) {
      turn.answer = fail(std::move(line).error());
      turn.is_midway = true;
      return turn;
    } else if (line.error().code != ErrorCode::kTimeout) {
      turn.ended_for = death_of_nonsense(line.error().message);
      return turn;
    } else if (now - heard_at > terms.stall_time) {
      turn.ended_for = death_of_stall(terms.stall_time);
    }
    if (now - looked_at >= kTick) {
      looked_at = now;
      if (const auto breach = watch.check(worker.scratch().use())) turn.ended_for = death_of_breach(*breach);
    }
    if (turn.ended_for) return turn;
  }
}

/// What came of a job that could not be put to the worker.
Turn not_sent(Error error, const std::string& input) {
  Turn turn;
  if (error.native == EAGAIN) {
    turn.ended_for = death_of_deafness();
    return turn;
  }
  error.file = input;
  error.message = "cannot hand a job to its worker: " + error.message;
  error.fix = "run again; --jobs 1 takes fewer open files and less memory";
  turn.answer = fail(std::move(error));
  turn.is_midway = true;
  return turn;
}

}  // namespace

Turn take_turn(WorkerProcess& worker, const Json& line, const std::vector<int>& files, const TurnTerms& terms,
               const RunContext& run) {
  Status sent = worker.channel().send(line, files);
  // A worker that died between two jobs is found out by the missing answer, as any crash is.
  const bool is_gone = !sent && (sent.error().native == EPIPE || sent.error().native == ECONNRESET);
  if (!sent && !is_gone) return not_sent(std::move(sent).error(), terms.input);
  return listen(worker, line.at("id").get<int>(), terms, run);
}

std::optional<WorkerDeath> reason_of_silence(const Error& error, std::chrono::milliseconds stall_time) {
  if (error.code == ErrorCode::kWorkerFailed) return std::nullopt;
  return error.code == ErrorCode::kTimeout ? death_of_stall(stall_time) : death_of_nonsense(error.message);
}

WorkerDeath lose(std::unique_ptr<WorkerProcess> worker, const std::vector<std::string>& outputs,
                 std::optional<WorkerDeath> why) {
  const bool had_begun = worker->cage().has_value();
  if (why) worker->child().kill();
  const ProcessEnd end = worker->end();
  if (why) return had_begun ? std::move(*why) : before_hello(std::move(*why));
  WorkerDeath death =
      had_begun ? death_of_end(end, places_of(outputs, *worker)) : death_before_hello(end, worker->complaint());
  death.error.signal = end.signal;
  return death;
}

}  // namespace tokprep
