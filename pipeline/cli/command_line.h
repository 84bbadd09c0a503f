#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "pipeline/cli/command.h"

namespace tokprep::cli {

/// Understands a command line; `arguments` begins after the program's name. Pure: opens and prints nothing.
///
/// Error: kInvalidArgument. Its message is one sentence, its `fix` where to read on ("see tokprep post --help").
Result<Command> parse(std::span<const std::string> arguments);

}  // namespace tokprep::cli
