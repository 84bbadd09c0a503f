#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "base/run_context.h"
#include "pipeline/options.h"
#include "pipeline/plan.h"
#include "pipeline/rules/rules.h"
#include "pipeline/workers.h"

namespace tokprep {

/// Judges finished files before they get their names: by the rules that judged the source, by what was planned, and
/// by reading them from end to end. What fails is a bug of ours or of a library, so the error says what was broken.

/// A finished video. Follows every packet; decodes what was encoded (`verify` kAuto) or everything (kFull).
/// Errors: kInternal with the rule and the values; kWorkerFailed; kCancelled.
Result<MediaInfo> judge_video(const std::filesystem::path& file, const Plan& plan, const Rules& rules,
                              const ConvertOptions& options, Workers& workers, const RunContext& run);

/// A finished still, as media or as cover.
Result<MediaInfo> judge_image(const std::filesystem::path& file, AssetRole role, const Rules& rules,
                              const ConvertOptions& options, Workers& workers, const RunContext& run);

}  // namespace tokprep
