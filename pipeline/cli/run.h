#pragma once

#include <span>
#include <string>

namespace tokprep::cli {

/// The whole program but for its entry: parses, runs, prints; returns the exit code. Once per process.
int run_program(std::span<const std::string> arguments);

}  // namespace tokprep::cli
