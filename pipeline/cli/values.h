#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/enum_names.h"
#include "base/result.h"
#include "base/text.h"
#include "codecs/jobs.h"
#include "pipeline/options.h"

namespace tokprep::cli {

/// Values as people write them on the command line, in tokprep.toml and in the environment: one reading for all.
/// Every error is kInvalidArgument with a sentence about the value; whoever calls adds what it was for.

/// "true" or "false".
Result<bool> parse_bool(std::string_view text);

/// A whole number within [least, most].
Result<int> parse_whole(std::string_view text, int least, int most);

/// How many items at the same time: a whole number from 1 to 1024, or "auto", which is 0: one a core.
Result<int> parse_jobs(std::string_view text);

/// "#rgb", "#rrggbb", or one of the names that `colour_names` lists.
Result<Rgb> parse_colour(std::string_view text);

std::vector<std::string_view> colour_names();

/// "1080x1920".
Result<Size> parse_size(std::string_view text);

/// A loudness in LUFS, negative: "-14".
Result<double> parse_lufs(std::string_view text);

/// A share of likeness above 0 and at most 1: "0.98".
Result<double> parse_share(std::string_view text);

/// "0.5" (seconds), "2%", or both with a comma between: "0.5,2%". What is not said is 0.
Result<MaxLoss> parse_max_loss(std::string_view text);

/// A time as whole milliseconds: "1500", "1500ms", "1.5s".
Result<std::int64_t> parse_ms(std::string_view text);

/// One of the names of an enumeration; the error names the nearest, or all.
template <NamedEnum E>
Result<E> parse_name(std::string_view text) {
  if (const auto value = enum_from<E>(text)) return *value;
  const auto names = names_of<E>();
  const auto near = nearest(text, names);
  return fail(ErrorCode::kInvalidArgument,
              near ? fmt::format("'{}' is not known; did you mean '{}'?", text, *near)
                   : fmt::format("'{}' is not known; it is one of {}", text, fmt::join(names, ", ")));
}

/// "auto|pad|crop": the spellings of an enumeration, for help.
template <NamedEnum E>
std::string names_with_bars() {
  return fmt::format("{}", fmt::join(names_of<E>(), "|"));
}

}  // namespace tokprep::cli
