#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/run_context.h"
#include "codecs/av/demuxer.h"
#include "codecs/av/timing.h"
#include "codecs/mp4/mp4_index.h"

namespace tokprep::av {

/// What was seen of one stream: when it starts and ends, and for video when each frame is shown.
/// Ticks are of `time_base`, on the file's clock.
struct StreamTimes {
  Rational time_base{1, 1};
  std::vector<FrameTime> frames;  ///< video only; in decoding order
  bool order_known = true;        ///< false: `frames` were counted up in decoding order, for want of times
  std::optional<std::int64_t> start;
  std::optional<std::int64_t> end;
  std::uint64_t size_bytes = 0;  ///< of what is presented; of sound in an index, the share
  bool has_alpha_layer = false;  ///< WebM: transparency really comes with the packets, not only in the header

  [[nodiscard]] std::optional<std::int64_t> start_us() const;
  [[nodiscard]] std::optional<std::int64_t> duration_us() const;
};

/// By reading every packet from where `demuxer` stands; the result is by stream index, empty for streams that
/// are neither video nor audio. What is not presented does not count: frames an edit list leaves out, hidden
/// reference frames, an encoder's priming and padding. Two coded fields are one frame.
/// Errors: kIo, kCancelled.
Result<std::vector<StreamTimes>> read_stream_times(Demuxer& demuxer, const RunContext& run);

/// The same from the index of an MP4 alone, without touching a packet. Nothing where the index cannot tell for
/// every video and audio stream: fragments, damaged tables, samples that are missing, edit lists of many parts.
std::optional<std::vector<StreamTimes>> index_stream_times(const AVFormatContext& format, const mp4::Mp4Index& index);

}  // namespace tokprep::av
