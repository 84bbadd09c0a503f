#include "pipeline/cli/convert_settings.h"

#include <algorithm>
#include <array>

#include "base/units.h"
#include "pipeline/cli/values.h"

namespace tokprep::cli {
namespace {

// x264's own names, fastest first.
constexpr std::array<std::string_view, 10> kPresets = {"ultrafast", "superfast", "veryfast", "faster",   "fast",
                                                       "medium",    "slow",      "slower",   "veryslow", "placebo"};

Result<std::string> parse_preset(std::string_view text) {
  if (std::ranges::find(kPresets, text) != kPresets.end()) return std::string(text);
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("'{}' is no x264 preset; it is one of {}", text, fmt::join(kPresets, ", ")));
}

Result<Loudness> parse_loudness(std::string_view text) {
  if (text == "off") return Loudness{};
  TOKPREP_ASSIGN(const double lufs, parse_lufs(text));
  return Loudness{lufs};
}

/// "off", "auto", a shape or a size.
Result<PhotoCanvas> parse_canvas(std::string_view text) {
  if (text == "off") return PhotoCanvas{CanvasKind::kOff};
  if (text == "auto") return PhotoCanvas{CanvasKind::kAuto};
  if (const auto shape = parse_ratio(text)) return PhotoCanvas{CanvasKind::kShape, *shape};
  if (const auto size = parse_box(text)) return PhotoCanvas{CanvasKind::kSize, {}, *size};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("'{}' is no canvas; it is off, auto, a shape such as 9:16 or 1:1, or a size such as "
                          "1080x1350",
                          text));
}

/// A size of a file: "500KB". Below 1 kB no picture is worth looking at.
Result<std::uint64_t> parse_bytes(std::string_view text) {
  constexpr std::uint64_t kLeastBytes = 1000;
  TOKPREP_ASSIGN(const std::uint64_t size_bytes, parse_size_bytes(text));
  if (size_bytes >= kLeastBytes) return size_bytes;
  return fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is less than 1 kB", text));
}

Result<std::string> parse_word(std::string_view text) {
  if (text.empty()) return fail(ErrorCode::kInvalidArgument, "it is empty");
  return std::string(text);
}

Result<int> parse_track(std::string_view text) { return parse_whole(text, 1, 1000); }

Status set_thumbnail_offset(ConvertSettings& settings, std::string_view text) {
  settings.thumbnail_auto = text == "auto";
  settings.thumbnail_offset_ms.reset();
  if (*settings.thumbnail_auto) return {};
  TOKPREP_ASSIGN(settings.thumbnail_offset_ms, parse_ms(text));
  return {};
}

/// Reads text with `Parse` into one member.
template <auto Member, auto Parse>
Status set(ConvertSettings& settings, std::string_view text) {
  TOKPREP_ASSIGN(settings.*Member, Parse(text));
  return {};
}

using S = ConvertSettings;

