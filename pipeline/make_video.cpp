#include "pipeline/make_video.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <system_error>
#include <utility>

#include "base/input_files.h"
#include "base/units.h"
#include "pipeline/bit_rate.h"
#include "pipeline/core_budget.h"
#include "pipeline/damage.h"
#include "pipeline/judge_output.h"

namespace tokprep {
namespace {

constexpr int kMostAttempts = 4;
constexpr double kFinerByCrf = 4;  // about half as much distortion
constexpr double kFinestCrf = 4;
constexpr double kMostDecodableBps = 50e6;  // every H.264 decoder that takes 1080p60 takes this much

bool encodes_picture(const Plan& plan) { return plan.video.action == StreamAction::kEncode; }

TranscodeJob transcode_job(const VideoTask& task, const PendingFile& output, const ConvertOptions& options) {
  const Plan& plan = *task.examined.plan;
  TranscodeJob job;
  job.input = task.source.string();
  job.output = output.path().string();
  job.video = plan.video;
  job.audio = plan.audio;
  job.keep_metadata = options.keep_metadata;
  job.start_us = plan.start_us + task.part.start_us;
  job.seek = task.part.start_us > 0;
  job.end_us = plan.parts.empty() ? plan.end_us : std::optional(task.part.end_us - task.part.start_us);
  job.hold_to_us = plan.hold_to_us;
  job.loop_to_us = plan.loop_to_us;
  job.source_duration_us = task.examined.info.duration_us.value_or(0);
  job.expected_duration_us = task.part.end_us - task.part.start_us;
  job.compare = encodes_picture(plan) && options.verify != VerifyDepth::kOff;
  if (task.cover != nullptr && encodes_picture(plan)) {
    job.cover = *task.cover;
    job.cover->at_us -= task.part.start_us;
  }
  return job;
}

double seconds_of(const TranscodeJob& job) { return static_cast<double>(job.expected_duration_us) / 1e6; }

/// On one core. By the time that decoding and encoding took a pixel on phone videos; a finer preset costs more, which
/// is known well enough for sharing out cores.
CpuTime predicted_cost(const TranscodeJob& job, const MediaInfo& source) {
  constexpr double kDecodeSecondsPerPixel = 5e-9;
  constexpr double kEncodeSecondsPerPixel = 14e-9;
  const VideoStreamInfo* picture = source.chosen_video_stream();
  if (picture == nullptr || job.video.action != StreamAction::kEncode) return CpuTime(0);
  const double frames = seconds_of(job) * job.video.frame_rate.value();
  const auto pixels = [](int width_px, int height_px) { return static_cast<double>(width_px) * height_px; };
  return CpuTime(frames * (pixels(picture->width_px, picture->height_px) * kDecodeSecondsPerPixel +
                           pixels(job.video.canvas.width_px, job.video.canvas.height_px) * kEncodeSecondsPerPixel));
}

std::int64_t sound_bps_of(const TranscodeJob& job) {
  return job.audio.action == StreamAction::kNone ? 0 : job.audio.bit_rate_bps;
}

/// What the next attempt does differently; nothing where this one will do.
class Attempts {
 public:
  Attempts(const VideoTask& task, const PrepareTools& tools) : task_(task), tools_(tools) {}

  /// True where `job` was changed and is to be run again.
  Result<bool> improve(const TranscodeResult& result, TranscodeJob& job) {
    if (!encodes_picture(*task_.examined.plan)) return false;
    const auto most_bytes = static_cast<std::uint64_t>(tools_.rules.number("media.size_max"));
    if (result.size_bytes > most_bytes) return fit_size(result, most_bytes, job);
    const auto& least = tools_.request.options.min_ssim;
    if (least && result.likeness && result.likeness->ssim_min < *least)
      return make_finer(*result.likeness, *least, job);
    return false;
  }

  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

 private:
  Result<bool> fit_size(const TranscodeResult& result, std::uint64_t most_bytes, TranscodeJob& job) {
    if (attempts_++ == kMostAttempts) {
      return fail(unreachable(
          "media.size_max", static_cast<std::int64_t>(result.size_bytes), static_cast<std::int64_t>(most_bytes),
          "bytes", fmt::format("the video still has {} after several attempts", format_size(result.size_bytes)),
          "--max-size with a smaller picture, or --too-long split"));
    }
    job.video.target_bit_rate_bps =
        target_video_bit_rate_bps(seconds_of(job), sound_bps_of(job), static_cast<double>(most_bytes), attempts_ - 1);
    notes_.push_back(
        fmt::format("encoded again in two passes: {} were above the limit", format_size(result.size_bytes)));
    return true;
  }

  Result<bool> make_finer(const Likeness& likeness, double least, TranscodeJob& job) {
    const bool bound_by_size = job.video.target_bit_rate_bps.has_value();
    if (attempts_++ == kMostAttempts || bound_by_size || job.video.crf <= kFinestCrf) {
      return fail(unreachable("", likeness.ssim_min, least, "SSIM",
                              fmt::format("the frame at {} ms has an SSIM of {:.4f}, and {:.4f} were asked for",
                                          likeness.ssim_min_at_us / 1000, likeness.ssim_min, least),
                              "--quality best, or a lower --min-ssim"));
    }
    job.video.crf = std::max(kFinestCrf, job.video.crf - kFinerByCrf);
    job.video.max_bit_rate_bps = bit_rate_cap_bps(job, kMostDecodableBps);
    notes_.push_back(
        fmt::format("encoded again at CRF {}: a frame had an SSIM of {:.4f}", job.video.crf, likeness.ssim_min));
    return true;
  }

