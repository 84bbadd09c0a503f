#pragma once

#include <optional>
#include <string>

#include "pipeline/cli/command.h"

namespace tokprep::cli {

/// The help of one verb, or the main one; begins with examples.
std::string help_text(std::optional<Verb> verb);

/// "tokprep 0.1.0\n"
std::string version_text();

}  // namespace tokprep::cli
