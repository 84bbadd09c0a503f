#include "pipeline/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "pipeline/refusal_rules.h"
#include "pipeline/rules/judge.h"
#include "pipeline/rules/measure.h"

namespace tokprep {
namespace {

constexpr std::string_view kCodesPage = "https://www.ayrshare.com/docs/errors/errors-ayrshare";

Scalar limit_of(const Rule& rule) {
  if (const auto* number = std::get_if<double>(&rule.value)) return scalar_of(*number);
  return joined_words(std::get<std::vector<std::string>>(rule.value));
}

/// One file beside one limit; nothing measured where the rule is not about such a file.
RuleReading reading_of(const Rule& rule, const SentFile& file, const Rules& rules) {
  RuleReading reading{rule, measured_for(rule.id, file.facts, rules), file.path, std::nullopt};
  if (reading.measured.index() == 0) return reading;
  const auto findings = check(file.facts, rules);
  reading.broken = std::ranges::find(findings, rule.id, &Finding::rule) != findings.end();
  return reading;
}

RuleReading caption_reading(const Rule& rule, const std::string& caption) {
  const auto length = static_cast<std::int64_t>(utf16_length(caption));
  return {rule, length, "", static_cast<double>(length) > std::get<double>(rule.value)};
}

/// The file that tells most about the limit: one that breaks it, else the first that can be measured.
RuleReading read(const Rule& rule, const Rules& rules, const ItemEvidence& evidence) {
  if (rule.id == "post.caption_max" && evidence.caption) return caption_reading(rule, *evidence.caption);
  std::optional<RuleReading> first;
  for (const SentFile& file : evidence.files) {
    RuleReading reading = reading_of(rule, file, rules);
    if (reading.broken.value_or(false)) return reading;
    if (!first && reading.broken) first = std::move(reading);
  }
  return first ? *first : RuleReading{rule, {}, "", std::nullopt};
}

/// What is broken first; where something was measured, only that.
std::vector<RuleReading> read_all(std::string_view refusal, const Rules& rules, const ItemEvidence& evidence) {
  std::vector<RuleReading> readings;
  for (const std::string_view id : rules_behind(refusal)) {
    if (const Rule* rule = rules.find(id)) readings.push_back(read(*rule, rules, evidence));
  }
  const auto was_measured = [](const RuleReading& reading) { return reading.broken.has_value(); };
  if (std::ranges::any_of(readings, was_measured)) std::erase_if(readings, std::not_fn(was_measured));
  const auto is_broken = [](const RuleReading& reading) { return reading.broken.value_or(false); };
  std::stable_partition(readings.begin(), readings.end(), is_broken);
  return readings;
}

Explanation of_refusal(std::string subject, std::string what, const Refusal& refusal) {
  Explanation explanation;
  explanation.subject = std::move(subject);
  explanation.what = std::move(what);
  explanation.kind = refusal.kind;
  explanation.error = refusal.error;
  explanation.meaning = refusal.meaning;
  explanation.fix = refusal.fix;
  explanation.source_url = refusal.source.url;
  explanation.read_on = refusal.source.read_on;
  return explanation;
}

/// With what was measured of the item. Where that keeps to every limit in question, converting it again helps nothing.
Explanation with_readings(Explanation explanation, const Rules& rules, const ItemEvidence& evidence) {
  explanation.readings = read_all(explanation.subject, rules, evidence);
  const auto is_kept = [](const RuleReading& reading) { return reading.broken && !*reading.broken; };
  const bool all_kept = !explanation.readings.empty() && std::ranges::all_of(explanation.readings, is_kept);
  if (all_kept && explanation.kind == RefusalClass::kFixInput) {
    explanation.fix =
        "post it again, as the service may have erred: tokprep post; if it refuses once more, ask Ayrshare's support";
  }
  return explanation;
}

Explanation of_unknown_code(int code) {
  Explanation explanation;
  explanation.subject = std::to_string(code);
  explanation.what = "code";
  explanation.known = false;
  explanation.meaning = fmt::format("Nobody has written down what code {} means.", code);
  explanation.fix =
      fmt::format("read the service's own words beside it; look it up at {}, or ask Ayrshare's support", kCodesPage);
  return explanation;
}

/// The numbers in "(code 137) …; (code 132) …", in their order.
std::vector<int> codes_in(std::string_view said) {
  constexpr std::string_view kOpening = "(code ";
  std::vector<int> codes;
  for (std::size_t at = said.find(kOpening); at != std::string_view::npos; at = said.find(kOpening, at + 1)) {
    const std::string_view digits = said.substr(at + kOpening.size());
    int code = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code);
    const bool is_one = error == std::errc{} && end != digits.data() + digits.size() && *end == ')';
    if (is_one && std::ranges::find(codes, code) == codes.end()) codes.push_back(code);
  }
  return codes;
}

/// What helps most of several: one whose limit is broken, else one that is understood.
const Explanation& most_telling(const std::vector<Explanation>& all) {
  const auto has_broken = [](const Explanation& one) {
    return !one.readings.empty() && one.readings.front().broken.value_or(false);
  };
  auto found = std::ranges::find_if(all, has_broken);
  if (found == all.end())
    found = std::ranges::find_if(all, [](const Explanation& one) { return !one.readings.empty(); });
  if (found == all.end()) found = std::ranges::find(all, true, &Explanation::known);
  return found != all.end() ? *found : all.front();
}

void add_sentence(std::string& message, std::string_view sentence) {
  if (message.find(sentence) != std::string::npos) return;
  const bool ended = message.ends_with('.') || message.ends_with('!') || message.ends_with('?');
  message += fmt::format("{}{}", message.empty() ? "" : ended ? " " : ". ", sentence);
}

void add_reading(Error& error, const RuleReading& reading) {
  error.rule = reading.rule.id;
  error.measured = reading.measured;
  error.limit = limit_of(reading.rule);
  error.unit = reading.rule.unit;
  if (!reading.file.empty()) error.file = reading.file;
  if (reading.broken && !*reading.broken) {
    add_sentence(error.message, "By tokprep's own measure what was sent keeps to this limit.");
  }
}

}  // namespace

