#pragma once

#include <string>
#include <vector>

#include "tests/faults/play.h"

namespace tokprep::faults {

/// What is wrong with the processes of a story, whatever the service received: exit codes, lines, the key.
std::vector<std::string> violations_of_runs(const Story& story);

}  // namespace tokprep::faults
