#include <algorithm>
#include <optional>
#include <utility>

#include "codecs/av/av_error.h"
#include "codecs/av/clean_tail.h"
#include "codecs/av/stream_path.h"

namespace tokprep::av {
namespace {

// A clock with fewer ticks a second cannot write 30000/1001 as a constant rate.
constexpr int kFineClockHz = 10'000;

// How long before the end packets are held back: longer than any group of B-frames.
constexpr std::int64_t kTailUs = 3'000'000;

// What a decoder needs before the first sound that is heard: AAC overlaps each packet with the one before.
constexpr int kSoundPreroll = 2;

Result<BitstreamFilterPtr> make_tagger(const AVStream& stream) {
  const bool hevc = stream.codecpar->codec_id == AV_CODEC_ID_HEVC;
  const std::string chain =
      std::string(hevc ? "hevc_metadata" : "h264_metadata") +
      "=colour_primaries=1:transfer_characteristics=1:matrix_coefficients=1:video_full_range_flag=0";
  AVBSFContext* context = nullptr;
  int ret = av_bsf_list_parse_str(chain.c_str(), &context);
  if (ret < 0) return av_error(ret, "set up the colour tags");
  BitstreamFilterPtr filter(context);
  avcodec_parameters_copy(filter->par_in, stream.codecpar);
  filter->time_base_in = stream.time_base;
  ret = av_bsf_init(filter.get());
  if (ret < 0) return av_error(ret, "set up the colour tags");
  filter->par_out->color_range = AVCOL_RANGE_MPEG;
  filter->par_out->color_primaries = AVCOL_PRI_BT709;
  filter->par_out->color_trc = AVCOL_TRC_BT709;
  filter->par_out->color_space = AVCOL_SPC_BT709;
  return filter;
}

/// The clock packets leave with: the source's, unless that is too coarse for what it times.
AVRational output_clock_of(const AVStream& stream, bool is_video, Rational rate) {
  const bool coarse = av_q2d(stream.time_base) * kFineClockHz > 1.0;
  if (!is_video && stream.codecpar->sample_rate > 0) return {1, stream.codecpar->sample_rate};
  if (!coarse || !is_video || rate.num <= 0) return stream.time_base;
  return {static_cast<int>(rate.den), static_cast<int>(rate.num)};
}

class CopyPath final : public StreamPath {
 public:
  CopyPath(const AVStream& stream, const TranscodeJob& job, bool is_video, BitstreamFilterPtr tagger, Mp4Muxer& muxer)
      : parameters_(*stream.codecpar),
        is_video_(is_video),
        clock_(stream.time_base),
        output_clock_(output_clock_of(stream, is_video, job.video.frame_rate)),
        start_(av_rescale_q(job.start_us, kMicroseconds, stream.time_base)),
        begun_(!job.seek),
        tagger_(std::move(tagger)),
        muxer_(muxer) {
    if (!job.end_us) return;
    end_us_wanted_ = *job.end_us;
    tail_.emplace(av_rescale_q(*job.end_us, kMicroseconds, clock_), av_rescale_q(kTailUs, kMicroseconds, clock_));
  }

  void set_output(int index) { output_ = index; }

  [[nodiscard]] AVRational output_clock() const { return output_clock_; }

  Status push(AVPacket& packet) override {
    if (packet.pts != AV_NOPTS_VALUE) packet.pts -= start_;
    if (packet.dts != AV_NOPTS_VALUE) packet.dts -= start_;
    if (!has_begun(packet)) return {};
    if (tail_ && tail_->hold(packet)) {
      done_ = tail_->complete();
      return {};
    }
    return tag(packet);
  }

  Status begin_again(std::int64_t /*later_us*/) override {
    return fail(ErrorCode::kInternal, "a copied stream cannot be played twice");
  }

  Status finish(std::optional<std::int64_t> end_us) override {
    if (!tail_) return {};
    const std::int64_t end =
        av_rescale_q(std::min(end_us.value_or(end_us_wanted_), end_us_wanted_), kMicroseconds, clock_);
    for (const PacketPtr& packet : tail_->release()) {
      // Sound depends on nothing that follows: it goes on as long as the picture does.
      if (is_video_ || packet->pts < end) TOKPREP_TRY(tag(*packet));
    }
    return {};
  }

  [[nodiscard]] PathCounts counts() const override { return {0, written_, 0}; }

