#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "pipeline/bit_rate.h"
#include "pipeline/frame_rate.h"
#include "pipeline/plan_parts.h"
#include "pipeline/recipes.h"
#include "pipeline/time_range.h"

namespace tokprep {
namespace {

// Which broken rules need new samples; the rest is a matter of the container, and a remux puts it right.
constexpr std::array<std::string_view, 14> kPictureRules = {"video.side_min",
                                                            "video.side_max",
                                                            "video.frame_rate_min",
                                                            "video.frame_rate_max",
                                                            "video.aspect",
                                                            "video.frame_rate_constant",
                                                            "video.codec",
                                                            "video.profile",
                                                            "video.progressive",
                                                            "video.upright",
                                                            "video.square_pixels",
                                                            "video.even_sides",
                                                            "video.sdr",
                                                            "video.colour"};
constexpr std::array<std::string_view, 3> kSoundRules = {"audio.codec", "audio.sample_rate", "audio.channels_max"};

template <std::size_t N>
bool any_of(const std::array<std::string_view, N>& ids, const std::vector<std::string>& reasons) {
  return std::ranges::any_of(ids, [&](std::string_view id) { return contains(reasons, id); });
}

/// A compliant picture is still made smaller where the user's box asks for it.
bool exceeds_max_size(const VideoStreamInfo& video, const ConvertOptions& options) {
  if (!options.max_size) return false;
  const auto [box_short, box_long] = std::minmax(options.max_size->width_px, options.max_size->height_px);
  const auto [shorter, longer] = std::minmax(video.width_px, video.height_px);
  return shorter > box_short || longer > box_long;
}

/// The sound's part in the file's rate.
std::int64_t sound_bps_of(const MediaInfo& info) {
  const AudioStreamInfo* audio = info.chosen_audio_stream();
  return audio == nullptr ? 0 : audio->bit_rate_bps.value_or(0);
}

/// Whether a copied stretch this long will probably stay inside the size limit; that it does is judged afterwards.
bool fits_when_copied(const MediaInfo& info, std::int64_t length_us, const Rules& rules) {
  constexpr double kRoomForUneven = 0.8;  // a rate is a mean, and the stretch may be the busiest
  const auto bps = info.chosen_video_stream()->bit_rate_bps;
  if (!bps) return false;
  const double bytes = static_cast<double>(*bps + sound_bps_of(info)) / 8 * static_cast<double>(length_us) / 1e6;
  return bytes <= kRoomForUneven * rules.number("media.size_max");
}

Status require_offset_inside(std::int64_t offset_ms, std::int64_t duration_us) {
  if (offset_ms < 0) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("--thumbnail-offset {} ms is before the start", offset_ms));
  }
  if (offset_ms <= (duration_us - 1) / 1000) return {};
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.message =
      fmt::format("--thumbnail-offset {} ms is past the end: the video lasts {} ms", offset_ms, duration_us / 1000);
  error.measured = offset_ms;
  error.limit = duration_us / 1000;
  error.unit = "ms";
  error.fix = "an offset below the limit";
  return fail(std::move(error));
}

/// How long the output with the cover lasts.
std::int64_t first_output_us(const Plan& plan) {
  return plan.parts.empty() ? plan.output_duration_us : plan.parts.front().end_us;
}

/// A held end repeats the last frame, so offsets count only as far as there is something to see.
Status set_cover(Plan& plan, std::int64_t source_duration_us, const ConvertOptions& options) {
  plan.cover_auto = options.thumbnail_auto;
  if (plan.cover_auto) return {};
  const std::int64_t offset_ms = options.thumbnail_offset_ms.value_or(0);
  TOKPREP_TRY(require_offset_inside(offset_ms, std::min(source_duration_us, first_output_us(plan))));
  plan.cover_at_us = offset_ms * 1000;
  return {};
}

FrameRateRange permitted_rates(const Rules& rules) {
  return {rules.number("video.frame_rate_min"), rules.number("video.frame_rate_max")};
}

// What the edit that skips an AAC encoder's priming may skip: 4096 samples at 48 kHz.
constexpr std::int64_t kPrimingUs = 85'333;
// Sound that begins later than this after the picture is filled up with silence.
constexpr std::int64_t kLateSoundUs = 1'000;

