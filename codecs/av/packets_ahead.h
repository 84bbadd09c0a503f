#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "base/run_context.h"
#include "codecs/av/demuxer.h"

namespace tokprep::av {

/// The packets of one video stream from where a demuxer stands, with a look at those still to come: which frame is
/// shown at an instant is told by the packets' times, before anything is decoded.
///
/// What was looked at is held (64 MB at most) and handed out first. The demuxer must outlive it.
class PacketsAhead {
 public:
  PacketsAhead(Demuxer& demuxer, int stream_index) : demuxer_(demuxer), stream_index_(stream_index) {}

  /// What there is to see from here.
  struct Sight {
    enum class Kind {
      kFrame,    ///< `pts` is that of the frame shown at the instant
      kTooLate,  ///< the first frame that can be decoded from here is shown later: start further back
      kUnknown,  ///< times are missing, frames come in two packets, or it is too far: decode and see
    };
    Kind kind = Kind::kUnknown;
    std::int64_t pts = 0;  ///< ticks of the stream
    int packets = 0;       ///< up to and with that frame's
  };

  /// Looks for the frame shown at `at_us` on the file's clock. Once, before the first `next`. Errors: kIo, kCancelled.
  Result<Sight> look(std::int64_t at_us, const RunContext& run);

  /// The next packet of the stream; false at the end.
  Result<bool> next(AVPacket& packet);

 private:
  Demuxer& demuxer_;
  int stream_index_;
  std::deque<PacketPtr> held_;
};

}  // namespace tokprep::av
