#include "pipeline/rules/rules.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/text.h"
#include "base/units.h"
#include "pipeline/cli/commands/commands.h"
#include "pipeline/cli/terminal_text.h"

namespace tokprep::cli {
namespace {

std::string value_text(const Rule& rule) {
  const auto* words = std::get_if<std::vector<std::string>>(&rule.value);
  if (words != nullptr) return fmt::format("{}", fmt::join(*words, ", "));
  const std::string number = format_number(std::get<double>(rule.value));
  return rule.unit.empty() ? number : number + " " + rule.unit;
}

/// One line of the table, and under it what is disputed.
std::string row_text(const Rule& rule) {
  std::string text = fmt::format("{:<28} {:<33} {:<7} {} ({})", rule.id, value_text(rule), name_of(rule.severity),
                                 shown(rule.source), rule.read_on);
  if (!rule.disputed_by.empty()) text += fmt::format("\n{:<28} disputed: {}", "", shown(rule.disputed_by));
  return text;
}

std::string whole_text(const Rule& rule) {
  std::string text = fmt::format("{}: {}\n  value     {}\n  severity  {}\n  source    {}\n", rule.id, rule.title,
                                 value_text(rule), name_of(rule.severity), shown(rule.source));
  if (!rule.url.empty()) text += fmt::format("            {}\n", shown(rule.url));
  text += fmt::format("  read on   {}", rule.read_on);
  if (!rule.disputed_by.empty()) text += fmt::format("\n  disputed  {}", shown(rule.disputed_by));
  return text;
}

Json line_of(const Rule& rule) {
  Json line = rule;
  line["type"] = "rule";
  return line;
}

Error unknown_rule(const std::string& id, const Rules& rules) {
  std::vector<std::string_view> ids;
  for (const Rule& rule : rules.all()) ids.emplace_back(rule.id);
  const auto near = nearest(id, ids);
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.message = fmt::format("no rule is called '{}'{}", id, near ? fmt::format("; did you mean '{}'?", *near) : "");
  error.fix = "tokprep rules shows them all";
  return error;
}

}  // namespace

int run_rules(const RulesCommand& command, Session& session) {
  if (!command.id) {
    for (const Rule& rule : session.rules.all()) session.out.data(line_of(rule), row_text(rule));
    return session.end(0);
  }
  const Rule* rule = session.rules.find(*command.id);
  if (rule == nullptr) return session.give_up(unknown_rule(*command.id, session.rules));
  session.out.data(line_of(*rule), whole_text(*rule));
  return session.end(0);
}

}  // namespace tokprep::cli
