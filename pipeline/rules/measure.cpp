#include "pipeline/rules/measure.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace tokprep {
namespace {

// What is measured is above 0 and never comes near the other; no fact is called by the word.
constexpr double kBelowAll = 0;
constexpr double kAboveAll = 1e15;
constexpr const char* kNoWord = "-";

/// The rule with a limit that nothing can keep to.
void make_impossible(Rule& rule) {
  if (std::holds_alternative<double>(rule.value)) rule.value = rule.id.ends_with("_min") ? kAboveAll : kBelowAll;
  else rule.value = std::vector<std::string>{kNoWord};
}

Scalar found_by_check(std::string_view rule_id, const MediaInfo& info, const Rules& rules) {
  const auto findings = check(info, rules);
  const auto found = std::ranges::find(findings, rule_id, &Finding::rule);
  return found != findings.end() ? found->measured : Scalar();
}

}  // namespace

Scalar measured_for(std::string_view rule_id, const MediaInfo& info, const Rules& rules) {
  if (rules.find(rule_id) == nullptr) return {};
  if (Scalar measured = found_by_check(rule_id, info, rules); measured.index() != 0) return measured;
  std::vector<Rule> impossible = rules.all();
  make_impossible(*std::ranges::find(impossible, rule_id, &Rule::id));
  return found_by_check(rule_id, info, Rules(std::move(impossible)));
}

}  // namespace tokprep
