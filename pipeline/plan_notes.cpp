#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/units.h"
#include "pipeline/colour.h"
#include "pipeline/geometry.h"
#include "pipeline/plan_parts.h"

namespace tokprep {
namespace {

class Notes {
 public:
  void add_if(bool applies, std::string note) {
    if (applies && !note.empty()) lines_.push_back(std::move(note));
  }
  [[nodiscard]] std::vector<std::string> take() { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

std::string rate_note(const FrameTiming& timing, Rational output) {
  if (!timing.constant) return fmt::format("frame rate made constant at {} fps", format_number(output.value()));
  if (!timing.rate || *timing.rate == output) return {};
  return fmt::format("frame rate changed from {} to {} fps", format_number(timing.rate->value()),
                     format_number(output.value()));
}

std::string sound_note(const AudioStreamInfo& audio, const AudioRecipe& recipe) {
  std::string from = codec_text(audio.codec, audio.tag);
  if (audio.channels) from += fmt::format(" {} channel{}", *audio.channels, *audio.channels == 1 ? "" : "s");
  if (audio.sample_rate_hz) from += fmt::format(" {} Hz", *audio.sample_rate_hz);
  return fmt::format("sound {} encoded as AAC {} {} Hz", from, recipe.channels == 1 ? "mono" : "stereo",
                     recipe.sample_rate_hz) +
         (recipe.loudness_lufs ? fmt::format(" at {} LUFS", format_number(*recipe.loudness_lufs)) : "");
}

void add_picture_notes(const VideoStreamInfo& video, const VideoRecipe& recipe, Notes& notes) {
  const ColourInfo& colour = recipe.colour;
  const bool plain_colour = colour_state(video) != ColourState::kOther;
  notes.add_if(recipe.deinterlace, "deinterlaced");
  notes.add_if(recipe.detelecine, "telecine undone");
  notes.add_if(recipe.alpha, fmt::format("laid over #{:02x}{:02x}{:02x}", recipe.background.r, recipe.background.g,
                                         recipe.background.b));
  notes.add_if(recipe.rotation_deg != 0 || recipe.mirror, "turned upright");
  notes.add_if(true, describe({video.width_px, video.height_px}, {recipe.fit, recipe.picture, recipe.canvas}));
  notes.add_if(true, rate_note(video.timing, recipe.frame_rate));
  notes.add_if(recipe.hdr != HdrKind::kSdr,
               fmt::format("{} tone-mapped to SDR bt709", recipe.hdr == HdrKind::kPq ? "PQ" : "HLG"));
  notes.add_if(recipe.hdr == HdrKind::kSdr && !plain_colour,
               "colours converted from " + to_text(colour) + " to bt709 tv");
}

std::string left_out(const MediaInfo& info) {
  std::vector<std::string> parts;
  const auto add = [&](std::size_t count, std::string_view one, std::string_view several) {
    if (count > 0) parts.push_back(fmt::format("{} {}", count, count == 1 ? one : several));
  };
  const auto others = [&](OtherStreamKind kind) {
    return static_cast<std::size_t>(std::ranges::count(info.other, kind, &OtherStreamInfo::kind));
  };
  add(info.video.size() - 1, "further video stream", "further video streams");
  add(info.audio.size() - (info.chosen_audio < 0 ? 0 : 1), "further audio stream", "further audio streams");
  add(others(OtherStreamKind::kAttachedPicture), "attached picture", "attached pictures");
  add(others(OtherStreamKind::kSubtitle), "subtitle stream", "subtitle streams");
  add(others(OtherStreamKind::kData), "data stream", "data streams");
  add(others(OtherStreamKind::kUndecodable), "unreadable stream", "unreadable streams");
  return parts.empty() ? "" : fmt::format("left out: {}", fmt::join(parts, ", "));
}

}  // namespace

std::vector<std::string> video_notes(const MediaInfo& info, const Plan& plan) {
  const VideoStreamInfo& video = *info.chosen_video_stream();
  Notes notes;
  if (plan.video.action == StreamAction::kEncode) add_picture_notes(video, plan.video, notes);
  if (plan.audio.action == StreamAction::kEncode) {
    const AudioStreamInfo* audio = info.chosen_audio_stream();
    notes.add_if(true, audio == nullptr ? "silence added" : sound_note(*audio, plan.audio));
  }
  notes.add_if(plan.video.tag_bt709, "colours tagged as bt709");
  notes.add_if(plan.container == ContainerAction::kRemux, left_out(info));
  notes.add_if(contains(plan.reasons, "metadata.private"), "private metadata removed");
  return notes.take();
}

}  // namespace tokprep
