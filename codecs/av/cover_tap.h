#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "codecs/av/handles.h"
#include "codecs/jobs.h"

namespace tokprep::av {

/// Picks the frame shown at one instant out of a stream of decoded frames, and writes it as a JPEG.
///
/// The frame shown at `at` is the last one whose presentation time is not after it. One thread at a time.
class CoverTap {
 public:
  CoverTap(ThumbnailJob job, AVRational time_base) : job_(std::move(job)), time_base_(time_base) {}

  /// Looks at one frame, presented at `at_us` from the start. Cheap: keeps a reference at most.
  /// True once the answer is known and later frames need not be offered.
  bool offer(const AVFrame& frame, std::int64_t at_us);

  /// Writes the JPEG to the job's output and says what it looks like. Error: kCorruptInput when no frame was offered.
  Result<ThumbnailResult> finish();

 private:
  ThumbnailJob job_;
  AVRational time_base_;
  FramePtr shown_;
  std::int64_t shown_at_us_ = 0;
  bool settled_ = false;
};

}  // namespace tokprep::av
