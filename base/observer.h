#pragma once

#include <array>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "base/enum_names.h"

namespace tokprep {

/// How much a note matters: kError ends an item, kWarn is odd or was overcome, kInfo is what an operator wants to read,
/// kDebug is for looking into something.
enum class LogLevel { kError, kWarn, kInfo, kDebug };

template <>
struct EnumNames<LogLevel> {
  static constexpr std::array kTable{
      std::pair{LogLevel::kError, std::string_view("error")}, std::pair{LogLevel::kWarn, std::string_view("warn")},
      std::pair{LogLevel::kInfo, std::string_view("info")}, std::pair{LogLevel::kDebug, std::string_view("debug")}};
};

/// Told how the work goes while it is done, beside its results: a log, a trace. Handed down in `RunContext` and, to
/// those that outlive one call, in their options; null where nobody listens. Nothing that is told to it may hold a
/// secret. Called from several threads at once; implementations see to it themselves, fail silently and never throw.
class Observer {
 public:
  virtual ~Observer() = default;

  /// One sentence. `item` is what it is about, empty for the run as a whole.
  virtual void note(LogLevel level, std::string_view item, std::string_view message) = 0;

  /// The calling thread begins a stage, and ends the one it began last. Both come in pairs, on one thread: see `Span`.
  virtual void begin_span(std::string_view name, const nlohmann::json& arguments) = 0;
  virtual void end_span() = 0;

  /// So many more (or fewer) of what `name` counts: "workers".
  virtual void count(std::string_view name, int change) = 0;
};

}  // namespace tokprep