/// What must be made anew, and the part of the video it is made of.
struct Work {
  bool picture = false;
  bool sound = false;
  std::int64_t start_us = 0;  // file time that becomes 0
  Rational frame_rate;
  TimeRange range;
};

/// The clip as one that is not too large, which only matters where it is not cut shorter anyway.
bool size_forces(const MediaInfo& info, const std::vector<std::string>& reasons, const TimeRange& range,
                 const Rules& rules) {
  if (!range.cuts()) return contains(reasons, "media.size_max");
  std::int64_t longest_us = range.end_us.value_or(0);
  for (const TimePart& part : range.parts) longest_us = std::max(longest_us, part.end_us - part.start_us);
  return !fits_when_copied(info, longest_us, rules);
}

/// A picture that is right but for its length is cut without touching its frames, where it can be: a trim ends between
/// two groups of frames, the parts of a split begin with key frames. Otherwise it is encoded.
void settle_cuts(const MediaInfo& info, const Rules& rules, const Experience& experience, Work& work) {
  if (!work.range.cuts() || work.picture) return;
  if (experience.cuts_do_not_fit) work.picture = true;
  if (work.picture || work.range.parts.empty()) return;
  const auto shortest_us = static_cast<std::int64_t>(rules.number("video.duration_min") * 1e6) + 500'000;
  auto parts = parts_at(info.chosen_video_stream()->timing.clean_starts_us, work.range.output_duration_us, shortest_us,
                        longest_part_us(rules));
  if (parts.empty()) {
    work.picture = true;
    return;
  }
  work.range.parts = std::move(parts);
  work.range.note = fmt::format("split into {} parts", work.range.parts.size());
}

/// Streams that do not begin together. Only an edit list could delay a copied stream, and outputs carry none
/// beside the ordinary one over the encoder's priming; so a copied picture begins at 0, sound that begins a few
/// packets earlier falls under that ordinary edit, and whatever is further apart is encoded into place.
void align_starts(const MediaInfo& info, Work& work) {
  const VideoStreamInfo& video = *info.chosen_video_stream();
  const AudioStreamInfo* audio = info.chosen_audio_stream();
  const std::int64_t video_start_us = video.start_us.value_or(work.start_us);
  if (!work.picture && video_start_us > work.start_us) {
    if (video_start_us - work.start_us <= kPrimingUs) {
      work.start_us = video_start_us;
    } else {
      work.picture = true;
    }
  }
  if (audio != nullptr && audio->start_us.value_or(work.start_us) > work.start_us + kLateSoundUs) work.sound = true;
}

/// The rate of the frames there will be: five telecined frames are four of film.
FrameTiming film_timing(const VideoStreamInfo& video) {
  FrameTiming timing = video.timing;
  if (video.telecine && timing.rate) timing.rate = reduced({timing.rate->num * 4, timing.rate->den * 5});
  return timing;
}

/// A picture that stands still from its only frame on, under sound that goes on: it is shown for as long as that lasts,
/// as players do. Nothing else has a frame rate to be encoded at.
Status hold_single_frame(const VideoStreamInfo& video, Work& work) {
  if (video.timing.frames.value_or(0) != 1 || work.range.lengthens()) return {};
  if (!work.range.parts.empty()) {
    Error error;
    error.code = ErrorCode::kNotCompliant;
    error.rule = "video.duration_max";
    error.message = "the picture of the video is a single frame, and only what moves can be split";
    error.fix = "--too-long trim";
    return fail(std::move(error));
  }
  work.picture = true;
  work.range.hold_to_us = work.range.output_duration_us;
  if (!work.range.note.empty()) work.range.note += "; ";
  work.range.note += "its only frame is held for as long as the sound lasts";
  return {};
}

