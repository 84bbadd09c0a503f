#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "pipeline/options.h"

namespace tokprep::cli {

/// Whether the level is changed, and to what.
struct Loudness {
  std::optional<double> lufs;  ///< empty: "off"
};

/// What one source of settings (flags, environment, one tokprep.toml) says about conversion; unset stays unset.
struct ConvertSettings {
  std::optional<Fit> fit;
  std::optional<Rgb> pad_color;
  std::optional<Size> max_size;
  std::optional<ImageFormat> image_format;
  std::optional<PhotoCanvas> canvas;
  std::optional<std::uint64_t> max_bytes;
  std::optional<TooMany> too_many;
  std::optional<TooLong> too_long;
  std::optional<TooShort> too_short;
  std::optional<Loudness> loudness;
  std::optional<Rgb> background;
  std::optional<bool> keep_metadata;
  std::optional<std::int64_t> thumbnail_offset_ms;
  std::optional<bool> thumbnail_auto;  ///< set together with the offset: one of the two was said
  std::optional<Quality> quality;
  std::optional<std::string> preset;
  std::optional<std::string> encoder;
  std::optional<double> min_ssim;
  std::optional<int> audio_track;
  std::optional<bool> silent_audio;
  std::optional<MaxLoss> max_loss;
  std::optional<bool> link;
  std::optional<VerifyDepth> verify;
};

/// `settings` over what `options` holds: what is unset leaves it alone.
void apply(const ConvertSettings& settings, ConvertOptions& options);

/// What the text of a setting looks like: for the schemas, which are to refuse what its reader refuses.
enum class ValueForm {
  kFree,      ///< any that is not empty
  kSwitch,    ///< true or false
  kWords,     ///< one of those in `value`
  kPreset,    ///< one of `preset_names`
  kColour,    ///< `parse_colour`
  kBox,       ///< `parse_size`
  kCanvas,    ///< off, auto, a shape or a box
  kBytes,     ///< `parse_size_bytes`, from 1000 on
  kLoudness,  ///< off, or `parse_lufs`
  kOffset,    ///< auto, or a time as `parse_ms`
  kShare,     ///< `parse_share`
  kTrack,     ///< a whole number from 1 to 1000
  kLoss,      ///< `parse_max_loss`
};

/// x264's own, fastest first.
std::span<const std::string_view> preset_names();

/// One setting by its name, as it is read from text.
struct ConvertField {
  std::string_view key;    ///< in tokprep.toml; with dashes the flag, in upper case the variable: TOKPREP_PAD_COLOR
  std::string_view value;  ///< for help: "COLOR"; empty for a switch
  std::string_view help;
  Status (*set)(ConvertSettings&, std::string_view text);
  ValueForm form = ValueForm::kWords;
};

/// The one table behind flags, environment and files.
std::span<const ConvertField> convert_fields();

}  // namespace tokprep::cli
