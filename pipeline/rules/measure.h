#pragma once

#include <string_view>

#include "pipeline/rules/rules.h"

namespace tokprep {

/// What `check` compares with this rule's limit, told also where the asset keeps to it: the duration for
/// "video.duration_max". Measured by `check` itself, so that both always speak of the same number. Nothing for a rule
/// that is not about such an asset, or whose value shows only where it is broken. Pure.
Scalar measured_for(std::string_view rule_id, const MediaInfo& info, const Rules& rules);

}  // namespace tokprep
