#include "base/error.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <type_traits>
#include <utility>

#include "base/units.h"

namespace tokprep {
namespace {

struct CodeRow {
  ErrorCode code;
  std::string_view name;
  bool transient;
  int exit_code;
};

// The one table behind names, retry advice and exit codes (README, "Exit codes").
constexpr std::array kCodes = {
    CodeRow{ErrorCode::kInvalidArgument, "invalid_argument", false, 2},
    CodeRow{ErrorCode::kInputUnreadable, "input_unreadable", false, 4},
    CodeRow{ErrorCode::kUnsupportedInput, "unsupported_input", false, 4},
    CodeRow{ErrorCode::kCorruptInput, "corrupt_input", false, 4},
    CodeRow{ErrorCode::kNotCompliant, "not_compliant", false, 4},
    CodeRow{ErrorCode::kWorkerFailed, "worker_failed", false, 4},
    CodeRow{ErrorCode::kWorkerEnded, "worker_ended", true, 6},
    CodeRow{ErrorCode::kOutputUnwritable, "output_unwritable", false, 2},
    CodeRow{ErrorCode::kIo, "io", true, 6},
    CodeRow{ErrorCode::kNoSpace, "no_space", true, 6},
    CodeRow{ErrorCode::kNetwork, "network", true, 6},
    CodeRow{ErrorCode::kTimeout, "timeout", true, 6},
    CodeRow{ErrorCode::kRateLimited, "rate_limited", true, 6},
    CodeRow{ErrorCode::kUnavailable, "unavailable", true, 6},
    CodeRow{ErrorCode::kAuth, "auth", false, 7},
    CodeRow{ErrorCode::kRejected, "rejected", false, 5},
    CodeRow{ErrorCode::kOutcomeUnknown, "outcome_unknown", false, 8},
    CodeRow{ErrorCode::kCancelled, "cancelled", false, 130},
    CodeRow{ErrorCode::kInternal, "internal", false, 1},
};

const CodeRow& row_of(ErrorCode code) {
  const auto* row = std::ranges::find(kCodes, code, &CodeRow::code);
  return row != kCodes.end() ? *row : kCodes.back();
}

}  // namespace

std::string_view to_string(ErrorCode code) { return row_of(code).name; }

ErrorCode error_code_from(std::string_view name) {
  const auto* row = std::ranges::find(kCodes, name, &CodeRow::name);
  return row != kCodes.end() ? row->code : ErrorCode::kInternal;
}

bool is_transient(ErrorCode code) { return row_of(code).transient; }

int exit_code(ErrorCode code) { return row_of(code).exit_code; }

std::string to_text(const Scalar& value) {
  if (const auto* count = std::get_if<std::int64_t>(&value)) return std::to_string(*count);
  if (const auto* number = std::get_if<double>(&value)) return format_number(*number);
  if (const auto* word = std::get_if<std::string>(&value)) return *word;
  return "unknown";
}

std::string describe(const Error& error) {
  std::string text;
  for (auto line = error.context.rbegin(); line != error.context.rend(); ++line) text += *line + ": ";
  return text + error.message;
}

Error with_context(Error error, std::string what) {
  error.context.push_back(std::move(what));
  return error;
}

nlohmann::json scalar_to_json(const Scalar& value) {
  return std::visit(
      [](const auto& held) -> nlohmann::json {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::monostate>) return nullptr;
        else return held;
      },
      value);
}

Scalar scalar_from_json(const nlohmann::json& json) {
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_number()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  return std::monostate{};
}

void to_json(nlohmann::json& json, const Error& error) {
  json = {{"code", to_string(error.code)}, {"message", error.message}, {"transient", is_transient(error.code)}};
  if (error.native != 0) json["native"] = error.native;
  if (!error.context.empty()) json["context"] = error.context;
  if (!error.file.empty()) json["file"] = error.file;
  if (!error.rule.empty()) json["rule"] = error.rule;
  if (error.measured.index() != 0) json["measured"] = scalar_to_json(error.measured);
  if (error.limit.index() != 0) json["limit"] = scalar_to_json(error.limit);
  if (!error.unit.empty()) json["unit"] = error.unit;
  if (!error.fix.empty()) json["fix"] = error.fix;
  if (error.signal != 0) json["signal"] = error.signal;
  if (!error.stage.empty()) {
    json["stage"] = error.stage;
    json["stage_done"] = error.stage_done;
  }
}

void from_json(const nlohmann::json& json, Error& error) {
  error.code = error_code_from(json.value("code", ""));
  error.message = json.value("message", "");
  error.native = json.value("native", 0);
  error.context = json.value("context", std::vector<std::string>{});
  error.file = json.value("file", "");
  error.rule = json.value("rule", "");
  error.measured = scalar_from_json(json.value("measured", nlohmann::json{}));
  error.limit = scalar_from_json(json.value("limit", nlohmann::json{}));
  error.unit = json.value("unit", "");
  error.fix = json.value("fix", "");
  error.signal = json.value("signal", 0);
  error.stage = json.value("stage", "");
  error.stage_done = json.value("stage_done", 0.0);
}

}  // namespace tokprep
