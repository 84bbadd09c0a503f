#include "tests/faults/kill_plan.h"

#include <fmt/format.h>

#include <array>

#include "tests/support/dice.h"

namespace tokprep::faults {
namespace {

constexpr int kHeldMs = 400;  // how long a request is held while a kill is on its way
constexpr int kShares = 1000;

/// Of the first run; the later ones, `earlier` points on, have ever less to do, and their points come sooner.
KillPoint draw_point(test::Dice& dice, const Extent& extent, std::uint64_t earlier) {
  const std::uint64_t part = earlier + 1;
  KillPoint point;
  // Workers, whose own deaths a run survives, are drawn half as often as the run.
  constexpr std::array kDrawn = {Victim::kSupervisor, Victim::kSupervisor, Victim::kSupervisor,
                                 Victim::kEverybody,  Victim::kOneWorker,  Victim::kAllWorkers};
  point.victim = kDrawn[dice.below(kDrawn.size())];
  point.which = dice.below(4);
  switch (dice.below(4)) {
    case 0:
    case 1:
      point.at_share = static_cast<double>(dice.between(0, kShares)) / kShares / static_cast<double>(part);
      break;
    case 2:
      point.at_line = 1 + dice.below(extent.lines / part);
      break;
    default:
      point.at_request = 1 + dice.below(extent.requests / part);
      if (!dice.once_in(3)) point.held_and_acted_on = dice.once_in(2);
  }
  return point;
}

std::string describe(const KillPoint& point) {
  std::string text = fmt::format("SIGKILL of {}", name_of(point.victim));
  if (point.victim == Victim::kOneWorker) text += fmt::format(" (number {})", point.which);
  if (point.at_share)
    return text + fmt::format(" after {:.1f} % of the time of an undisturbed run", *point.at_share * 100);
  if (point.at_line) return text + fmt::format(" after line {}", *point.at_line);
  text += fmt::format(" at request {}", *point.at_request);
  if (point.held_and_acted_on) text += *point.held_and_acted_on ? ", which was acted on" : ", which was not acted on";
  return text;
}

}  // namespace

std::string_view name_of(Victim victim) {
  constexpr std::array<std::string_view, kVictims> kNames = {"the supervisor", "one worker", "all workers",
                                                             "supervisor and workers"};
  return kNames[static_cast<std::size_t>(victim)];
}

KillPlan draw_kills(std::uint64_t seed, const std::vector<Extent>& extents) {
  test::Dice dice(seed);
  KillPlan plan{seed, dice.below(extents.size()), {}};
  const std::size_t points = 2 + dice.below(3);
  while (plan.points.size() < points) {
    plan.points.push_back(draw_point(dice, extents[plan.mix], plan.points.size()));
  }
  return plan;
}

Json faults_of(const KillPoint& point) {
  // Nothing at the service stops a double post: it would be seen.
  Json rules = {{{"match", {{"endpoint", "post"}}}, {"fault", {{"kind", "unguarded"}}}}};
  if (point.held_and_acted_on) {
    // Cut after all where it is not acted on: else it would be, once the wait is over and nobody is there.
    const bool acted_on = *point.held_and_acted_on;
    rules.push_back({{"match", {{"nth", *point.at_request}}},
                     {"fault", {{"kind", "stall"}, {"ms", kHeldMs}, {"commit", acted_on}, {"cut", !acted_on}}}});
  }
  return {{"rules", rules}};
}

std::string describe(const KillPlan& plan, const KillStock& stock) {
  const KillMix& mix = stock.mixes[plan.mix];
  std::string text = fmt::format("seed {}: {} (--jobs {})\n", plan.seed, mix.name, mix.jobs);
  for (std::size_t i = 0; i < plan.points.size(); ++i) {
    text += fmt::format("  run {}: {}\n", i + 1, describe(plan.points[i]));
  }
  return text;
}

}  // namespace tokprep::faults
