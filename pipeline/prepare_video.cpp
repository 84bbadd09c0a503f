#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <utility>

#include "base/digest.h"
#include "pipeline/core_budget.h"
#include "pipeline/cover.h"
#include "pipeline/cover_choice.h"
#include "pipeline/judge_output.h"
#include "pipeline/make_video.h"
#include "pipeline/prepare_parts.h"
#include "pipeline/rules/shapes.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

/// "" for a video that stays one, ".part2" for the second of several.
std::string part_suffix(const Plan& plan, std::size_t index) {
  return plan.parts.empty() ? "" : fmt::format(".part{}", index + 1);
}

/// The digest of a finished file, and its way to disk, beside whatever comes next.
std::shared_future<Result<std::string>> digest_aside(const PendingFile& file, const RunContext& run) {
  file.flush_ahead();
  return std::async(std::launch::async, [path = file.path(), run] { return sha256_of_file(path, run); }).share();
}

/// The file of a cover, and which frame it is to show, as far as that had to be settled before.
struct CoverDraft {
  PendingFile file;
  std::optional<CoverChoice> choice;
};

/// The frame at the plan's offset, unless the encoder's decoder has made it already.
Result<PendingOutput> finish_cover(CoverDraft cover, const ThumbnailJob& job, std::optional<ThumbnailResult> made,
                                   Draft& draft, const PrepareTools& tools) {
  if (!made) {
    tools.run.report("thumbnail", 0);
    TOKPREP_ASSIGN(made, tools.workers.thumbnail(job, tools.run));
  }
  if (!cover.choice && made->look) cover.choice = CoverChoice{0, *made->look, 0};
  if (cover.choice) draft.covers.push_back(*cover.choice);
  TOKPREP_TRY(
      judge_image(cover.file.path(), AssetRole::kCover, tools.rules, tools.request.options, tools.workers, tools.run));
  return PendingOutput{std::move(cover.file), "cover", "image/jpeg", {}};
}

ThumbnailJob cover_job(const fs::path& source, const Examined& examined, const TimePart& part, const CoverDraft& cover,
                       const PrepareTools& tools) {
  const Plan& plan = *examined.plan;
  const std::int64_t at_us = cover.choice ? cover.choice->at_us : 0;
  ThumbnailJob job = thumbnail_job(source.string(), examined.info, tools.rules, part.start_us + at_us);
  job.output = cover.file.path().string();
  job.start_us = plan.start_us;  // as the outputs count
  job.background = tools.request.options.background;
  job.alpha = plan.video.alpha;
  return job;
}

/// True where a cover of the frame's own shape would have a side below the least: panoramas beyond 5:1. Theirs is
/// taken from the finished video, on its bars.
bool is_too_narrow(const ThumbnailJob& job, const Rules& rules) {
  const auto least = parse_box(rules.words("cover.box_min").front());
  return least && (job.picture.width_px < least->width_px || job.picture.height_px < least->height_px);
}

ThumbnailJob cover_of_output(const ThumbnailJob& wanted, const PendingFile& media, const MediaInfo& info,
                             const TimePart& part, const Rules& rules) {
  ThumbnailJob job = thumbnail_job(media.path().string(), info, rules, wanted.at_us - part.start_us);
  job.output = wanted.output;
  return job;
}

/// The files of one output before anything is in them.
struct Targets {
  PendingFile media;
  std::optional<CoverDraft> frame;  ///< the cover; empty where the item has its own
};

Result<Targets> targets_of(const Examined& examined, const TimePart& part, std::size_t index,
                           const PrepareTools& tools) {
  const std::string suffix = part_suffix(*examined.plan, index);
  TOKPREP_ASSIGN(const fs::path media_target, tools.target(suffix + ".mp4"));
  TOKPREP_ASSIGN(PendingFile media, PendingFile::create(media_target));
  Targets targets{std::move(media), std::nullopt};
  if (tools.request.item.cover) return targets;
  TOKPREP_ASSIGN(const fs::path cover_target, tools.target(suffix + ".cover.jpg"));
  TOKPREP_ASSIGN(PendingFile cover, PendingFile::create(cover_target));
  TOKPREP_ASSIGN(auto choice, choose_cover(tools.request.item.sources.front(), examined, part, index == 0, tools));
  targets.frame = CoverDraft{std::move(cover), std::move(choice)};
  return targets;
}

/// One output of a video with its cover.
Status draft_part(const Examined& examined, std::size_t index, AssetRecord& record, Draft& draft,
                  const PrepareTools& tools) {
  const fs::path& source = tools.request.item.sources.front();
  const Plan& plan = *examined.plan;
  const TimePart part = plan.parts.empty() ? TimePart{0, plan.output_duration_us} : plan.parts[index];
  TOKPREP_ASSIGN(Targets targets, targets_of(examined, part, index, tools));
  std::optional<CoverDraft>& frame = targets.frame;
  ThumbnailJob frame_job;
  if (frame) frame_job = cover_job(source, examined, part, *frame, tools);
  const bool from_output = frame && is_too_narrow(frame_job, tools.rules);
  const VideoTask task{source, examined, part, frame && !from_output ? &frame_job : nullptr};
  TOKPREP_ASSIGN(MadeVideo made, make_video(task, targets.media, tools));
  auto digest = digest_aside(targets.media, tools.run);
  record.notes.insert(record.notes.end(), made.notes.begin(), made.notes.end());
  if (made.likeness) record.likeness.push_back(*made.likeness);
  if (made.sound) record.sound.push_back(*made.sound);
  draft.duration_us = draft.duration_us.value_or(0) + made.info.duration_us.value_or(0);
  if (from_output) frame_job = cover_of_output(frame_job, targets.media, made.info, part, tools.rules);
  record.after.push_back(std::move(made.info));
  draft.outputs.push_back({std::move(targets.media), "media", plan.mime, std::move(digest)});
  if (!frame) return {};
  TOKPREP_ASSIGN(PendingOutput cover, finish_cover(std::move(*frame), frame_job, made.cover, draft, tools));
  draft.outputs.push_back(std::move(cover));
  return {};
}

