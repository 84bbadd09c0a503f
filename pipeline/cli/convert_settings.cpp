#include "pipeline/cli/convert_settings.h"

#include <algorithm>
#include <array>

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

Result<std::string> parse_word(std::string_view text) {
  if (text.empty()) return fail(ErrorCode::kInvalidArgument, "it is empty");
  return std::string(text);
}

Result<int> parse_track(std::string_view text) { return parse_whole(text, 1, 1000); }

/// Reads text with `Parse` into one member.
template <auto Member, auto Parse>
Status set(ConvertSettings& settings, std::string_view text) {
  TOKPREP_ASSIGN(settings.*Member, Parse(text));
  return {};
}

using S = ConvertSettings;

constexpr std::array kFields = {
    ConvertField{"fit", "auto|pad|crop|blur",
                 "how a picture of another shape gets to 9:16 or 16:9 (auto: keep these, else pad to the nearer)",
                 set<&S::fit, parse_name<Fit>>},
    ConvertField{"pad_color", "COLOR", "colour of the bars: #rgb, #rrggbb or a name (black)",
                 set<&S::pad_color, parse_colour>},
    ConvertField{"max_size", "WxH", "a box the output must stay inside, upright; turned for landscape pictures",
                 set<&S::max_size, parse_size>},
    ConvertField{"image_format", "jpeg|webp", "what images become (jpeg)",
                 set<&S::image_format, parse_name<ImageFormat>>},
    ConvertField{"too_long", "refuse|trim|split",
                 "a video above the longest permitted time (refuse); split: STEM.part1.mp4, STEM.part2.mp4, …",
                 set<&S::too_long, parse_name<TooLong>>},
    ConvertField{"too_short", "refuse|hold|loop",
                 "a video below the shortest permitted time (refuse); hold: its last frame stays; loop: it plays again",
                 set<&S::too_short, parse_name<TooShort>>},
    ConvertField{"loudness", "off|LUFS", "the loudness the sound is brought to by one gain, such as -14 (off)",
                 set<&S::loudness, parse_loudness>},
    ConvertField{"background", "COLOR", "colour under transparent pictures (white)", set<&S::background, parse_colour>},
    ConvertField{"keep_metadata", "", "keep place, device and owner in the file", set<&S::keep_metadata, parse_bool>},
    ConvertField{"thumbnail_offset", "TIME", "the frame that becomes the cover, from the start of the video (0)",
                 set<&S::thumbnail_offset_ms, parse_ms>},
    ConvertField{"quality", "small|standard|best", "size against likeness of encoded pictures (standard)",
                 set<&S::quality, parse_name<Quality>>},
    ConvertField{"preset", "NAME", "x264's preset, instead of the one the quality implies",
                 set<&S::preset, parse_preset>},
    ConvertField{"encoder", "NAME", "FFmpeg's H.264 encoder, hardware ones as well (libx264)",
                 set<&S::encoder, parse_word>},
    ConvertField{"min_ssim", "0…1", "encode finer until every sampled frame is this like its source (off)",
                 set<&S::min_ssim, parse_share>},
    ConvertField{"audio_track", "N", "which sound of several, counted from 1 (the default one)",
                 set<&S::audio_track, parse_track>},
    ConvertField{"silent_audio", "", "give silence to a video without sound", set<&S::silent_audio, parse_bool>},
    ConvertField{"max_loss", "SECONDS|N%|both", "how much of a damaged picture may be lost, whichever is more (0.5,2%)",
                 set<&S::max_loss, parse_max_loss>},
    ConvertField{"link", "", "a video that is kept becomes a hard link to its source, not a copy",
                 set<&S::link, parse_bool>},
    ConvertField{
        "verify", "off|auto|full",
        "how a finished video is judged (auto: what was encoded is decoded again, what was copied is followed)",
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
  take(settings.too_long, options.too_long);
  take(settings.too_short, options.too_short);
  if (settings.loudness) options.loudness_lufs = settings.loudness->lufs;
  take(settings.background, options.background);
  take(settings.keep_metadata, options.keep_metadata);
  take(settings.thumbnail_offset_ms, options.thumbnail_offset_ms);
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

}  // namespace tokprep::cli
