#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>

namespace tokprep::faults {

/// Which seeds are played, and against what. Filled from the command line.
struct Seeds {
  std::uint64_t count = 0, first = 1, parallel = 2;
  bool verbose = false;  ///< one that was asked for by its number is told step by step
  std::filesystem::path program = TOKPREP_PROGRAM;
};

/// The whole of a text as a number.
std::optional<std::uint64_t> number_in(std::string_view text);

/// Takes --count, --first, --seed, --parallel and --program. False for another name, and a value that does not fit.
bool take_option(Seeds& seeds, std::string_view name, std::string_view value);

/// Calls `play_one` for each seed, some at a time.
void play_all(const Seeds& seeds, const std::function<void(std::uint64_t seed)>& play_one);

}  // namespace tokprep::faults
