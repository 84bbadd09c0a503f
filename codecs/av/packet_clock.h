#pragma once

#include <cstdint>
#include <optional>

#include "codecs/av/handles.h"

namespace tokprep::av {

/// Tells second fields. In transport and program streams each coded field may be a packet of its own, with its
/// own time; a frame is the pair.
class FieldPairs {
 public:
  /// For streams that may have such packets; nothing for all others, where a packet is a frame.
  static std::optional<FieldPairs> for_stream(const AVFormatContext& format, const AVStream& stream);

  /// True when `packet` completes the frame that the packet before it began. In decoding order.
  bool is_second_field(const AVPacket& packet);

 private:
  FieldPairs() = default;

  CodecPtr codec_;
  Owned<AVCodecParserContext, av_parser_close> parser_;
  AVPictureStructure open_field_ = AV_PICTURE_STRUCTURE_UNKNOWN;  // a first field waits for its second
};

/// True for a coded frame that is only there to be referred to (VP8's alternate reference frames).
bool is_hidden_frame(const AVStream& stream, const AVPacket& packet);

/// True when a VP8 or VP9 packet brings its transparency along, as WebM does; headers announce it by habit.
bool carries_alpha(const AVStream& stream, const AVPacket& packet);

/// Ticks of the stream at the start and at the end of a packet that the decoder will throw away.
struct SkippedTicks {
  std::int64_t start = 0, end = 0;
};
SkippedTicks skipped_ticks(const AVStream& stream, const AVPacket& packet);

}  // namespace tokprep::av
