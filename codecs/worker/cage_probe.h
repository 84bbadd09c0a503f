#pragma once

#include "base/result.h"
#include "base/run_context.h"
#include "codecs/cage.h"

namespace tokprep {

/// Tries from inside what a hijacked decoder would: the network, other programs and processes, other files, memory
/// and time without end. Harmless where it succeeds. Errors: none.
Result<EscapeResult> try_to_escape(const EscapeJob& job, const RunContext& run);

}  // namespace tokprep
