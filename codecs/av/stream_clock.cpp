#include "codecs/av/stream_clock.h"

#include <algorithm>
#include <limits>

namespace tokprep::av {
namespace {

constexpr std::int64_t kUnknown = AV_NOPTS_VALUE;

}  // namespace

StreamClock::StreamClock(const AVFormatContext& format, const AVStream& stream)
    : stream_(stream), fields_(FieldPairs::for_stream(format, stream)) {}

void StreamClock::take(const AVPacket& packet) {
  has_alpha_layer_ = has_alpha_layer_ || carries_alpha(stream_, packet);
  // A packet that the end of the file cut is no whole frame.
  if ((packet.flags & (AV_PKT_FLAG_DISCARD | AV_PKT_FLAG_CORRUPT)) != 0) return;
  size_bytes_ += static_cast<std::uint64_t>(packet.size);
  if (is_hidden_frame(stream_, packet)) return;
  if (is_video()) take_frame(packet);
  else take_sound(packet);
}

StreamTimes StreamClock::finish() {
  StreamTimes times;
  times.time_base = {stream_.time_base.num, stream_.time_base.den};
  times.size_bytes = size_bytes_;
  times.has_alpha_layer = has_alpha_layer_;
  if (is_video()) {
    times.order_known = !fill_in_times();
    finish_video(times);
  } else {
    finish_sound(times);
  }
  return times;
}

void StreamClock::take_frame(const AVPacket& packet) {
  const bool second_field = fields_ && fields_->is_second_field(packet);
  packets_.push_back({packet.pts, packet.dts, packet.duration, (packet.flags & AV_PKT_FLAG_KEY) != 0, second_field});
}

void StreamClock::take_sound(const AVPacket& packet) {
  std::int64_t time = packet.pts != kUnknown ? packet.pts : packet.dts;
  if (time == kUnknown) time = sound_end_.value_or(0);
  const SkippedTicks skipped = skipped_ticks(stream_, packet);
  const std::int64_t start = time + skipped.start;
  const std::int64_t end = time + packet.duration - skipped.end;
  if (!sound_start_ || start < *sound_start_) sound_start_ = start;
  if (!sound_end_ || end > *sound_end_) sound_end_ = end;
}

void StreamClock::finish_sound(StreamTimes& times) const {
  times.start = sound_start_;
  times.end = sound_end_;
  if (!sound_start_) return;
  const AVCodecParameters& codec = *stream_.codecpar;
  if (*sound_start_ < 0 && codec.initial_padding > 0 && codec.sample_rate > 0) {
    const std::int64_t priming =
        av_rescale_q_rnd(codec.initial_padding, {1, codec.sample_rate}, stream_.time_base, AV_ROUND_UP);
    times.start = std::min<std::int64_t>(0, *sound_start_ + priming);
  }
  const std::int64_t declared = stream_.start_time;
  if (declared != kUnknown && declared < *sound_end_) times.start = std::max(*times.start, declared);
}

bool StreamClock::fill_in_times() {
  if (std::ranges::none_of(packets_, [](const TimedPacket& packet) { return packet.pts == kUnknown; })) return false;
  fill_in_decoding_times();
  std::int64_t first_pts = std::numeric_limits<std::int64_t>::max();
  for (const TimedPacket& packet : packets_) {
    if (packet.pts != kUnknown) first_pts = std::min(first_pts, packet.pts);
  }
  const std::int64_t first_dts = packets_.front().dts;
  const bool known = first_pts != std::numeric_limits<std::int64_t>::max();
  for (TimedPacket& packet : packets_) packet.pts = packet.dts + (known ? first_pts - first_dts : 0);
  return true;
}

void StreamClock::fill_in_decoding_times() {
  const AVRational rate = stream_.avg_frame_rate.num > 0 ? stream_.avg_frame_rate : stream_.r_frame_rate;
  const std::int64_t step =
      rate.num > 0 ? std::max<std::int64_t>(1, av_rescale_q(1, av_inv_q(rate), stream_.time_base)) : 1;
  std::int64_t next = 0;
  for (TimedPacket& packet : packets_) {
    if (packet.dts == kUnknown) packet.dts = packet.pts != kUnknown ? std::max(packet.pts, next) : next;
    next = packet.dts + (packet.duration > 0 ? packet.duration : step);
  }
}

void StreamClock::finish_video(StreamTimes& times) const {
  for (const TimedPacket& packet : packets_) {
    if (!packet.second_field) times.frames.push_back({packet.pts, packet.key});
  }
  if (times.frames.empty()) return;
  const auto [first, last] = std::ranges::minmax(times.frames, std::ranges::less{}, &FrameTime::pts);
  times.start = first.pts;
  const auto gaps = static_cast<std::int64_t>(times.frames.size()) - 1;
  const std::int64_t mean_gap = gaps > 0 ? (last.pts - first.pts + gaps / 2) / gaps : 0;
  std::int64_t end = last.pts;
  for (const TimedPacket& packet : packets_) end = std::max(end, packet.pts + packet.duration);
  // Durations of packets are often guessed from a rate the header invents (600 fps); a last frame that would
  // go after half a gap is taken to stay a whole one.
  times.end = end - last.pts < mean_gap / 2 ? last.pts + mean_gap : end;
}

}  // namespace tokprep::av
