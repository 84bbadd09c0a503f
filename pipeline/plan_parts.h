#pragma once

#include <string>
#include <vector>

#include "pipeline/plan.h"

namespace tokprep {

/// The parts of `plan`, one kind of asset each.
Result<Plan> plan_video(const MediaInfo& info, const std::vector<Finding>& findings, const Rules& rules,
                        const ConvertOptions& options, const Experience& experience);
Result<Plan> plan_image(const MediaInfo& info, const std::vector<Finding>& findings, const Rules& rules,
                        const ConvertOptions& options);

/// Refuses what has no usable picture: kUnsupportedInput naming what the file does hold.
Status require_usable_video(const MediaInfo& info);

/// Refuses what is not a still with a known size: kUnsupportedInput.
Status require_picture(const MediaInfo& info);

/// Refuses sound that nothing here can decode: kUnsupportedInput.
Status require_usable_sound(const MediaInfo& info);

/// Refuses what no conversion helps, the length of videos excepted. The error carries the finding:
/// kCorruptInput for a file that is cut, kUnsupportedInput for HDR stills, else kNotCompliant.
Status require_fixable(const std::vector<Finding>& findings);

/// Ids of the rules that force work: every broken `must`, without private metadata that is to be kept.
std::vector<std::string> forcing_rules(const std::vector<Finding>& findings, const ConvertOptions& options);

bool contains(const std::vector<std::string>& reasons, std::string_view id);

/// What will change in form, as sentences for people.
std::vector<std::string> video_notes(const MediaInfo& info, const Plan& plan);

/// "aac", or "unknown codec" with its tag where the codec has no name.
std::string codec_text(const std::string& codec, const std::string& tag);

}  // namespace tokprep
