#pragma once

#include <cstdint>
#include <vector>

#include "codecs/av/handles.h"

namespace tokprep::av {

/// Decoding times for a stream whose container writes only when frames are shown (Matroska): each is the earliest
/// presentation time still outstanding when as many frames as the stream reorders are held back. libav does the same
/// once it has decoded some frames; this needs the number from the stream's header only.
class DecodingTimes {
 public:
  /// For a video stream whose parameters say how many frames it reorders (`video_delay`).
  explicit DecodingTimes(const AVStream& stream);

  /// Gives the packet its decoding time, in place of what libav guesses without the number. Each packet of the stream
  /// once, in order. The first ones, as many as are reordered, get none: they are decoded before the clock begins.
  void fill(AVPacket& packet);

  /// Forgets what came before: after a seek.
  void reset();

 private:
  std::vector<std::int64_t> held_;  // ascending; one more than is reordered
};

}  // namespace tokprep::av
