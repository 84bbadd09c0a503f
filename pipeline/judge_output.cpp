#include "pipeline/judge_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "pipeline/damage.h"

namespace tokprep {
namespace {

// How far the output's length may be from the planned one: audio ends on whole packets, pictures on whole frames.
constexpr std::int64_t kLengthToleranceUs = 150'000;
// The last packet of Windows Media sound, which does not tell how long it is: 435 ms were seen.
constexpr std::int64_t kGuessToleranceUs = 600'000;
// A copied picture ends between two groups of frames.
constexpr std::int64_t kCutToleranceUs = 1'500'000;
// A frame at the lowest rate; the most that priming (4096 samples at 44.1 kHz) may take.
constexpr std::int64_t kStartToleranceUs = 45'000;
constexpr std::int64_t kPrimingUs = 95'000;

tl::unexpected<Error> failed(std::string what) {
  return fail(ErrorCode::kInternal,
              "the finished file did not pass its own check and was not kept: " + std::move(what));
}

Status require_compliance(const MediaInfo& info, AssetRole role, const Rules& rules, const ConvertOptions& options) {
  for (const Finding& finding : check(info, rules, role)) {
    if (finding.severity != Severity::kMust) continue;
    if (finding.rule == "metadata.private" && options.keep_metadata) continue;
    Error error = failed(finding.message).value();
    error.rule = finding.rule;
    error.measured = finding.measured;
    error.limit = finding.limit;
    error.unit = finding.unit;
    return fail(std::move(error));
  }
  return {};
}

Status require_planned_length(const MediaInfo& info, const Intent& intent) {
  const std::int64_t lasts_us = info.duration_us.value_or(0);
  const bool copied_to_a_cut = intent.ends_inside && intent.video == StreamAction::kCopy;
  const std::int64_t longer_us = intent.is_length_a_guess ? kGuessToleranceUs : kLengthToleranceUs;
  const std::int64_t shorter_us = copied_to_a_cut ? kCutToleranceUs : kLengthToleranceUs;
  const std::int64_t over_us = lasts_us - intent.duration_us;
  if (intent.duration_us <= 0 || (over_us <= longer_us && over_us >= -shorter_us)) return {};
  return failed(fmt::format("it lasts {} ms instead of {} ms", lasts_us / 1000, intent.duration_us / 1000));
}

/// Picture and sound begin together: sound may lead by its encoder's priming, which is not heard.
Status require_common_start(const VerifyResult& result) {
  if (!result.video_start_us || !result.audio_start_us) return {};
  const std::int64_t apart_us = *result.audio_start_us - *result.video_start_us;
  if (apart_us <= kStartToleranceUs && apart_us >= -kPrimingUs) return {};
  return failed(fmt::format("its sound begins {} ms after its picture", apart_us / 1000));
}

Status require_whole(const VerifyResult& result, const MediaInfo& info) {
  const auto frames = info.chosen_video_stream()->timing.frames.value_or(0);
  if (result.video_packets < frames) {
    return failed(fmt::format("only {} of {} frames can be read", result.video_packets, frames));
  }
  if (info.chosen_audio_stream() != nullptr && result.audio_packets == 0) return failed("its sound cannot be read");
  return {};
}

/// For packets of sound that were copied: they are no worse than they were.
tl::unexpected<Error> damaged_sound(std::int64_t packets, const std::filesystem::path& source) {
  Error error;
  error.code = ErrorCode::kCorruptInput;
  error.file = source.string();
  error.measured = packets;
  error.limit = std::int64_t{0};
  error.unit = "packets";
  error.message =
      fmt::format("{} is damaged: {} packets of its sound, which is kept as it is, do not decode", error.file, packets);
  error.fix = "export the clip again from where it came from, or have its sound encoded with --loudness -14";
  return fail(std::move(error));
}

/// Of a picture that was encoded.
Status require_clean_picture(const VerifyResult& result, const MediaInfo& info) {
  const auto frames = info.chosen_video_stream()->timing.frames.value_or(0);
  if (result.video_frames < frames)
    return failed(fmt::format("only {} of {} frames decode", result.video_frames, frames));
  if (result.video_decode_errors == 0) return {};
  return failed(fmt::format("{} frames do not decode cleanly", result.video_decode_errors));
}

Status require_clean_sound(const VerifyResult& result, const Intent& intent) {
  if (result.audio_decode_errors == 0) return {};
  if (intent.audio == StreamAction::kCopy) return damaged_sound(result.audio_decode_errors, intent.source);
  return failed(fmt::format("{} packets of its sound do not decode cleanly", result.audio_decode_errors));
}

}  // namespace

Result<MediaInfo> judge_video(const std::filesystem::path& file, const Intent& intent, const Rules& rules,
                              const ConvertOptions& options, Workers& workers, const RunContext& run) {
  TOKPREP_ASSIGN(MediaInfo info, workers.probe(file, run));
  if (info.chosen_video_stream() == nullptr) return failed("it has no video");
  TOKPREP_TRY(require_compliance(info, AssetRole::kMedia, rules, options));
  TOKPREP_TRY(require_planned_length(info, intent));
  if (options.verify == VerifyDepth::kOff) return info;
  const bool full = options.verify == VerifyDepth::kFull;
  const bool encoded = intent.video == StreamAction::kEncode || intent.audio == StreamAction::kEncode;
  // With its sound, which takes a while, a copied picture is looked at as well; one that is only remuxed is not.
  const VerifyJob job{file.string(), full || encoded, full || encoded};
  std::optional<VerifyResult> result = intent.verified;
  if (!result) {
    TOKPREP_ASSIGN(result, workers.verify(job, run));
  }
  TOKPREP_TRY(require_common_start(*result));
  TOKPREP_TRY(require_whole(*result, info));
  if (intent.video == StreamAction::kEncode) TOKPREP_TRY(require_clean_picture(*result, info));
  else if (job.decode_video) TOKPREP_TRY(require_little_damage(*result, info, options.max_loss, intent.source));
  TOKPREP_TRY(require_clean_sound(*result, intent));
  return info;
}

Result<MediaInfo> judge_image(const std::filesystem::path& file, AssetRole role, const Rules& rules,
                              const ConvertOptions& options, Workers& workers, const RunContext& run) {
  TOKPREP_ASSIGN(MediaInfo info, workers.probe(file, run));
  TOKPREP_TRY(require_compliance(info, role, rules, options));
  return info;
}

}  // namespace tokprep