Explanation explain_code(int code, const Rules& rules, const ItemEvidence& evidence) {
  const ServiceCode* known = find_service_code(code);
  if (known == nullptr) return of_unknown_code(code);
  return with_readings(of_refusal(std::to_string(code), "code", known->refusal), rules, evidence);
}

std::optional<Explanation> explain_http_status(int status) {
  const HttpStatus* known = find_http_status(status);
  if (known == nullptr) return std::nullopt;
  return of_refusal(std::to_string(status), "http_status", known->refusal);
}

std::optional<Explanation> explain_reason(std::string_view name, const Rules& rules, const ItemEvidence& evidence) {
  const ServiceReason* known = find_service_reason(name);
  if (known == nullptr) return std::nullopt;
  return with_readings(of_refusal(std::string(name), "reason", known->refusal), rules, evidence);
}

std::optional<Explanation> explain_rule(std::string_view id, const Rules& rules, const ItemEvidence& evidence) {
  const Rule* rule = rules.find(id);
  if (rule == nullptr) return std::nullopt;
  Explanation explanation;
  explanation.subject = rule->id;
  explanation.what = "rule";
  explanation.kind = RefusalClass::kFixInput;
  explanation.error = ErrorCode::kNotCompliant;
  explanation.meaning = rule->title;
  explanation.fix = rule->id.starts_with("post.rate_") ? "post later: --over-cap schedule or --over-cap wait"
                    : rule->id == "upload.window"      ? "make the file smaller (--quality), or use a faster connection"
                    : rule->id.starts_with("upload.")  ? "make the file smaller: --quality"
                    : rule->id.starts_with("post.")    ? "change the post"
                                                       : "bring the file within it: tokprep prepare";
  explanation.source_url = rule->url;
  explanation.read_on = rule->read_on;
  explanation.readings.push_back(read(*rule, rules, evidence));
  return explanation;
}

std::vector<Explanation> explain_words(std::string_view said, const Rules& rules, const ItemEvidence& evidence) {
  std::vector<Explanation> all;
  for (const int code : codes_in(said)) all.push_back(explain_code(code, rules, evidence));
  if (const ServiceReason* reason = find_reason_in(said)) all.push_back(*explain_reason(reason->name, rules, evidence));
  return all;
}

Error explained(Error error, const Rules& rules, const ItemEvidence& evidence) {
  if (!error.rule.empty()) return error;
  const auto all = explain_words(error.message, rules, evidence);
  if (all.empty()) return error;
  const Explanation& best = most_telling(all);
  add_sentence(error.message, best.meaning);
  if (error.code == ErrorCode::kRejected && best.known) error.code = best.error;
  if (error.fix.empty()) error.fix = best.fix;
  if (!best.readings.empty()) add_reading(error, best.readings.front());
  return error;
}

void to_json(Json& json, const Explanation& explanation) {
  Json rules = Json::array();
  for (const RuleReading& reading : explanation.readings) {
    Json one = reading.rule;
    one["measured"] = scalar_to_json(reading.measured);
    if (!reading.file.empty()) one["file"] = reading.file;
    if (reading.broken) one["broken"] = *reading.broken;
    rules.push_back(std::move(one));
  }
  json = {{"subject", explanation.subject},
          {"what", explanation.what},
          {"known", explanation.known},
          {"class", explanation.kind},
          {"error", to_string(explanation.error)},
          {"exit_code", exit_code(explanation.error)},
          {"meaning", explanation.meaning},
          {"fix", explanation.fix},
          {"rules", std::move(rules)}};
  if (!explanation.source_url.empty()) json["source"] = explanation.source_url;
  if (!explanation.read_on.empty()) json["read_on"] = explanation.read_on;
}

}  // namespace tokprep
