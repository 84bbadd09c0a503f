#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "pipeline/cover.h"
#include "pipeline/judge_output.h"
#include "pipeline/prepare_parts.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

// Damage up to half a second or one fiftieth of the frames, whichever is more, is a glitch; more is not.
constexpr double kGlitchSeconds = 0.5;
constexpr std::int64_t kGlitchDivisor = 50;

TranscodeJob transcode_job(const fs::path& source, const PendingFile& output, const Plan& plan,
                           const ConvertOptions& options) {
  TranscodeJob job;
  job.input = source.string();
  job.output = output.path().string();
  job.video = plan.video;
  job.audio = plan.audio;
  job.keep_metadata = options.keep_metadata;
  job.start_us = plan.start_us;
  job.end_us = plan.end_us;
  job.hold_to_us = plan.hold_to_us;
  job.expected_duration_us = plan.output_duration_us;
  return job;
}

Status require_little_damage(const TranscodeResult& result, const Plan& plan, const fs::path& source) {
  const auto glitch = static_cast<std::int64_t>(kGlitchSeconds * plan.video.frame_rate.value());
  const std::int64_t limit = std::max(glitch, result.video_frames_in / kGlitchDivisor);
  if (result.decode_errors <= limit || result.video_frames_in == 0) return {};
  Error error;
  error.code = ErrorCode::kCorruptInput;
  error.file = source.string();
  error.measured = result.decode_errors;
  error.limit = limit;
  error.unit = "damaged frames";
  error.message = fmt::format("{} is damaged: {} of {} frames do not decode", source.string(), result.decode_errors,
                              result.video_frames_in);
  error.fix = "export the clip again from where it came from";
  return fail(std::move(error));
}

/// The output and, where frames are decoded anyway, the cover with it. True: the cover is made.
Result<bool> make_media(const fs::path& source, const Plan& plan, PendingFile& media, PendingFile* cover,
                        std::optional<ThumbnailJob> cover_job, AssetRecord& record, const PrepareTools& tools) {
  if (plan.container == ContainerAction::kKeep) {
    TOKPREP_TRY(media.copy_from(source, tools.run));
    return false;
  }
  TranscodeJob job = transcode_job(source, media, plan, tools.request.options);
  if (cover != nullptr && plan.video.action == StreamAction::kEncode) job.cover = std::move(cover_job);
  TOKPREP_ASSIGN(const TranscodeResult result, tools.workers.transcode(job, tools.run));
  TOKPREP_TRY(require_little_damage(result, plan, source));
  record.notes = result.notes;
  if (result.decode_errors > 0) {
    record.notes.push_back(fmt::format("{} damaged frames or packets were passed over", result.decode_errors));
  }
  return result.cover.has_value();
}

/// The frame at the plan's offset, unless the encoder's decoder has made it already.
Result<PendingOutput> finish_cover(PendingFile cover, ThumbnailJob job, bool made, const PrepareTools& tools) {
  if (!made) {
    tools.run.report("thumbnail", 0);
    TOKPREP_TRY(tools.workers.thumbnail(job, tools.run));
  }
  TOKPREP_TRY(
      judge_image(cover.path(), AssetRole::kCover, tools.rules, tools.request.options, tools.workers, tools.run));
  return PendingOutput{std::move(cover), "cover", "image/jpeg"};
}

}  // namespace

Result<Draft> draft_video(const Examined& examined, const PrepareTools& tools) {
  const fs::path& source = tools.request.item.sources.front();
  const Plan& plan = *examined.plan;
  Draft draft;
  AssetRecord record;
  TOKPREP_ASSIGN(record.source, mark_source(source, tools.run));
  record.before = examined.info;
  record.findings = examined.findings;
  record.plan = plan;

  TOKPREP_ASSIGN(const fs::path media_target, tools.target("." + plan.extension));
  TOKPREP_ASSIGN(PendingFile media, PendingFile::create(media_target));
  std::optional<PendingFile> frame;
  ThumbnailJob cover_job;
  if (!tools.request.item.cover) {
    TOKPREP_ASSIGN(const fs::path cover_target, tools.target(".cover.jpg"));
    TOKPREP_ASSIGN(frame, PendingFile::create(cover_target));
    cover_job = thumbnail_job(source.string(), examined.info, tools.rules, plan.cover_at_us.value_or(0));
    cover_job.output = frame->path().string();
    cover_job.start_us = plan.start_us;  // as the output will count
  }
  TOKPREP_ASSIGN(const bool cover_made,
                 make_media(source, plan, media, frame ? &*frame : nullptr, cover_job, record, tools));
  TOKPREP_ASSIGN(record.after,
                 judge_video(media.path(), plan, tools.rules, tools.request.options, tools.workers, tools.run));
  draft.duration_us = record.after.duration_us;
  draft.assets.push_back(std::move(record));
  draft.outputs.push_back({std::move(media), "media", plan.mime});
  if (frame) {
    TOKPREP_ASSIGN(PendingOutput cover, finish_cover(std::move(*frame), std::move(cover_job), cover_made, tools));
    draft.outputs.push_back(std::move(cover));
  } else {
    TOKPREP_ASSIGN(auto own, draft_cover(tools));
    draft.assets.push_back(std::move(own.first));
    draft.outputs.push_back(std::move(own.second));
  }
  return draft;
}

}  // namespace tokprep
