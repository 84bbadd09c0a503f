#include "tests/faults/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

#include "tests/faults/fault_menu.h"
#include "tests/support/dice.h"

namespace tokprep::faults {
namespace {

constexpr std::size_t kTooLongUtf16Units = 2300;
// About as long as a run of three items takes, with room for the waits between attempts.
constexpr int kRunMs = 400;
constexpr int kHeldMs = 400;  // how long a request is held while a kill is on its way

const StockItem& named(const Stock& stock, std::string_view name) {
  return *std::ranges::find(stock.items, name, &StockItem::name);
}

std::string draw_caption(test::Dice& dice, std::uint64_t seed, std::size_t index) {
  if (dice.once_in(10)) return "";
  std::string caption = fmt::format("Schedule {}, item {}", seed, index + 1);
  if (dice.once_in(4)) caption += " – käse 🧀\nsecond line #tag";
  return caption;
}

std::vector<PlannedItem> draw_items(test::Dice& dice, std::uint64_t seed, const Stock& stock) {
  std::vector<StockItem> left;
  std::ranges::copy_if(stock.items, std::back_inserter(left),
                       [](const StockItem& item) { return !item.is_large && item.name != "twin.bmp"; });
  std::vector<PlannedItem> items;
  const std::size_t count = 1 + dice.below(3);
  while (items.size() < count) {
    const auto chosen = left.begin() + static_cast<std::ptrdiff_t>(dice.below(left.size()));
    items.push_back({std::move(*chosen), draw_caption(dice, seed, items.size())});
    left.erase(chosen);
  }
  if (dice.once_in(12)) items.push_back({named(stock, "long.mp4"), draw_caption(dice, seed, items.size())});
  if (dice.once_in(12)) {
    items.back().caption = std::string(kTooLongUtf16Units, 'x');
    items.back().never_complies = true;
  }
  // The same picture once more: under another caption, under nearly the same, or as the same post.
  const auto first = std::ranges::find(items, "photo1.bmp", [](const PlannedItem& item) { return item.stock.name; });
  if (first == items.end() || first->never_complies) return items;
  const std::array captions{draw_caption(dice, seed, items.size()), " " + first->caption, first->caption};
  items.push_back({named(stock, "twin.bmp"), captions[dice.below(captions.size())]});
  return items;
}

Json rule(const std::string& endpoint, Json fault) {
  return {{"match", {{"endpoint", endpoint}}}, {"fault", std::move(fault)}};
}

/// What holds from the first run to the last. Nothing at the service stops a double post: it would be seen.
std::vector<Json> draw_conditions(test::Dice& dice) {
  std::vector<Json> rules{rule("post", {{"kind", "unguarded"}})};
  if (dice.once_in(6)) {
    const int seconds = dice.between(-200, 200);
    rules.push_back({{"match", Json::object()}, {"fault", {{"kind", "clock_skew"}, {"seconds", seconds}}}});
  }
  return rules;
}

Blow draw_blow(test::Dice& dice, std::vector<Json>& rules) {
  if (!dice.once_in(2)) return {};
  Blow blow{dice.once_in(5) ? SIGTERM : SIGKILL, std::nullopt, std::nullopt};
  if (dice.once_in(3)) {
    blow.after_ms = dice.between(0, kRunMs);
    return blow;
  }
  blow.at_request = 1 + dice.below(14);
  if (dice.once_in(3)) return blow;
  // Held, so that the blow falls while it is under way: before it is acted on, or after.
  rules.push_back({{"match", {{"nth", *blow.at_request}}},
                   {"fault", {{"kind", "stall"}, {"ms", kHeldMs}, {"commit", dice.once_in(2)}}}});
  return blow;
}

Json draw_random_faults(test::Dice& dice, std::size_t run) {
  std::vector<Json> faults;
  for (Json& fault : all_faults()) {
    if (!dice.once_in(3)) faults.push_back(std::move(fault));
  }
  // A refusal for its number alone, without a time, lets a client wait for the next window of calls: seldom.
  if (faults.empty() || dice.once_in(12)) faults.push_back({{"kind", "rate_limit"}});
  if (dice.once_in(12)) faults.push_back({{"kind", "rate_limit"}, {"retry_after", 0}});
  const double rate = static_cast<double>(dice.between(5, 45)) / 100.0 / static_cast<double>(run + 1);
  return {{"seed", dice.below(1'000'000'000)}, {"rate", rate}, {"faults", faults}};
}

PlannedRun draw_run(test::Dice& dice, std::size_t index, std::size_t item_count, std::vector<Json> rules) {
  PlannedRun run;
  run.blow = draw_blow(dice, rules);
  if (dice.once_in(2)) {
    const auto faults = storage_faults();
    Json refused = rule("put", faults[dice.below(faults.size())]);
    refused["match"]["to"] = dice.between(1, 2);
    rules.push_back(std::move(refused));
  }
  if (dice.once_in(2)) {
    const auto answers = lost_answers();
    Json lost = rule("post", answers[dice.below(answers.size())]);
    lost["match"]["nth"] = 1 + dice.below(item_count);
    rules.push_back(std::move(lost));
  }
  if (dice.once_in(5)) rules.push_back(rule("history", {{"kind", "history_lag"}, {"calls", dice.between(1, 2)}}));
  if (dice.once_in(10)) run.companion_after_ms = dice.between(0, kRunMs / 2);
  run.faults = {{"rules", rules}, {"random", draw_random_faults(dice, index)}};
  return run;
}

/// What users ask for and TikTok does, beside what goes wrong.
void widen(test::Dice& dice, Schedule& schedule) {
  for (PlannedItem& item : schedule.items) {
    constexpr std::array kReasons = {"spam_risk", "file_format_check_failed", "internal"};
    if (dice.once_in(4)) item.fails_late = kReasons[dice.below(kReasons.size())];
  }
  if (dice.once_in(3)) schedule.arguments = {"--every", "6h"};
  else if (dice.once_in(3)) schedule.date_in = std::chrono::hours(dice.between(1, 72));
  if (dice.once_in(2)) {
    constexpr std::array kWays = {"stop", "schedule", "wait"};
    schedule.cap = Cap{dice.between(1, 2), kWays[dice.below(kWays.size())]};
  }
  // A place that is a day away is not waited for here.
  for (PlannedRun& run : schedule.runs) {
    const bool waits = schedule.cap && schedule.cap->over_cap == "wait";
    if (waits) run.companion_after_ms.reset();  // nobody would stop it
    if (waits && !run.blow.after_ms) run.blow = {SIGTERM, kRunMs, std::nullopt};
  }
  schedule.has_receiver = dice.once_in(2);
  if (!schedule.has_receiver) return;
  const Json hooks = {{"repeat", dice.between(1, 3)}, {"reorder", dice.between(1, 3)}};
  for (PlannedRun& run : schedule.runs) run.faults["webhooks"] = hooks;
  schedule.calm["webhooks"] = hooks;
}

std::string describe(const Blow& blow) {
  if (blow.signal == 0) return "left alone";
  const std::string_view what = blow.signal == SIGKILL ? "killed" : "asked to stop";
  if (blow.after_ms) return fmt::format("{} after {} ms", what, *blow.after_ms);
  return fmt::format("{} at request {}", what, *blow.at_request);
}

}  // namespace

Schedule draw_schedule(std::uint64_t seed, Trouble trouble, const Stock& stock) {
  test::Dice dice(seed);
  Schedule schedule;
  schedule.seed = seed;
  schedule.items = draw_items(dice, seed, stock);
  const auto conditions = draw_conditions(dice);
  schedule.calm = {{"rules", conditions}};
  if (trouble == Trouble::kCompanion) {
    schedule.runs.push_back({schedule.calm, {}, dice.between(0, kRunMs / 2)});
    return schedule;
  }
  const std::size_t runs = 1 + dice.below(4);
  for (std::size_t i = 0; i < runs; ++i) {
    schedule.runs.push_back(draw_run(dice, i, schedule.items.size(), conditions));
  }
  if (trouble == Trouble::kWide) widen(dice, schedule);
  return schedule;
}

std::string describe(const Schedule& schedule) {
  std::string text = fmt::format("schedule {}\n", schedule.seed);
  for (const PlannedItem& item : schedule.items) {
    const bool shown = item.caption.size() < 100;
    text += fmt::format("  item {}: {}{}\n", item.stock.name,
                        shown ? to_line(item.caption) : fmt::format("({} letters)", item.caption.size()),
                        item.fails_late.empty() ? "" : ", fails late: " + item.fails_late);
  }
  if (!schedule.arguments.empty()) text += fmt::format("  every post {}\n", fmt::join(schedule.arguments, " "));
  if (schedule.date_in) text += fmt::format("  every post in {} hours\n", schedule.date_in->count());
  if (schedule.cap) text += fmt::format("  {} a day, --over-cap {}\n", schedule.cap->per_day, schedule.cap->over_cap);
  if (schedule.has_receiver) text += "  with a receiver of webhooks\n";
  for (std::size_t i = 0; i < schedule.runs.size(); ++i) {
    const PlannedRun& run = schedule.runs[i];
    text += fmt::format("  run {}: {}", i + 1, describe(run.blow));
    if (run.companion_after_ms) text += fmt::format("; a second process after {} ms", *run.companion_after_ms);
    text += fmt::format("; faults {}\n", to_line(run.faults));
  }
  return text + fmt::format("  then: {}\n", to_line(schedule.calm));
}

}  // namespace tokprep::faults
