#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
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

/// What a finished video was meant to be.
struct Intent {
  std::filesystem::path source;  ///< blamed where what was copied of it proves damaged
  StreamAction video = StreamAction::kCopy;
  StreamAction audio = StreamAction::kNone;
  std::int64_t duration_us = 0;
  bool ends_inside = false;              ///< it was cut: a copied picture may end some frames earlier
  bool is_length_a_guess = false;        ///< the last packet of the source's sound does not tell how long it is
  std::optional<VerifyResult> verified;  ///< where whoever made it has read it through already
};

/// A finished video. Follows every packet; decodes what was encoded (`verify` kAuto) or everything (kFull).
/// Errors: kInternal with the rule and the values; kCorruptInput where a copied picture has lost more than
/// `options.max_loss`, or copied sound does not decode; kWorkerFailed; kCancelled.
Result<MediaInfo> judge_video(const std::filesystem::path& file, const Intent& intent, const Rules& rules,
                              const ConvertOptions& options, Workers& workers, const RunContext& run);

/// A finished still, as media or as cover.
Result<MediaInfo> judge_image(const std::filesystem::path& file, AssetRole role, const Rules& rules,
                              const ConvertOptions& options, Workers& workers, const RunContext& run);

}  // namespace tokprep
