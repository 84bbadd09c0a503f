#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "codecs/jobs.h"
#include "codecs/media_info.h"
#include "pipeline/options.h"
#include "pipeline/rules/rules.h"

namespace tokprep {

/// The recipe of each stream, once it is decided whether it is copied or encoded.

/// `reasons` are the rules that force work: missing colour tags are written into a copy.
VideoRecipe copied_video(const VideoStreamInfo& video, const std::vector<std::string>& reasons);

/// Frame rate and bit rate cap are left to the caller, as they depend on the whole file.
/// Errors: kInvalidArgument for a preset, a box or a crop that cannot be.
Result<VideoRecipe> encoded_video(const VideoStreamInfo& video, const Rules& rules, const ConvertOptions& options);

AudioRecipe copied_audio(const AudioStreamInfo& audio);

/// AAC-LC in stereo (mono stays mono) at 48 kHz (44.1 kHz stays).
AudioRecipe encoded_audio(const AudioStreamInfo& audio, const ConvertOptions& options);

/// Silence, as long as the picture.
AudioRecipe silent_audio();

}  // namespace tokprep
