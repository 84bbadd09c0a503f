#include "codecs/av/packets_ahead.h"

#include <algorithm>

#include "codecs/av/packet_clock.h"

namespace tokprep::av {
namespace {

constexpr std::int64_t kMostHeldBytes = 64'000'000;
constexpr int kMostReordered = 16;

/// What the packets seen so far say of the frame shown at an instant.
struct Seen {
  AVRational clock{1, 1};
  std::int64_t at_us = 0;
  std::optional<std::int64_t> first;  ///< pts of the first frame: a key frame
  std::optional<std::int64_t> best;   ///< latest pts that is not after the instant
  int packets = 0;
  int packets_to_best = 0;
  int later = 0;  ///< frames shown after the instant

  [[nodiscard]] bool is_later(std::int64_t time) const { return av_rescale_q(time, clock, kMicroseconds) > at_us; }

  void take(const AVPacket& packet) {
    if (!first) first = packet.pts;
    if (is_later(packet.pts)) {
      ++later;
    } else if (!best || packet.pts > *best) {
      best = packet.pts;
      packets_to_best = packets;
    }
  }

  /// No packet to come is shown at or before the instant: none is shown before it is decoded.
  [[nodiscard]] bool all(const AVPacket& packet) const {
    return packet.dts != AV_NOPTS_VALUE ? is_later(packet.dts) : later > kMostReordered;
  }

  [[nodiscard]] PacketsAhead::Sight sight() const {
    using Kind = PacketsAhead::Sight::Kind;
    // Pictures shown before the first key frame refer to what lies before it.
    if (!best || *best < *first) return {Kind::kTooLate, 0, 0};
    return {Kind::kFrame, *best, packets_to_best};
  }
};

}  // namespace

Result<PacketsAhead::Sight> PacketsAhead::look(std::int64_t at_us, const RunContext& run) {
  const AVStream& stream = demuxer_.stream(stream_index_);
  if (FieldPairs::for_stream(demuxer_.format(), stream)) return Sight{};
  Seen seen{stream.time_base, at_us, {}, {}, 0, 0, 0};
  std::int64_t held_bytes = 0;
  while (held_bytes < kMostHeldBytes) {
    TOKPREP_TRY(run.check_stop());
    PacketPtr packet(av_packet_alloc());
    TOKPREP_ASSIGN(const bool more, demuxer_.read(*packet));
    if (!more) return seen.first ? seen.sight() : Sight{};
    if (packet->stream_index != stream_index_) continue;
    ++seen.packets;
    held_bytes += packet->size;
    const AVPacket& looked_at = *held_.emplace_back(std::move(packet));
    if (looked_at.pts == AV_NOPTS_VALUE) return Sight{};
    if ((looked_at.flags & AV_PKT_FLAG_DISCARD) != 0 || is_hidden_frame(stream, looked_at)) continue;
    seen.take(looked_at);
    if (seen.all(looked_at)) return seen.sight();
  }
  return Sight{};
}

Result<bool> PacketsAhead::next(AVPacket& packet) {
  if (!held_.empty()) {
    av_packet_unref(&packet);
    av_packet_move_ref(&packet, held_.front().get());
    held_.pop_front();
    return true;
  }
  while (true) {
    TOKPREP_ASSIGN(const bool more, demuxer_.read(packet));
    if (!more || packet.stream_index == stream_index_) return more;
  }
}

}  // namespace tokprep::av
