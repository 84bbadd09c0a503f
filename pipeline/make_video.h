#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/pending_file.h"
#include "base/result.h"
#include "codecs/jobs.h"
#include "pipeline/prepare_parts.h"

namespace tokprep {

/// One output to be made of a video.
struct VideoTask {
  const std::filesystem::path& source;
  const Examined& examined;   ///< with a plan
  TimePart part;              ///< of the source, counted from its start; the whole where nothing is split
  const ThumbnailJob* cover;  ///< made on the way where frames are decoded anyway; may be null
};

struct MadeVideo {
  MediaInfo info;  ///< of the finished file, judged
  std::optional<Likeness> likeness;
  std::optional<SoundMeasure> sound;
  std::optional<ThumbnailResult> cover;  ///< where it was made on the way
  std::vector<std::string> notes;
};

/// The source as it is: a copy, or another name for it. Errors: kInputUnreadable, kNoSpace, kIo, kCancelled.
Status keep_video(const std::filesystem::path& source, PendingFile& media, bool link, const RunContext& run);

/// Carries out a plan that changes something, for one output, and judges it. What comes out too large is encoded again
/// in two passes, what comes out less alike than `min_ssim` again and finer.
///
/// Errors: those of the worker and the judge; kCorruptInput where more of the picture is lost than `max_loss`;
/// kNotCompliant where the size or the likeness asked for cannot be reached.
Result<MadeVideo> make_video(const VideoTask& task, PendingFile& media, const PrepareTools& tools);

}  // namespace tokprep
