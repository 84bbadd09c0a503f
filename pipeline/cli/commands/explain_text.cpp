#include "pipeline/cli/commands/explain_text.h"

#include <fmt/format.h>

#include "base/units.h"
#include "pipeline/cli/terminal_text.h"
#include "pipeline/rules/judge.h"

namespace tokprep::cli {
namespace {

/// Who can help, in words.
std::string_view in_words(RefusalClass kind) {
  switch (kind) {
    case RefusalClass::kFixInput:
      return "the post has to change";
    case RefusalClass::kFixAccount:
      return "the account has to change";
    case RefusalClass::kWait:
      return "it works later";
    case RefusalClass::kRetry:
      return "it may work at once";
    case RefusalClass::kUnknown:
      break;
  }
  return "it has to be looked up";
}

std::string line(std::string_view name, std::string_view text) {
  return text.empty() ? "" : fmt::format("\n  {:<9} {}", name, shown(text));
}

std::string with_unit(const Scalar& value, const std::string& unit) {
  if (const auto* count = std::get_if<std::int64_t>(&value); count != nullptr && unit == "bytes") {
    return format_size(static_cast<std::uint64_t>(*count));
  }
  return unit.empty() ? to_text(value) : to_text(value) + " " + unit;
}

Scalar limit_of(const Rule& rule) {
  if (const auto* number = std::get_if<double>(&rule.value)) return scalar_of(*number);
  return joined_words(std::get<std::vector<std::string>>(rule.value));
}

std::string reading_lines(const RuleReading& reading) {
  const Rule& rule = reading.rule;
  std::string text =
      line("rule", fmt::format("{}: {} Limit {}.", rule.id, rule.title, with_unit(limit_of(rule), rule.unit)));
  // Our own rules stand nowhere else.
  text +=
      line("", rule.url.empty() ? rule.source : fmt::format("{}, {} (read {})", rule.source, rule.url, rule.read_on));
  if (!rule.disputed_by.empty()) text += line("", "disputed: " + rule.disputed_by);
  if (!reading.broken) return text;
  const std::string of_file = reading.file.empty() ? "" : " in " + reading.file;
  return text + line("measured", fmt::format("{}{}: {}", with_unit(reading.measured, rule.unit), of_file,
                                             *reading.broken ? "outside the limit" : "within the limit"));
}

std::string kind_of(const Explanation& explanation) {
  if (explanation.what == "rule") return "a limit of the platform";
  const std::string_view whose = explanation.what == "code"          ? "a code of Ayrshare's"
                                 : explanation.what == "http_status" ? "a status of HTTP"
                                                                     : "a reason of TikTok's";
  return fmt::format("{}; {} ({}, exit code {})", whose, in_words(explanation.kind), name_of(explanation.kind),
                     exit_code(explanation.error));
}

std::string body_of(const Explanation& explanation) {
  std::string text = line("means", explanation.meaning);
  for (const RuleReading& reading : explanation.readings) text += reading_lines(reading);
  text += line("do", explanation.fix);
  if (explanation.what == "rule" || explanation.source_url.empty()) return text;
  return text + line("source", fmt::format("{} (read {})", explanation.source_url, explanation.read_on));
}

std::string events_text(const std::vector<LedgerEvent>& events) {
  std::string text;
  for (const LedgerEvent& event : events) {
    const std::string why = event.why.empty() ? "" : ": " + event.why;
    text += line(text.empty() ? "history" : "", fmt::format("{} {}{}", event.at, name_of(event.to), why));
  }
  return text;
}

}  // namespace

std::string explanation_text(const Explanation& explanation) {
  return fmt::format("{}: {}{}", shown(explanation.subject), kind_of(explanation), body_of(explanation));
}

std::string explanation_text(const PostExplanation& explanation) {
  const LedgerPost& post = explanation.story.post;
  const std::string id = post.post_id.empty() ? "" : fmt::format(", id {}", shown(post.post_id));
  std::string text = fmt::format("{}: {}{}", shown(post.item), name_of(post.state), id);
  text += line("means", explanation.meaning);
  text += line("said", explanation.said);
  for (const Explanation& refusal : explanation.refusals) text += "\n  " + refusal.subject + body_of(refusal);
  if (explanation.refusals.empty()) text += line("do", explanation.fix);
  if (!explanation.certificate.empty()) {
    text += line("facts", fmt::format("{} ({})", explanation.certificate, explanation.measured_on));
  }
  return text + events_text(explanation.story.events);
}

}  // namespace tokprep::cli
