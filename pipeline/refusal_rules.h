#pragma once

#include <span>
#include <string_view>

namespace tokprep {

/// The limits that a refusal of the service's may be about: "137" (a code) or "frame_rate_check_failed" (a word of
/// TikTok's), as ids of rules. Empty where it is about none.
std::span<const std::string_view> rules_behind(std::string_view refusal);

}  // namespace tokprep
