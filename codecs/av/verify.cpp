#include "codecs/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "codecs/av/decoder.h"
#include "codecs/av/demuxer.h"
#include "codecs/av/verify_frames.h"

namespace tokprep {
namespace {

using namespace av;

constexpr int kReportEveryPackets = 200;

/// Counts one packet where it belongs.
void count(const AVPacket& packet, const AVStream& stream, VerifyResult& result) {
  const std::int64_t duration_us = av_rescale_q(packet.duration, stream.time_base, kMicroseconds);
  const auto note_start = [&](std::optional<std::int64_t>& start_us) {
    if (packet.pts == AV_NOPTS_VALUE) return;
    const std::int64_t at_us = av_rescale_q(packet.pts, stream.time_base, kMicroseconds);
    start_us = std::min(start_us.value_or(at_us), at_us);
  };
  if (stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO) {
    ++result.video_packets;
    result.video_duration_us += duration_us;
    note_start(result.video_start_us);
  } else if (stream.codecpar->codec_type == AVMEDIA_TYPE_AUDIO) {
    ++result.audio_packets;
    result.audio_duration_us += duration_us;
    note_start(result.audio_start_us);
  }
}

class Decoders {
 public:
  static Result<Decoders> open(const Demuxer& demuxer, const VerifyJob& job, SampleTap* samples) {
    Decoders decoders;
    decoders.samples_ = samples;
    for (int i = 0; i < demuxer.stream_count(); ++i) {
      const AVMediaType type = demuxer.stream(i).codecpar->codec_type;
      const bool wanted =
          (type == AVMEDIA_TYPE_VIDEO && job.decode_video) || (type == AVMEDIA_TYPE_AUDIO && job.decode_audio);
      if (!wanted) continue;
      TOKPREP_ASSIGN(Decoder decoder, Decoder::open(demuxer.stream(i), 0));
      decoders.by_stream_.emplace(i, std::move(decoder));
    }
    return decoders;
  }

  Status push(int stream, const AVPacket* packet, VerifyResult& result) {
    const auto found = by_stream_.find(stream);
    if (found == by_stream_.end()) return {};
    return found->second.push(packet, [&](const FramePtr& frame) -> Status {
      if (frame->width == 0) {
        result.audio_samples += frame->nb_samples;
        return {};
      }
      if (samples_ != nullptr) {
        const AVRational clock = found->second.codec().pkt_timebase;
        samples_->compare(*frame, result.video_frames,
                          av_rescale_q(frame->best_effort_timestamp, clock, kMicroseconds));
      }
      ++result.video_frames;
      return {};
    });
  }

  Status finish(VerifyResult& result) {
    for (auto& [stream, decoder] : by_stream_) {
      TOKPREP_TRY(push(stream, nullptr, result));
      const bool is_picture = decoder.codec().codec_type == AVMEDIA_TYPE_VIDEO;
      (is_picture ? result.video_decode_errors : result.audio_decode_errors) += decoder.errors();
    }
    return {};
  }

 private:
  SampleTap* samples_ = nullptr;
  std::map<int, Decoder> by_stream_;
};

}  // namespace

Result<VerifyResult> av::verify_frames(const VerifyJob& job, SampleTap* samples, const RunContext& run) {
  TOKPREP_ASSIGN(Demuxer demuxer, Demuxer::open(job.input, run.stop));
  TOKPREP_ASSIGN(Decoders decoders, Decoders::open(demuxer, job, samples));
  VerifyResult result;
  const PacketPtr packet(av_packet_alloc());
  const std::int64_t size_bytes = avio_size(demuxer.format().pb);
  for (std::int64_t packets = 0;; ++packets) {
    TOKPREP_TRY(run.check_stop());
    TOKPREP_ASSIGN(const bool more, demuxer.read(*packet));
    if (!more) break;
    count(*packet, demuxer.stream(packet->stream_index), result);
    TOKPREP_TRY(decoders.push(packet->stream_index, packet.get(), result));
    if (packets % kReportEveryPackets == 0 && size_bytes > 0) {
      run.report("verify", static_cast<double>(avio_tell(demuxer.format().pb)) / static_cast<double>(size_bytes));
    }
  }
  TOKPREP_TRY(decoders.finish(result));
  if (demuxer.damage() > 0) {
    return fail(ErrorCode::kCorruptInput,
                fmt::format("{}: {} packets are missing or cut", job.input, demuxer.damage()));
  }
  return result;
}

Result<VerifyResult> verify_video(const VerifyJob& job, const RunContext& run) {
  return verify_frames(job, nullptr, run);
}

}  // namespace tokprep
