#include "pipeline/cli/commands/session.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

#include "base/span.h"
#include "pipeline/ledger.h"
#include "pipeline/scratch_folder.h"

namespace tokprep::cli {
namespace {

/// Passes events on, with the exit code that the process will really have.
class RunSink final : public EventSink {
 public:
  RunSink(Output& out, const StopOnSignal& signals, bool with_life)
      : out_(out), signals_(signals), with_life_(with_life) {}

  void on(const Event& event) override {
    const bool is_life = std::holds_alternative<ItemStarted>(event) || std::holds_alternative<ItemProgress>(event);
    if (is_life && !with_life_) return;
    if (const auto* summary = std::get_if<Summary>(&event)) {
      Summary whole = *summary;
      whole.exit_code = signals_.exit_code(whole.exit_code);
      out_.on(whole);
      return;
    }
    out_.on(event);
  }

 private:
  Output& out_;
  const StopOnSignal& signals_;
  bool with_life_;
};

int count(const std::vector<ItemOutcome>& outcomes, ItemState state) {
  return static_cast<int>(std::ranges::count(outcomes, state, &ItemOutcome::state));
}

}  // namespace

RunContext Session::context() const {
  RunContext run;
  run.stop = signals.token();
  run.observer = observer;
  return run;
}

WorkerOptions Session::worker_options() const {
  WorkerOptions workers;
  workers.still_limits = still_limits(rules);
  workers.observer = observer;
  workers.cage = settings.worker.cage.value_or(CageMode::kPrefer);
  workers.memory_bytes = settings.worker.memory_bytes;
  workers.output_bytes = settings.worker.output_bytes;
  workers.job_time = settings.worker.time;
  workers.job_cpu_time = settings.worker.cpu_time;
  if (!options.dry_run) workers.deaths_folder = state_folder() / "deaths";
  workers.forced = options.force;
  workers.on_cage = [&talk = out, said = std::make_shared<std::once_flag>()](const CageReport& cage) {
    if (cage.mode == CageMode::kOff || cage.is_whole()) return;
    std::call_once(*said, [&] {
      talk.warn("the cage of the decoders is not whole on this system: " + cage.missing() +
                " (tokprep doctor; --cage require would refuse to run)");
    });
  };
  return workers;
}

int Session::give_up(const Error& error) const {
  out.failure(error);
  return end(exit_code(error.code));
}

int Session::end(int code) const {
  Summary summary;
  summary.exit_code = signals.exit_code(code);
  out.on(summary);
  return summary.exit_code;
}

int Session::finish(const std::vector<ItemOutcome>& outcomes) const {
  Summary summary{static_cast<int>(outcomes.size()), count(outcomes, ItemState::kDone),
                  count(outcomes, ItemState::kFailed), count(outcomes, ItemState::kSkipped),
                  signals.exit_code(exit_code_of(outcomes))};
  out.on(summary);
  return summary.exit_code;
}

ItemHandler Session::observed(ItemHandler handler) const {
  return [handler = std::move(handler), to = observer](const Item& item, WorkerLease& lease, const RunContext& run) {
    RunContext whole = run;
    whole.observer = to;
    whole.item = item.name;
    const Span span(whole, "item", [&] { return Json{{"item", item.name}, {"files", item.sources.size()}}; });
    return handler(item, lease, whole);
  };
}

BatchOptions Session::batch_options(int ahead) const {
  BatchOptions batch;
  batch.jobs = settings.jobs;
  batch.ahead = ahead;
  batch.workers = worker_options();
  return batch;
}

int Session::run(const std::vector<Item>& items, const ItemHandler& handler, RunShape shape) const {
  RunSink sink(out, signals, shape.with_life || !options.json);
  if (!options.dry_run) ScratchFolder::sweep();
  out.expect(items);
  const Summary summary = run_batch(items, batch_options(shape.ahead), observed(handler), sink, signals.token());
  return signals.exit_code(summary.exit_code);
}

ItemOutcome failed(EventSink& out, const Item& item, Error error, Json photos) {
  if (error.file.empty()) error.file = item.name;
  const ErrorCode code = error.code;
  out.on(ItemFailed{item.name, std::move(error), Json::array(), std::move(photos)});
  return {ItemState::kFailed, code};
}

}  // namespace tokprep::cli