 private:
  /// The picture begins with its first key frame inside, the sound a little before it.
  bool has_begun(const AVPacket& packet) {
    if (begun_) return true;
    const std::int64_t time = packet.pts != AV_NOPTS_VALUE ? packet.pts : packet.dts;
    if (is_video_) begun_ = time >= 0 && (packet.flags & AV_PKT_FLAG_KEY) != 0;
    else begun_ = time + kSoundPreroll * packet.duration >= 0;
    return begun_;
  }

  Status tag(AVPacket& packet) {
    if (!tagger_) return write(packet);
    int ret = av_bsf_send_packet(tagger_.get(), &packet);
    if (ret < 0) return av_error(ret, "write the colour tags");
    const PacketPtr tagged(av_packet_alloc());
    while ((ret = av_bsf_receive_packet(tagger_.get(), tagged.get())) == 0) TOKPREP_TRY(write(*tagged));
    if (ret != AVERROR(EAGAIN) && ret != AVERROR_EOF) return av_error(ret, "write the colour tags");
    return {};
  }

  Status write(AVPacket& packet) {
    if (packet.pts != AV_NOPTS_VALUE) {
      position_us_ = av_rescale_q(packet.pts, clock_, kMicroseconds);
      const std::int64_t ends_us = av_rescale_q(packet.pts + packet.duration, clock_, kMicroseconds);
      end_us_ = std::max(end_us_.value_or(ends_us), ends_us);
    }
    if (!is_video_) follow_samples(packet);
    else if (av_cmp_q(clock_, output_clock_) != 0) snap(packet);
    ++written_;
    return muxer_.write(output_, packet, output_clock_);
  }

  /// Sound is timed by its own samples: a clock of milliseconds would make every packet a little too long or short.
  void follow_samples(AVPacket& packet) {
    const int samples = av_get_audio_frame_duration2(&parameters_, packet.size);
    if (packet.pts == AV_NOPTS_VALUE || samples <= 0) {
      av_packet_rescale_ts(&packet, clock_, output_clock_);
      return;
    }
    packet.pts = packet.dts =
        av_rescale_delta(clock_, packet.pts, output_clock_, samples, &last_sample_, output_clock_);
    packet.duration = samples;
  }

  /// Each time goes to the nearest frame of the constant rate.
  void snap(AVPacket& packet) {
    packet.pts = av_rescale_q_rnd(packet.pts, clock_, output_clock_, kNearest);
    packet.dts = av_rescale_q_rnd(packet.dts, clock_, output_clock_, kNearest);
    if (packet.dts != AV_NOPTS_VALUE && packet.dts <= last_dts_) packet.dts = last_dts_ + 1;
    if (packet.dts != AV_NOPTS_VALUE) last_dts_ = packet.dts;
    packet.duration = 1;
  }

  static constexpr auto kNearest = static_cast<AVRounding>(AV_ROUND_NEAR_INF | AV_ROUND_PASS_MINMAX);

  AVCodecParameters& parameters_;  // the demuxer's, which outlives the path
  bool is_video_;
  AVRational clock_;
  AVRational output_clock_;
  std::int64_t start_;
  bool begun_;
  std::int64_t end_us_wanted_ = 0;
  std::optional<CleanTail> tail_;
  BitstreamFilterPtr tagger_;
  Mp4Muxer& muxer_;
  int output_ = -1;
  std::int64_t written_ = 0;
  std::int64_t last_dts_ = INT64_MIN;
  std::int64_t last_sample_ = AV_NOPTS_VALUE;
};

}  // namespace

Result<std::unique_ptr<StreamPath>> make_copy_path(const AVStream& stream, const TranscodeJob& job, bool is_video,
                                                   Mp4Muxer& muxer) {
  BitstreamFilterPtr tagger;
  if (is_video && job.video.tag_bt709) {
    TOKPREP_ASSIGN(tagger, make_tagger(stream));
  }
  // Stays valid below: the pointer moves into the path, the context it points to does not.
  const AVCodecParameters& parameters = tagger ? *tagger->par_out : *stream.codecpar;
  const std::uint32_t tag = parameters.codec_id == AV_CODEC_ID_HEVC ? MKTAG('h', 'v', 'c', '1') : 0;
  auto path = std::make_unique<CopyPath>(stream, job, is_video, std::move(tagger), muxer);
  TOKPREP_ASSIGN(const int output, muxer.add_copied(parameters, path->output_clock(), tag));
  path->set_output(output);
  return path;
}

}  // namespace tokprep::av