constexpr std::array kFields = {
    ConvertField{"fit", "auto|pad|crop|blur",
                 "how a picture of another shape gets to 9:16 or 16:9 (auto: keep these, else pad to the nearer; "
                 "images keep their shape)",
                 set<&S::fit, parse_name<Fit>>},
    ConvertField{"pad_color", "COLOR", "colour of the bars: #rgb, #rrggbb or a name (black)",
                 set<&S::pad_color, parse_colour>, ValueForm::kColour},
    ConvertField{"max_size", "WxH", "a box the output must stay inside, upright; turned for landscape pictures",
                 set<&S::max_size, parse_size>, ValueForm::kBox},
    ConvertField{"image_format", "jpeg|webp", "what images become (jpeg)",
                 set<&S::image_format, parse_name<ImageFormat>>},
    ConvertField{"canvas", "off|auto|W:H|WxH",
                 "images: one canvas for all of a post, padded unless --fit says else (off, with --fit: auto)",
                 set<&S::canvas, parse_canvas>, ValueForm::kCanvas},
    ConvertField{"max_bytes", "SIZE", "images: largest file, such as 500KB (20MB)", set<&S::max_bytes, parse_bytes>,
                 ValueForm::kBytes},
    ConvertField{"too_many", "refuse|split", "more images than a post takes (refuse); split: several posts",
                 set<&S::too_many, parse_name<TooMany>>},
    ConvertField{"too_long", "refuse|trim|split",
                 "a video above the longest permitted time (refuse); split: STEM.part1.mp4, STEM.part2.mp4, …",
                 set<&S::too_long, parse_name<TooLong>>},
    ConvertField{"too_short", "refuse|hold|loop",
                 "a video below the shortest permitted time (refuse); hold: its last frame stays; loop: it plays again",
                 set<&S::too_short, parse_name<TooShort>>},
    ConvertField{"loudness", "off|LUFS", "the loudness the sound is brought to by one gain, such as -14 (off)",
                 set<&S::loudness, parse_loudness>, ValueForm::kLoudness},
    ConvertField{"background", "COLOR", "colour under transparent pictures (white)", set<&S::background, parse_colour>,
                 ValueForm::kColour},
    ConvertField{"keep_metadata", "", "keep place, device and owner in the file", set<&S::keep_metadata, parse_bool>,
                 ValueForm::kSwitch},
    ConvertField{"thumbnail_offset", "TIME|auto",
                 "the frame that becomes the cover, from the start of the video (0); auto: a good one is looked for",
                 set_thumbnail_offset, ValueForm::kOffset},
    ConvertField{"quality", "small|standard|best", "size against likeness of encoded pictures (standard)",
                 set<&S::quality, parse_name<Quality>>},
    ConvertField{"preset", "NAME", "x264's preset, instead of the one the quality implies",
                 set<&S::preset, parse_preset>, ValueForm::kPreset},
    ConvertField{"encoder", "NAME", "FFmpeg's H.264 encoder, hardware ones as well (libx264)",
                 set<&S::encoder, parse_word>, ValueForm::kFree},
    ConvertField{"min_ssim", "0…1", "encode finer until every sampled frame is this like its source (off)",
                 set<&S::min_ssim, parse_share>, ValueForm::kShare},
    ConvertField{"audio_track", "N", "which sound of several, counted from 1 (the default one)",
                 set<&S::audio_track, parse_track>, ValueForm::kTrack},
    ConvertField{"silent_audio", "", "give silence to a video without sound", set<&S::silent_audio, parse_bool>,
                 ValueForm::kSwitch},
    ConvertField{"max_loss", "SECONDS|N%|both", "how much of a damaged picture may be lost, whichever is more (0.5,2%)",
                 set<&S::max_loss, parse_max_loss>, ValueForm::kLoss},
    ConvertField{"link", "", "a video that is kept becomes a hard link to its source, not a copy",
                 set<&S::link, parse_bool>, ValueForm::kSwitch},
    ConvertField{"verify", "off|auto|full",
                 "how a finished video is judged (auto: what was encoded is decoded again, what was copied is "
                 "followed); full: an "
                 "earlier run's files are compared by digest as well",
                 set<&S::verify, parse_name<VerifyDepth>>},
};

template <class T, class U>
void take(const std::optional<T>& setting, U& option) {
  if (setting) option = *setting;
}

}  // namespace

void apply(const ConvertSettings& settings, ConvertOptions& options) {
  take(settings.fit, options.fit);
  take(settings.pad_color, options.pad_color);
  take(settings.max_size, options.max_size);
  take(settings.image_format, options.image_format);
  take(settings.canvas, options.canvas);
  if (settings.max_bytes) options.max_bytes = settings.max_bytes;
  take(settings.too_many, options.too_many);
  take(settings.too_long, options.too_long);
  take(settings.too_short, options.too_short);
  if (settings.loudness) options.loudness_lufs = settings.loudness->lufs;
  take(settings.background, options.background);
  take(settings.keep_metadata, options.keep_metadata);
  if (settings.thumbnail_auto) {
    options.thumbnail_auto = *settings.thumbnail_auto;
    options.thumbnail_offset_ms = settings.thumbnail_offset_ms;
  }
  take(settings.quality, options.quality);
  take(settings.preset, options.preset);
  take(settings.encoder, options.encoder);
  if (settings.min_ssim) options.min_ssim = settings.min_ssim;
  if (settings.audio_track) options.audio_track = settings.audio_track;
  take(settings.silent_audio, options.silent_audio);
  take(settings.max_loss, options.max_loss);
  take(settings.link, options.link);
  take(settings.verify, options.verify);
}

std::span<const ConvertField> convert_fields() { return kFields; }

std::span<const std::string_view> preset_names() { return kPresets; }

}  // namespace tokprep::cli
