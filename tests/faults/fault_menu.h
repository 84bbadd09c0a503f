#pragma once

#include <vector>

#include "base/json.h"

namespace tokprep::faults {

/// What one request can meet, as the sandbox's fault scripts write it. A 429 that was acted on nevertheless is left
/// out: that service would be lying, and nobody could tell. So is silence longer than a client's patience: it costs a
/// minute, and ends like a cut.
std::vector<Json> all_faults();

/// Those that take the post and lose the answer, in every way there is.
std::vector<Json> lost_answers();

/// What the storage behind an upload URL does to a large file.
std::vector<Json> storage_faults();

}  // namespace tokprep::faults