Result<Work> work_needed(const MediaInfo& info, const std::vector<std::string>& reasons, const Rules& rules,
                         const ConvertOptions& options, const Experience& experience) {
  const VideoStreamInfo& video = *info.chosen_video_stream();
  Work work;
  work.frame_rate = output_frame_rate(film_timing(video), permitted_rates(rules));
  TOKPREP_ASSIGN(work.range, time_range(info.duration_us, work.frame_rate, rules, options));
  TOKPREP_TRY(hold_single_frame(video, work));
  const AudioStreamInfo* audio = info.chosen_audio_stream();
  work.picture = work.picture || any_of(kPictureRules, reasons) || video.cut_by_edits || work.range.lengthens() ||
                 exceeds_max_size(video, options) || size_forces(info, reasons, work.range, rules);
  work.sound = any_of(kSoundRules, reasons) || (audio != nullptr && audio->cut_by_edits) || work.range.lengthens() ||
               options.loudness_lufs.has_value();
  settle_cuts(info, rules, experience, work);
  work.start_us = info.start_us.value_or(0);
  if (!reasons.empty() || work.picture || work.sound || work.range.cuts()) align_starts(info, work);
  if (work.picture) work.range = kept_off_the_limits(work.range, work.frame_rate, rules);
  // Encoded frames end exactly where the part does; sound that is copied would end on its own packets.
  if (work.picture && work.range.cuts()) work.sound = true;
  return work;
}

Status set_video(Plan& plan, const VideoStreamInfo& video, const Work& work, const Rules& rules,
                 const ConvertOptions& options) {
  if (!work.picture) {
    plan.video = copied_video(video, plan.reasons);
    return {};
  }
  TOKPREP_ASSIGN(plan.video, encoded_video(video, rules, options));
  plan.video.frame_rate = work.frame_rate;
  const std::int64_t sound_bps = plan.audio.action == StreamAction::kNone ? 0 : plan.audio.bit_rate_bps;
  std::int64_t length_us = work.range.parts.empty() ? work.range.output_duration_us : 0;
  for (const TimePart& part : work.range.parts) length_us = std::max(length_us, part.end_us - part.start_us);
  const double seconds = static_cast<double>(length_us) / 1e6;
  plan.video.max_bit_rate_bps = max_video_bit_rate_bps(seconds, sound_bps, rules.number("media.size_max"));
  return {};
}

void set_audio(Plan& plan, const AudioStreamInfo* audio, const Work& work, const ConvertOptions& options) {
  if (audio != nullptr) plan.audio = work.sound ? encoded_audio(*audio, options) : copied_audio(*audio);
  else if (options.silent_audio) plan.audio = silent_audio();
}

void set_time(Plan& plan, const Work& work) {
  plan.start_us = work.start_us;
  plan.end_us = work.range.end_us;
  plan.hold_to_us = work.range.hold_to_us;
  plan.loop_to_us = work.range.loop_to_us;
  plan.parts = work.range.parts;
  plan.output_duration_us = work.range.output_duration_us;
}

}  // namespace

Result<Plan> plan_video(const MediaInfo& info, const std::vector<Finding>& findings, const Rules& rules,
                        const ConvertOptions& options, const Experience& experience) {
  TOKPREP_TRY(require_usable_video(info));
  TOKPREP_TRY(require_usable_sound(info));
  TOKPREP_TRY(require_fixable(findings));
  Plan plan;
  plan.extension = "mp4";
  plan.mime = "video/mp4";
  plan.reasons = forcing_rules(findings, options);
  TOKPREP_ASSIGN(const Work work, work_needed(info, plan.reasons, rules, options, experience));
  set_time(plan, work);
  set_audio(plan, info.chosen_audio_stream(), work, options);
  TOKPREP_TRY(set_video(plan, *info.chosen_video_stream(), work, rules, options));
  const bool untouched =
      plan.reasons.empty() && !work.picture && !work.range.cuts() && plan.audio.action != StreamAction::kEncode;
  plan.container = untouched ? ContainerAction::kKeep : ContainerAction::kRemux;
  TOKPREP_TRY(set_cover(plan, info.duration_us.value_or(0), options));
  plan.notes = video_notes(info, plan);
  if (!work.range.note.empty()) plan.notes.push_back(work.range.note);
  if (plan.cover_auto) plan.notes.emplace_back(kCoverAutoNote);
  return plan;
}

}  // namespace tokprep
