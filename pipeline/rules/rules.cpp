#include "pipeline/rules/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>

#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"
#include "base/units.h"
#include "pipeline/rules/judge.h"
#include "pipeline/rules/shapes.h"

namespace tokprep {
namespace {

bool is_whole_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

/// A word that replaces `example` must be of its kind: a ratio for a ratio, a box for a box, a number for a number.
bool same_kind(std::string_view word, std::string_view example) {
  if (parse_ratio(example)) return parse_ratio(word).has_value();
  if (parse_box(example)) return parse_box(word).has_value();
  if (is_whole_number(example)) return is_whole_number(word);
  return !word.empty();
}

std::string value_text(const Rule& rule) {
  if (const auto* words = std::get_if<std::vector<std::string>>(&rule.value)) {
    return fmt::format("{}", fmt::join(*words, ", "));
  }
  return format_number(std::get<double>(rule.value));
}

Status replace_number(Rule& rule, const Json& value) {
  if (!value.is_number() || !std::isfinite(value.get<double>()) || value.get<double>() < 0) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("rule {}: the value must be a number that is not negative, "
                                                         "not {}",
                                                         rule.id, to_line(value)));
  }
  rule.value = value.get<double>();
  return {};
}

Status replace_words(Rule& rule, const Json& value) {
  const auto& example = std::get<std::vector<std::string>>(rule.value).front();
  const bool fits = value.is_array() && !value.empty() && std::ranges::all_of(value, [&](const Json& word) {
                      return word.is_string() && same_kind(word.get_ref<const std::string&>(), example);
                    });
  if (!fits) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("rule {}: the value must be a list like [\"{}\"], not {}",
                                                         rule.id, example, to_line(value)));
  }
  rule.value = value.get<std::vector<std::string>>();
  return {};
}

Status replace(Rule& rule, const Json& value) {
  const std::string before = fmt::format("built in: {} ({})", value_text(rule), rule.source);
  TOKPREP_TRY(std::holds_alternative<double>(rule.value) ? replace_number(rule, value) : replace_words(rule, value));
  rule.source = "set by the user";
  rule.url.clear();
  rule.disputed_by = before;
  return {};
}

tl::unexpected<Error> unknown_rule(const std::string& id, const std::vector<Rule>& rules) {
  std::vector<std::string_view> ids;
  for (const Rule& rule : rules) ids.emplace_back(rule.id);
  const auto near = nearest(id, ids);
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("no rule is called '{}'{}", id, near ? fmt::format("; did you mean '{}'?", *near) : ""));
}

}  // namespace

Rules::Rules(std::vector<Rule> rules) : rules_(std::move(rules)), digest_(sha256_of(to_line(Json(rules_)))) {}

const Rule* Rules::find(std::string_view id) const {
  const auto rule = std::ranges::find(rules_, id, &Rule::id);
  return rule == rules_.end() ? nullptr : &*rule;
}

double Rules::number(std::string_view id) const {
  const Rule* rule = find(id);
  assert(rule != nullptr && std::holds_alternative<double>(rule->value));
  return std::get<double>(rule->value);
}

const std::vector<std::string>& Rules::words(std::string_view id) const {
  const Rule* rule = find(id);
  assert(rule != nullptr && std::holds_alternative<std::vector<std::string>>(rule->value));
  return std::get<std::vector<std::string>>(rule->value);
}

Result<Rules> Rules::with_overrides(const nlohmann::json& overrides) const {
  if (!overrides.is_object()) return fail(ErrorCode::kInvalidArgument, "rules: a JSON object of rule ids is needed");
  std::vector<Rule> changed = rules_;
  for (const auto& [id, value] : overrides.items()) {
    const auto rule = std::ranges::find(changed, id, &Rule::id);
    if (rule == changed.end()) return unknown_rule(id, rules_);
    TOKPREP_TRY(replace(*rule, value));
  }
  return Rules(std::move(changed));
}

StillLimits still_limits(const Rules& rules) {
  const auto whole = [&](std::string_view id) { return static_cast<std::int64_t>(rules.number(id)); };
  return {whole("image.pixels_max"), whole("image.frames_max"), whole("image.memory_max")};
}

std::string rules_version(const Rules& rules) {
  std::string newest;
  for (const Rule& rule : rules.all()) newest = std::max(newest, rule.read_on);  // ISO dates sort as text
  return newest;
}

void to_json(nlohmann::json& json, const Rule& rule) {
  json = {
      {"id", rule.id},         {"title", rule.title}, {"unit", rule.unit},       {"severity", name_of(rule.severity)},
      {"source", rule.source}, {"url", rule.url},     {"read_on", rule.read_on}, {"disputed_by", rule.disputed_by}};
  if (const auto* number = std::get_if<double>(&rule.value)) json["value"] = scalar_to_json(scalar_of(*number));
  else json["value"] = std::get<std::vector<std::string>>(rule.value);
}

void to_json(nlohmann::json& json, const Finding& finding) {
  json = {{"rule", finding.rule},
          {"severity", name_of(finding.severity)},
          {"measured", scalar_to_json(finding.measured)},
          {"limit", scalar_to_json(finding.limit)},
          {"message", finding.message},
          {"fixable", finding.fixable},
          {"fix", finding.fix},
          {"fixed", finding.fixed}};
  if (!finding.unit.empty()) json["unit"] = finding.unit;
}

bool complies(const std::vector<Finding>& findings) {
  return std::ranges::none_of(findings, [](const Finding& finding) { return finding.severity == Severity::kMust; });
}

}  // namespace tokprep
