#pragma once

#include <vector>

#include "pipeline/cli/options_table.h"

namespace tokprep::cli {

/// Options of `watch` alone.
std::vector<OptionSpec> watch_options();

/// What a run leaves behind about itself: --log, --trace.
std::vector<OptionSpec> record_options();

}  // namespace tokprep::cli
