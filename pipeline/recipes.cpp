#include "pipeline/recipes.h"

#include "pipeline/bit_rate.h"
#include "pipeline/colour.h"
#include "pipeline/geometry.h"
#include "pipeline/plan_parts.h"

namespace tokprep {
namespace {

constexpr std::int64_t kStereoBitRate_bps = 160'000;
constexpr std::int64_t kMonoBitRate_bps = 96'000;
constexpr std::int64_t kUnknownCopyBitRate_bps = 320'000;  // the most that AAC files commonly carry

CanvasLimits canvas_limits(const Rules& rules, const ConvertOptions& options) {
  CanvasLimits limits;
  for (const std::string& word : rules.words("video.aspect")) {
    if (const auto ratio = parse_ratio(word)) limits.ratios.push_back(*ratio);
  }
  limits.side_min_px = static_cast<int>(rules.number("video.side_min"));
  limits.side_max_px = static_cast<int>(rules.number("video.side_max"));
  if (options.max_size) limits.box = *options.max_size;
  return limits;
}

bool is_interlaced(const VideoStreamInfo& video) {
  if (video.telecine) return false;
  return video.field_order == FieldOrder::kTopFirst || video.field_order == FieldOrder::kBottomFirst;
}

}  // namespace

VideoRecipe copied_video(const VideoStreamInfo& video, const std::vector<std::string>& reasons) {
  VideoRecipe recipe;
  recipe.action = StreamAction::kCopy;
  recipe.stream_index = video.index;
  recipe.tag_bt709 = contains(reasons, "video.colour_tagged") && (video.codec == "h264" || video.codec == "hevc");
  recipe.picture = recipe.canvas = {video.width_px, video.height_px};
  recipe.hdr = video.hdr;
  recipe.colour = filled_colour(video);
  if (video.timing.rate) recipe.frame_rate = *video.timing.rate;
  return recipe;
}

Result<VideoRecipe> encoded_video(const VideoStreamInfo& video, const Rules& rules, const ConvertOptions& options) {
  TOKPREP_ASSIGN(const EncodeEffort effort, encode_effort(options.quality, options.preset));
  TOKPREP_ASSIGN(const Placement placement,
                 place({video.width_px, video.height_px}, options.fit, canvas_limits(rules, options)));
  VideoRecipe recipe;
  recipe.action = StreamAction::kEncode;
  recipe.stream_index = video.index;
  recipe.deinterlace = is_interlaced(video);
  recipe.detelecine = video.telecine;
  recipe.fields = video.field_order;
  recipe.alpha = video.alpha;
  recipe.background = options.background;
  recipe.rotation_deg = video.rotation_deg;
  recipe.mirror = video.mirrored;
  recipe.fit = placement.fit;
  recipe.picture = placement.picture;
  recipe.canvas = placement.canvas;
  recipe.pad_color = options.pad_color;
  recipe.hdr = video.hdr;
  recipe.colour = filled_colour(video);
  recipe.crf = effort.crf;
  recipe.preset = effort.preset;
  if (!options.encoder.empty()) recipe.encoder = options.encoder;
  return recipe;
}

AudioRecipe copied_audio(const AudioStreamInfo& audio) {
  AudioRecipe recipe;
  recipe.action = StreamAction::kCopy;
  recipe.stream_index = audio.index;
  recipe.sample_rate_hz = audio.sample_rate_hz.value_or(recipe.sample_rate_hz);
  recipe.channels = audio.channels.value_or(recipe.channels);
  recipe.bit_rate_bps = audio.bit_rate_bps.value_or(kUnknownCopyBitRate_bps);
  return recipe;
}

AudioRecipe encoded_audio(const AudioStreamInfo& audio, const ConvertOptions& options) {
  AudioRecipe recipe;
  recipe.action = StreamAction::kEncode;
  recipe.stream_index = audio.index;
  recipe.sample_rate_hz = audio.sample_rate_hz == 44100 ? 44100 : 48000;
  recipe.channels = audio.channels == 1 ? 1 : 2;
  recipe.bit_rate_bps = recipe.channels == 1 ? kMonoBitRate_bps : kStereoBitRate_bps;
  recipe.loudness_lufs = options.loudness_lufs;
  return recipe;
}

AudioRecipe silent_audio() {
  AudioRecipe recipe;
  recipe.action = StreamAction::kEncode;
  recipe.bit_rate_bps = kStereoBitRate_bps;
  return recipe;
}

}  // namespace tokprep
