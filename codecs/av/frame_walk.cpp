#include "codecs/av/frame_walk.h"

#include <algorithm>
#include <utility>

#include "codecs/av/av_error.h"
#include "codecs/av/packet_clock.h"

namespace tokprep::av {
namespace {

constexpr int kMostPacketsToKey = 3000;

std::int64_t ticks_of(const AVPacket& packet) { return packet.pts != AV_NOPTS_VALUE ? packet.pts : packet.dts; }

}  // namespace

Result<FrameWalk> FrameWalk::open(const CoverSearchJob& job, int threads, const RunContext& run) {
  TOKPREP_ASSIGN(Demuxer demuxer, Demuxer::open(job.input, run.stop));
  if (job.stream_index < 0 || job.stream_index >= demuxer.stream_count()) {
    return fail(ErrorCode::kUnsupportedInput, job.input + " has no video stream to take a frame from");
  }
  demuxer.select({job.stream_index});
  TOKPREP_ASSIGN(Decoder decoder, Decoder::open(demuxer.stream(job.stream_index), threads, job.alpha));
  return FrameWalk(job, std::move(demuxer), std::move(decoder));
}

bool FrameWalk::seek(std::int64_t at_us) {
  decoder_.flush();
  untimed_ = 0;
  return demuxer_.seek_before(job_->stream_index, job_->start_us + at_us).has_value();
}

std::int64_t FrameWalk::at_us(std::int64_t ticks) const {
  return av_rescale_q(ticks, stream().time_base, kMicroseconds) - job_->start_us;
}

/// Frames without a time are counted from the start: whatever has none cannot be sought in either.
std::int64_t FrameWalk::time_of(const AVFrame& frame) {
  if (frame.best_effort_timestamp != AV_NOPTS_VALUE) return at_us(frame.best_effort_timestamp);
  const AVRational rate = stream().avg_frame_rate.num > 0 ? stream().avg_frame_rate : AVRational{25, 1};
  return av_rescale_q(untimed_++, av_inv_q(rate), kMicroseconds);
}

Result<bool> FrameWalk::read(AVPacket& packet, const RunContext& run) {
  while (true) {
    TOKPREP_TRY(run.check_stop());
    TOKPREP_ASSIGN(const bool more, demuxer_.read(packet));
    if (!more) return false;
    if (packet.stream_index != job_->stream_index) continue;
    if (ticks_of(packet) != AV_NOPTS_VALUE && job_->duration_us > 0) {
      const double done = static_cast<double>(at_us(ticks_of(packet))) / static_cast<double>(job_->duration_us);
      run.report("thumbnail", std::clamp(done, 0.0, 1.0));  // also where a key frame is minutes away
    }
    return true;
  }
}

Status FrameWalk::push_key(AVPacket& packet, const FrameSink& sink, const RunContext& run) {
  TOKPREP_TRY(decoder_.push(&packet, sink));
  if (FieldPairs::for_stream(demuxer_.format(), stream())) {  // the other field may be a packet of its own
    TOKPREP_ASSIGN(const bool more, read(packet, run));
    if (more) TOKPREP_TRY(decoder_.push(&packet, sink));
  }
  return decoder_.push(nullptr, sink);
}

Result<bool> FrameWalk::key_frame(const std::function<bool(std::int64_t at_us)>& is_new, const Look& look,
                                  const RunContext& run) {
  const PacketPtr packet(av_packet_alloc());
  for (int packets = 0; packets < kMostPacketsToKey; ++packets) {
    TOKPREP_ASSIGN(const bool more, read(*packet, run));
    if (!more) return false;
    if ((packet->flags & AV_PKT_FLAG_KEY) == 0 || (packet->flags & AV_PKT_FLAG_DISCARD) != 0) continue;
    if (ticks_of(*packet) == AV_NOPTS_VALUE) return false;  // nobody could say which frame it is
    if (!is_new(at_us(ticks_of(*packet)))) return true;
    bool seen = false;
    const auto first = [&](const FramePtr& frame) -> Status {
      const bool untimed = frame->best_effort_timestamp == AV_NOPTS_VALUE;
      if (seen || untimed || (frame->flags & AV_FRAME_FLAG_CORRUPT) != 0) return {};
      seen = true;
      return look(*frame, at_us(frame->best_effort_timestamp)).map([](bool) {});
    };
    TOKPREP_TRY(push_key(*packet, first, run));
    return true;
  }
  return false;
}

Status FrameWalk::frames(std::int64_t all_from_us, const Look& look, const RunContext& run) {
  bool wanted = true;
  const auto offer = [&](const FramePtr& frame) -> Status {
    if (!wanted) return {};
    TOKPREP_ASSIGN(wanted, look(*frame, time_of(*frame)));
    return {};
  };
  const PacketPtr packet(av_packet_alloc());
  while (wanted) {
    TOKPREP_ASSIGN(const bool more, read(*packet, run));
    if (!more) return decoder_.push(nullptr, offer);
    decoder_.skip_non_reference(packet->pts != AV_NOPTS_VALUE && at_us(packet->pts) < all_from_us);
    TOKPREP_TRY(decoder_.push(packet.get(), offer));
  }
  return {};
}

}  // namespace tokprep::av
