#include "pipeline/rules/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "base/units.h"

namespace tokprep {
namespace {

constexpr double kLargestWhole = 9e15;  // above, a double no longer counts by ones

std::string with_unit(double value, const std::string& unit) {
  if (unit == "bytes") {  // the exact count beside the readable one, as 1.00 GB may be more than 1.00 GB
    const auto count = static_cast<std::uint64_t>(value);
    return fmt::format("{} ({} bytes)", format_size(count), count);
  }
  if (unit == "bit/s") return format_number(value / 1e6) + " Mbit/s";
  return unit.empty() ? format_number(value) : format_number(value) + " " + unit;
}

Scalar limit_of(const Rule& rule) {
  if (const auto* number = std::get_if<double>(&rule.value)) return scalar_of(*number);
  return joined_words(std::get<std::vector<std::string>>(rule.value));
}

}  // namespace

Scalar scalar_of(double value) {
  if (std::trunc(value) == value && std::abs(value) < kLargestWhole) return static_cast<std::int64_t>(value);
  return value;
}

std::string joined_words(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, " or ")); }

void Judge::at_least(std::string_view id, std::optional<double> measured, std::string_view subject, const Cure& cure) {
  const double limit = rules_.number(id);
  const std::string& unit = rules_.find(id)->unit;
  if (!measured) {
    broken(id, {}, fmt::format("{} is unknown; at least {} is required", subject, with_unit(limit, unit)), cure);
  } else if (*measured < limit) {
    broken(
        id, scalar_of(*measured),
        fmt::format("{} is {}, less than the {} required", subject, with_unit(*measured, unit), with_unit(limit, unit)),
        cure);
  }
}

void Judge::at_most(std::string_view id, std::optional<double> measured, std::string_view subject, const Cure& cure) {
  const double limit = rules_.number(id);
  const std::string& unit = rules_.find(id)->unit;
  if (!measured) {
    broken(id, {}, fmt::format("{} is unknown; at most {} is allowed", subject, with_unit(limit, unit)), cure);
  } else if (*measured > limit) {
    broken(
        id, scalar_of(*measured),
        fmt::format("{} is {}, more than the {} allowed", subject, with_unit(*measured, unit), with_unit(limit, unit)),
        cure);
  }
}

bool Judge::permits(std::string_view id, const std::string& measured) const {
  const auto& words = rules_.words(id);
  return std::ranges::find(words, measured) != words.end();
}

void Judge::one_of(std::string_view id, const std::string& measured, std::string_view subject, const Cure& cure) {
  if (permits(id, measured)) return;
  const auto& words = rules_.words(id);
  if (measured.empty()) broken(id, {}, fmt::format("{} is unknown, not {}", subject, joined_words(words)), cure);
  else broken(id, measured, fmt::format("{} is {}, not {}", subject, measured, joined_words(words)), cure);
}

void Judge::broken(std::string_view id, Scalar measured, std::string message, const Cure& cure) {
  const Rule* rule = rules_.find(id);
  assert(rule != nullptr);
  findings_.push_back({rule->id, rule->severity, std::move(measured), limit_of(*rule), rule->unit, std::move(message),
                       cure.fixable, cure.text, false});
}

std::vector<Finding> Judge::take() {
  std::ranges::stable_sort(findings_, {}, [this](const Finding& finding) { return rules_.find(finding.rule); });
  return std::exchange(findings_, {});
}

}  // namespace tokprep
