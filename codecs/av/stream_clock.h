#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "codecs/av/packet_clock.h"
#include "codecs/av/stream_times.h"

namespace tokprep::av {

/// Makes the times of one stream out of its packets: `take` each in decoding order, then `finish` once.
/// The stream must outlive it.
class StreamClock {
 public:
  StreamClock(const AVFormatContext& format, const AVStream& stream);

  void take(const AVPacket& packet);
  StreamTimes finish();

 private:
  struct TimedPacket {
    std::int64_t pts = AV_NOPTS_VALUE;
    std::int64_t dts = AV_NOPTS_VALUE;
    std::int64_t duration = 0;
    bool key = false;
    bool second_field = false;
  };

  [[nodiscard]] bool is_video() const { return stream_.codecpar->codec_type == AVMEDIA_TYPE_VIDEO; }
  void take_frame(const AVPacket& packet);
  void take_sound(const AVPacket& packet);

  /// Formats such as AVI give decoding times only, some streams give presentation times now and then. Decoding
  /// times are as far apart as presentation times, so where any is missing they stand for all, moved to start
  /// where the presentation starts. True where that was needed.
  bool fill_in_times();
  void fill_in_decoding_times();
  void finish_video(StreamTimes& times) const;

  /// Sound that only primes the decoder is not presented; where packets do not mark it, it is what lies before the
  /// start that the demuxer worked out, or before zero.
  void finish_sound(StreamTimes& times) const;

  const AVStream& stream_;
  std::optional<FieldPairs> fields_;
  std::vector<TimedPacket> packets_;
  std::optional<std::int64_t> sound_start_, sound_end_;
  std::uint64_t size_bytes_ = 0;
  bool has_alpha_layer_ = false;
};

}  // namespace tokprep::av
