#pragma once

#include <string>

#include "pipeline/event.h"

namespace tokprep::cli {

/// What a probe found, as a block of lines for people: container, streams, what is odd, what breaks a rule, and what
/// prepare would do about it.
std::string probe_text(const Probed& probed);

}  // namespace tokprep::cli