std::shared_future<Result<std::string>> digest_of(const std::shared_future<Result<SourceMark>>& mark) {
  return std::async(std::launch::deferred,
                    [mark]() -> Result<std::string> {
                      const Result<SourceMark>& source = mark.get();
                      if (!source) return fail(source.error());
                      return source->sha256;
                    })
      .share();
}

/// A source that is kept: copied while the worker takes the cover's frame from it. What is true of the one is true of
/// the other, digest included; `full` reads the copy all the same.
Status draft_kept(const Examined& examined, const std::shared_future<Result<SourceMark>>& mark, AssetRecord& record,
                  Draft& draft, const PrepareTools& tools) {
  const fs::path& source = tools.request.item.sources.front();
  const ConvertOptions& options = tools.request.options;
  const TimePart whole{0, examined.plan->output_duration_us};
  if (tools.run.threads_for) (void)tools.run.threads_for(CpuTime(0));  // the cores are for others
  TOKPREP_ASSIGN(Targets targets, targets_of(examined, whole, 0, tools));
  auto copying = std::async(std::launch::async, [&] {
    Status kept = keep_video(source, targets.media, options.link, tools.run);
    targets.media.flush_ahead();
    return kept;
  });
  std::optional<PendingOutput> cover;
  if (targets.frame) {
    const ThumbnailJob job = cover_job(source, examined, whole, *targets.frame, tools);
    TOKPREP_ASSIGN(cover, finish_cover(std::move(*targets.frame), job, std::nullopt, draft, tools));
  }
  const bool full = options.verify == VerifyDepth::kFull;
  Intent intent;
  intent.source = source;
  intent.audio = examined.plan->audio.action;
  if (options.verify == VerifyDepth::kAuto) {
    TOKPREP_TRY(judge_video(source, intent, tools.rules, options, tools.workers, tools.run));
  }
  TOKPREP_TRY(copying.get());
  if (full) TOKPREP_TRY(judge_video(targets.media.path(), intent, tools.rules, options, tools.workers, tools.run));
  record.after.push_back(examined.info);
  auto digest = full ? digest_aside(targets.media, tools.run) : digest_of(mark);
  draft.duration_us = examined.info.duration_us;
  draft.outputs.push_back({std::move(targets.media), "media", examined.plan->mime, std::move(digest)});
  if (cover) draft.outputs.push_back(std::move(*cover));
  return {};
}

/// All outputs of a plan.
Status draft_outputs(const Examined& examined, const std::shared_future<Result<SourceMark>>& mark, AssetRecord& record,
                     Draft& draft, const PrepareTools& tools) {
  if (examined.plan->container == ContainerAction::kKeep) return draft_kept(examined, mark, record, draft, tools);
  const std::size_t count = std::max<std::size_t>(1, examined.plan->parts.size());
  for (std::size_t i = 0; i < count; ++i) TOKPREP_TRY(draft_part(examined, i, record, draft, tools));
  return {};
}

/// True where only the size of a copied cut is wrong: encoded it will fit.
bool copied_cut_is_too_large(const Status& drafted, const Plan& plan) {
  const bool copied_cut = plan.video.action == StreamAction::kCopy && (plan.end_us || !plan.parts.empty());
  return !drafted && copied_cut && drafted.error().rule == "media.size_max";
}

}  // namespace

Result<Draft> draft_video(const Examined& examined, const PrepareTools& tools) {
  const fs::path& source = tools.request.item.sources.front();
  // The digest is one core's work; the worker is another's.
  const std::shared_future<Result<SourceMark>> mark =
      std::async(std::launch::async, [&] { return mark_source(source, tools.run); }).share();
  tools.workers.warm(WorkerKind::kImage);  // judges the cover
  Draft draft;
  AssetRecord record;
  Examined current{examined.info, examined.findings, examined.plan};
  Status drafted = draft_outputs(current, mark, record, draft, tools);
  if (copied_cut_is_too_large(drafted, *current.plan)) {
    draft = {};
    record = {};
    current.plan = plan(current.info, current.findings, tools.rules, tools.request.options, {.cuts_do_not_fit = true});
    drafted = current.plan ? draft_outputs(current, mark, record, draft, tools) : Status(fail(current.plan.error()));
  }
  TOKPREP_ASSIGN(record.source, mark.get());
  TOKPREP_TRY(std::move(drafted));
  record.before = current.info;
  tell_covers(draft.covers, tools.rules, *current.plan, current.findings);
  record.findings = std::move(current.findings);
  record.plan = std::move(*current.plan);
  draft.assets.push_back(std::move(record));
  if (tools.request.item.cover) {
    TOKPREP_ASSIGN(auto own, draft_cover(tools));
    draft.assets.push_back(std::move(own.first));
    draft.outputs.push_back(std::move(own.second));
  }
  return draft;
}

}  // namespace tokprep