  [[nodiscard]] std::int64_t bit_rate_cap_bps(const TranscodeJob& job, double most_bps) const {
    return max_video_bit_rate_bps(seconds_of(job), sound_bps_of(job), tools_.rules.number("media.size_max"), most_bps);
  }

  [[nodiscard]] Error unreachable(std::string rule, Scalar measured, Scalar limit, std::string unit,
                                  std::string message, std::string fix) const {
    Error error;
    error.code = ErrorCode::kNotCompliant;
    error.file = task_.source.string();
    error.rule = std::move(rule);
    error.measured = std::move(measured);
    error.limit = std::move(limit);
    error.unit = std::move(unit);
    error.message = std::move(message);
    error.fix = std::move(fix);
    return error;
  }

  const VideoTask& task_;
  const PrepareTools& tools_;
  int attempts_ = 0;
  std::vector<std::string> notes_;
};

Result<TranscodeResult> transcode_until_right(const VideoTask& task, const PendingFile& media, MadeVideo& made,
                                              const PrepareTools& tools) {
  TranscodeJob job = transcode_job(task, media, tools.request.options);
  if (tools.run.threads_for) {
    const int threads = tools.run.threads_for(predicted_cost(job, task.examined.info));
    if (encodes_picture(*task.examined.plan)) job.threads = threads;
  }
  Attempts attempts(task, tools);
  while (true) {
    TOKPREP_ASSIGN(TranscodeResult result, tools.workers.transcode(job, tools.run));
    TOKPREP_TRY(require_little_damage(result, task.examined, tools.request.options.max_loss, task.source));
    TOKPREP_ASSIGN(const bool again, attempts.improve(result, job));
    if (again) continue;
    made.notes = attempts.notes();
    made.notes.insert(made.notes.end(), result.notes.begin(), result.notes.end());
    for (std::string& note : result_notes(result, task.examined)) made.notes.push_back(std::move(note));
    return result;
  }
}

Intent intent_of(const VideoTask& task) {
  const Plan& plan = *task.examined.plan;
  Intent intent;
  intent.source = task.source;
  intent.video = plan.video.action;
  intent.audio = plan.audio.action;
  intent.duration_us = task.part.end_us - task.part.start_us;
  intent.ends_inside = plan.end_us || !plan.parts.empty();
  const AudioStreamInfo* sound = task.examined.info.chosen_audio_stream();
  intent.is_length_a_guess = sound != nullptr && sound->codec.starts_with("wma");
  return intent;
}

/// Whether the source decodes as badly as what was made of it suggests. Where transcoding met no fault, both streams
/// are decoded to the end: those that were copied have not been looked at yet.
bool is_damaged(const TranscodeResult& result, const VideoTask& task, const PrepareTools& tools) {
  if (result.decode_errors > 0 || lost_us(result, task.examined) > 0) return true;
  const VerifyJob job{task.source.string(), true, true};
  const Result<VerifyResult> decoded = tools.workers.verify(job, tools.run);
  if (!decoded) return decoded.error().code == ErrorCode::kCorruptInput;
  return decoded->video_decode_errors > 0 || decoded->audio_decode_errors > 0;
}

/// A file that came out wrong is our mistake, except where its source was damaged: then there was no better one to
/// make.
Error blamed(Error error, const TranscodeResult& result, const VideoTask& task, const PrepareTools& tools) {
  const std::string source = task.source.string();
  if (error.file.empty()) error.file = source;
  if (error.code != ErrorCode::kInternal || !is_damaged(result, task, tools)) return error;
  error.code = ErrorCode::kCorruptInput;
  error.message = fmt::format("{} is damaged, and what is left of it makes no sound video: {}", source, error.message);
  error.fix = "export the clip again from where it came from";
  return error;
}

}  // namespace

Status keep_video(const std::filesystem::path& source, PendingFile& media, bool link, const RunContext& run) {
  TOKPREP_TRY(link ? media.link_to(source, run) : media.copy_from(source, run));
  TOKPREP_ASSIGN(const FileDescriptor opened, open_input(source, run));
  std::error_code error;
  const auto source_bytes = std::filesystem::file_size(fmt::format("/proc/self/fd/{}", opened.get()), error);
  const auto copied_bytes = error ? 0 : std::filesystem::file_size(media.path(), error);
  if (!error && copied_bytes == source_bytes) return {};
  return fail(ErrorCode::kIo, fmt::format("{} changed while it was copied", source.string()));
}

Result<MadeVideo> make_video(const VideoTask& task, PendingFile& media, const PrepareTools& tools) {
  MadeVideo made;
  Intent intent = intent_of(task);
  TOKPREP_ASSIGN(const TranscodeResult result, transcode_until_right(task, media, made, tools));
  made.likeness = result.likeness;
  made.sound = result.sound;
  made.cover = result.cover;
  intent.verified = result.verified;
  Result<MediaInfo> judged =
      judge_video(media.path(), intent, tools.rules, tools.request.options, tools.workers, tools.run);
  if (!judged) return fail(blamed(std::move(judged).error(), result, task, tools));
  made.info = std::move(*judged);
  return made;
}

}  // namespace tokprep
