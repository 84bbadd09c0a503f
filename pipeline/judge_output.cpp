#include "pipeline/judge_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace tokprep {
namespace {

// How far the output's length may be from the planned one: audio ends on whole packets, pictures on whole frames.
constexpr std::int64_t kLengthToleranceUs = 150'000;

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

Status require_planned_length(const MediaInfo& info, const Plan& plan) {
  const std::int64_t lasts_us = info.duration_us.value_or(0);
  if (plan.output_duration_us <= 0 || std::abs(lasts_us - plan.output_duration_us) <= kLengthToleranceUs) return {};
  return failed(fmt::format("it lasts {} ms instead of {} ms", lasts_us / 1000, plan.output_duration_us / 1000));
}

Status require_whole(const VerifyResult& result, const MediaInfo& info, bool decoded) {
  const auto frames = info.chosen_video_stream()->timing.frames.value_or(0);
  if (result.video_packets < frames) {
    return failed(fmt::format("only {} of {} frames can be read", result.video_packets, frames));
  }
  if (info.chosen_audio_stream() != nullptr && result.audio_packets == 0) return failed("its sound cannot be read");
  if (!decoded) return {};
  if (result.decode_errors > 0) return failed(fmt::format("{} frames do not decode cleanly", result.decode_errors));
  if (result.video_frames < frames)
    return failed(fmt::format("only {} of {} frames decode", result.video_frames, frames));
  return {};
}

}  // namespace

Result<MediaInfo> judge_video(const std::filesystem::path& file, const Plan& plan, const Rules& rules,
                              const ConvertOptions& options, Workers& workers, const RunContext& run) {
  TOKPREP_ASSIGN(MediaInfo info, workers.probe(file, run));
  if (info.chosen_video_stream() == nullptr) return failed("it has no video");
  TOKPREP_TRY(require_compliance(info, AssetRole::kMedia, rules, options));
  TOKPREP_TRY(require_planned_length(info, plan));
  if (options.verify == VerifyDepth::kOff) return info;
  const bool encoded = plan.video.action == StreamAction::kEncode || plan.audio.action == StreamAction::kEncode;
  const bool decode = options.verify == VerifyDepth::kFull || encoded;
  TOKPREP_ASSIGN(const VerifyResult result, workers.verify({file.string(), decode}, run));
  TOKPREP_TRY(require_whole(result, info, decode));
  return info;
}

Result<MediaInfo> judge_image(const std::filesystem::path& file, AssetRole role, const Rules& rules,
                              const ConvertOptions& options, Workers& workers, const RunContext& run) {
  TOKPREP_ASSIGN(MediaInfo info, workers.probe(file, run));
  TOKPREP_TRY(require_compliance(info, role, rules, options));
  return info;
}

}  // namespace tokprep
