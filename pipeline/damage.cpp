#include "pipeline/damage.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/units.h"

namespace tokprep {
namespace {

constexpr std::int64_t kNoticeableFreezeUs = 500'000;

std::string in_seconds(std::int64_t time_us) { return format_number(static_cast<double>(time_us) / 1e6) + " s"; }

/// Frames the file has that no decoder gave. Where only a part is used, nobody knows which frames were meant.
std::int64_t frames_missing(const TranscodeResult& result, const Examined& examined) {
  const Plan& plan = *examined.plan;
  const bool whole = !plan.end_us && plan.parts.empty() && !plan.loop_to_us;
  const auto frames = examined.info.chosen_video_stream()->timing.frames;
  if (!whole || !frames || result.video_frames_in == 0) return 0;
  return std::max<std::int64_t>(0, *frames - result.video_frames_in);
}

std::string loudness_note(const SoundMeasure& sound, double wanted_lufs) {
  if (!sound.loudness_lufs)
    return "the sound is too quiet or too short to measure its loudness; its level was left alone";
  const double reached = *sound.loudness_lufs + sound.gain_db;
  std::string note = fmt::format("loudness {:.1f} LUFS, gain {:+.1f} dB", *sound.loudness_lufs, sound.gain_db);
  if (std::abs(reached - wanted_lufs) > 0.05) {
    note += fmt::format(": {:.1f} LUFS reached, more would lift its true peak ({:.1f} dBTP) above -1", reached,
                        sound.true_peak_dbtp.value_or(0));
  }
  return note;
}

std::int64_t time_of_us(std::int64_t frames, const MediaInfo& info) {
  const FrameTiming& timing = info.chosen_video_stream()->timing;
  const double fps = timing.rate && timing.rate->value() > 0 ? timing.rate->value() : 30;
  return std::llround(static_cast<double>(frames) / fps * 1e6);
}

Status require_at_most(std::int64_t lost, std::int64_t whole_us, const MaxLoss& most,
                       const std::filesystem::path& source) {
  const double limit_s = std::max(most.seconds, most.share * static_cast<double>(whole_us) / 1e6);
  if (static_cast<double>(lost) / 1e6 <= limit_s) return {};
  Error error;
  error.code = ErrorCode::kCorruptInput;
  error.file = source.string();
  error.measured = static_cast<double>(lost) / 1e6;
  error.limit = limit_s;
  error.unit = "s";
  error.message = fmt::format("{} is damaged: {} of its {} of picture do not decode, and at most {} may be lost",
                              source.string(), in_seconds(lost), in_seconds(whole_us), format_number(limit_s) + " s");
  error.fix = "export the clip again from where it came from, or allow more with --max-loss";
  return fail(std::move(error));
}

}  // namespace

std::int64_t lost_us(const TranscodeResult& result, const Examined& examined) {
  // A damaged packet that gave no frame counts on both sides; it is lost once.
  const std::int64_t frames = std::max(result.damaged_frames, frames_missing(result, examined));
  return time_of_us(frames, examined.info);
}

Status require_little_damage(const TranscodeResult& result, const Examined& examined, const MaxLoss& most,
                             const std::filesystem::path& source) {
  if (result.video_frames_in == 0) return {};  // copied: the judge follows every packet
  return require_at_most(lost_us(result, examined), examined.info.duration_us.value_or(0), most, source);
}

Status require_little_damage(const VerifyResult& decoded, const MediaInfo& info, const MaxLoss& most,
                             const std::filesystem::path& source) {
  const std::int64_t frames = info.chosen_video_stream()->timing.frames.value_or(0);
  const std::int64_t lost = std::max(decoded.video_decode_errors, frames - decoded.video_frames);
  return require_at_most(time_of_us(lost, info), info.duration_us.value_or(0), most, source);
}

std::vector<std::string> result_notes(const TranscodeResult& result, const Examined& examined) {
  std::vector<std::string> notes;
  const std::int64_t missing = frames_missing(result, examined);
  if (result.decode_errors > 0) {
    notes.push_back(fmt::format("damaged: {} frames concealed or dropped, {} of picture lost; {} faults in all",
                                std::max(result.damaged_frames, missing), in_seconds(lost_us(result, examined)),
                                result.decode_errors));
    if (result.longest_freeze_us >= kNoticeableFreezeUs) {
      notes.push_back(
          fmt::format("the longest stretch without a new frame is {}", in_seconds(result.longest_freeze_us)));
    }
  }
  if (!result.sound) return notes;
  const auto wanted = examined.plan->audio.loudness_lufs;
  if (!result.sound->peak_dbfs) notes.emplace_back("the sound is silent from start to end");
  else if (wanted) notes.push_back(loudness_note(*result.sound, *wanted));
  if (result.sound->unplaced_channels > 0) {
    notes.push_back(fmt::format("the first two of {} channels of sound were taken, as nothing says where each belongs",
                                result.sound->unplaced_channels));
  }
  if (result.sound->clipped_samples > 0) {
    notes.push_back(fmt::format("the sound is clipped: {} samples stand at full scale", result.sound->clipped_samples));
  }
  return notes;
}

}  // namespace tokprep
