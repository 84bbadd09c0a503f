#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "codecs/av/handles.h"
#include "codecs/jobs.h"

namespace tokprep::av {

/// Structural similarity (SSIM) of the luma of two 8-bit frames of one size: 1 is identical, 0.98 hard to tell apart.
///
/// The mean over windows of 8x8 pixels, 4 apart, with the usual constants for 8 bits (Wang, Bovik, Sheikh and
/// Simoncelli, "Image quality assessment: from error visibility to structural similarity", IEEE TIP 13/4, 2004).
double luma_ssim(const AVFrame& a, const AVFrame& b);

/// Keeps some frames as they go into the encoder, to be compared with what comes out of a decoder later.
class SampleTap {
 public:
  /// Spread evenly over `expected_frames`; at most ten, and at most 16 MB of luma (seven at 1080x1920).
  SampleTap(std::int64_t expected_frames, Size canvas);

  /// The frame with this number, counted from 0, is about to be encoded: its luma is copied where it is a sample.
  void offer(const AVFrame& frame, std::int64_t number);

  /// Compares the decoded frame with this number, shown at `at_us`, where it is one of those kept.
  void compare(const AVFrame& decoded, std::int64_t number, std::int64_t at_us);

  /// Over all frames compared so far; nothing if there were none.
  [[nodiscard]] std::optional<Likeness> likeness() const;

 private:
  struct Sample {
    std::int64_t number = 0;
    FramePtr frame;  // the luma alone; empty until it came by
  };
  [[nodiscard]] Sample* find(std::int64_t number);

  std::vector<Sample> samples_;
  Likeness sum_;  // ssim_mean holds the sum until it is asked for
};

}  // namespace tokprep::av
