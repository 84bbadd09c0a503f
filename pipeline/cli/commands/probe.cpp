#include <utility>

#include "pipeline/cli/commands/commands.h"
#include "pipeline/cli/inputs.h"
#include "pipeline/cli/turnstile.h"
#include "pipeline/prepare.h"

namespace tokprep::cli {
namespace {

/// The contract's line: kind, facts, findings, plan, verdict; why there is no plan, where there is none.
Json line_of(const Examined& examined) {
  Json line = {{"kind", examined.info.kind},
               {"facts", without_nulls(examined.info)},
               {"findings", examined.findings},
               {"plan", nullptr},
               {"verdict", verdict(examined.plan)}};
  if (examined.plan) {
    line["plan"] = *examined.plan;
    line["summary"] = summary(*examined.plan);
  } else {
    line["error"] = examined.plan.error();
  }
  return line;
}

Result<Probed> probe(const Item& item, const std::vector<std::filesystem::path>& roots, Session& session,
                     Workers& workers, const RunContext& run) {
  if (item.error) return fail(*item.error);
  TOKPREP_ASSIGN(const ItemSettings settled, settle(item, item_kind(item) == "video", true, roots, session.settings));
  const InputFiles inputs = inputs_of(item);
  RunContext bounded = run;
  bounded.inputs = &inputs;
  auto examined = examine(item.sources.front(), settled.convert, session.rules, workers, bounded);
  if (!examined) return fail(inputs.blame(std::move(examined).error()));
  return Probed{item.name, line_of(*examined)};
}

}  // namespace

int run_probe(const ProbeCommand& command, Session& session) {
  const std::vector<Item> items = plain_files(command.files, session.out, session.signals.token());
  const auto roots = settings_roots({command.files, false, {}, {}});
  Turnstile turnstile(items.size());
  const auto handle = [&](const Item& item, WorkerLease& lease, const RunContext& run) -> ItemOutcome {
    Turnstile::Turn turn(turnstile, static_cast<std::size_t>(&item - items.data()));
    auto probed = probe(item, roots, session, lease.workers(), run);
    turn.wait();
    if (!probed) return failed(session.out, item, std::move(probed).error());
    session.out.on(*probed);
    return {};
  };
  return session.run(items, handle, {.with_life = false});
}

}  // namespace tokprep::cli
