#include "codecs/av/decoding_times.h"

#include <algorithm>

namespace tokprep::av {

DecodingTimes::DecodingTimes(const AVStream& stream)
    : held_(static_cast<std::size_t>(std::max(0, stream.codecpar->video_delay)) + 1, AV_NOPTS_VALUE) {}

void DecodingTimes::fill(AVPacket& packet) {
  if (packet.pts == AV_NOPTS_VALUE) return;
  held_.front() = packet.pts;  // in the place of the one that went last
  std::ranges::sort(held_);    // AV_NOPTS_VALUE is the smallest number
  packet.dts = held_.front();
}

void DecodingTimes::reset() { std::ranges::fill(held_, AV_NOPTS_VALUE); }

}  // namespace tokprep::av
