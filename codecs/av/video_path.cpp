#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "codecs/av/av_error.h"
#include "codecs/av/decoder.h"
#include "codecs/av/filter_graph.h"
#include "codecs/av/picture_filter.h"
#include "codecs/av/stream_path.h"

namespace tokprep::av {
namespace {

/// Frames at any times in, frames at a constant rate from time 0 out: gaps are filled, surplus is dropped.
class RateFilter {
 public:
  RateFilter(const TranscodeJob& job, AVRational time_base) : chain_(chain(job)), time_base_(time_base) {}

  Status push(FramePtr frame, const FrameSink& sink) {
    if (!graph_) {
      const auto format = static_cast<AVPixelFormat>(frame->format);
      TOKPREP_ASSIGN(graph_, FilterGraph::video(*frame, time_base_, {0, 1}, chain_, format));
    }
    if (frames_++ == 0) first_pts_ = frame->pts;
    last_pts_ = frame->pts;
    last_duration_ = frame->pkt_duration;
    return graph_->push(std::move(frame), sink);
  }

  /// The last frame is shown until it ends, and not only at its instant.
  Status finish(const FrameSink& sink) { return graph_ ? graph_->finish(end_pts(), sink) : Status{}; }

 private:
  /// As it was measured beforehand (StreamClock): a duration of less than half a gap is a guess of the header's.
  [[nodiscard]] std::int64_t end_pts() const {
    const std::int64_t gap = frames_ > 1 ? (last_pts_ - first_pts_) / (frames_ - 1) : 0;
    return last_pts_ + (last_duration_ < gap / 2 ? gap : last_duration_);
  }

  static std::string chain(const TranscodeJob& job) {
    const double rate = job.video.frame_rate.value();
    // start_time: where the sound begins first, the first picture is shown from 0 on.
    std::string text = fmt::format("fps=fps={}:start_time=0:round=near", to_text(job.video.frame_rate));
    if (const auto until_us = job.loop_to_us ? job.loop_to_us : job.hold_to_us) {
      const double seconds = static_cast<double>(*until_us) / 1e6;
      text += fmt::format(",tpad=stop_mode=clone:stop_duration={:.6f},trim=end_frame={}", seconds,
                          static_cast<std::int64_t>(std::ceil(seconds * rate - kWholeFrame)));
    }
    if (job.end_us) {
      const double frames = static_cast<double>(*job.end_us) / 1e6 * rate;
      text += fmt::format(",trim=end_frame={}", static_cast<std::int64_t>(frames + kWholeFrame));
    }
    return text;
  }

  static constexpr double kWholeFrame = 1e-3;  // a time in microseconds may fall short of its frame by this part

  std::string chain_;
  AVRational time_base_;
  std::int64_t frames_ = 0;
  std::int64_t first_pts_ = 0;
  std::int64_t last_pts_ = 0;
  std::int64_t last_duration_ = 0;
  std::optional<FilterGraph> graph_;
};

class VideoPath final : public StreamPath {
 public:
  VideoPath(const AVStream& stream, const TranscodeJob& job, Decoder decoder, Encoder encoder, const VideoTaps& taps,
            Mp4Muxer* muxer)
      : clock_(stream.time_base),
        start_(av_rescale_q(job.start_us, kMicroseconds, stream.time_base)),
        limit_us_((job.loop_to_us ? job.loop_to_us : job.end_us).value_or(INT64_MAX)),
        seek_(job.seek),
        frame_rate_(job.video.frame_rate),
        // Thinning out first spares the scaler; filling up last spares it too.
        // Fields are put together from neighbours, so nothing may be missing before that.
        rate_first_(!job.video.deinterlace && !job.video.detelecine &&
                    av_q2d(stream.avg_frame_rate) > 1.2 * job.video.frame_rate.value()),
        decoder_(std::move(decoder)),
        picture_(steps_of(job.video), stream.time_base),
        rate_(job, stream.time_base),
        encoder_(std::move(encoder)),
        taps_(taps),
        muxer_(muxer) {}

  Status add_to_muxer() {
    if (muxer_ == nullptr) return {};
    TOKPREP_ASSIGN(output_, muxer_->add_encoded(encoder_));
    return {};
  }

  Status push(AVPacket& packet) override { return decoder_.push(&packet, from_decoder()); }

  Status begin_again(std::int64_t later_us) override {
    TOKPREP_TRY(decoder_.push(nullptr, from_decoder()));
    decoder_.flush();
    start_ -= av_rescale_q(later_us, kMicroseconds, clock_);
    return {};
  }

  Status finish(std::optional<std::int64_t> /*end_us*/) override {
    TOKPREP_TRY(decoder_.push(nullptr, from_decoder()));
    const FrameSink last = to_encoder();
    if (rate_first_) {
      TOKPREP_TRY(rate_.finish([&](FramePtr frame) { return through_picture(std::move(frame)); }));
      TOKPREP_TRY(picture_.push(nullptr, last));
    } else {
      TOKPREP_TRY(picture_.push(nullptr, [&](FramePtr frame) { return rate_.push(std::move(frame), last); }));
      TOKPREP_TRY(rate_.finish(last));
    }
    return encoder_.push(nullptr, to_muxer());
  }

  [[nodiscard]] PathCounts counts() const override { return {decoder_.frames(), written_, decoder_.errors()}; }

 private:
  FrameSink from_decoder() {
    return [this](FramePtr frame) -> Status {
      const std::int64_t ticks = frame->best_effort_timestamp;
      frame->pts = ticks == AV_NOPTS_VALUE ? next_ : ticks - start_;
      next_ = frame->pts + std::max<std::int64_t>(frame->pkt_duration, 1);
      const std::int64_t at_us = av_rescale_q(frame->pts, clock_, kMicroseconds);
      if (decoder_.frames() > 1) longest_gap_us_ = std::max(longest_gap_us_, at_us - position_us_);
      position_us_ = at_us;
      done_ = position_us_ >= limit_us_;
      if (taps_.cover != nullptr) taps_.cover->offer(*frame, position_us_);
      if (done_ || (seek_ && next_ <= 0)) return {};
      if (rate_first_)
        return rate_.push(std::move(frame), [this](FramePtr kept) { return through_picture(std::move(kept)); });
      return picture_.push(std::move(frame),
                           [this](FramePtr ready) { return rate_.push(std::move(ready), to_encoder()); });
    };
  }

  Status through_picture(FramePtr frame) { return picture_.push(std::move(frame), to_encoder()); }

  FrameSink to_encoder() {
    return [this](FramePtr frame) -> Status {
      // One frame a tick from 0 on: the rate filter has seen to it, whatever clock the picture filter keeps.
      frame->pts = encoded_++;
      frame->pict_type = AV_PICTURE_TYPE_NONE;
      if (taps_.samples != nullptr) taps_.samples->offer(*frame, frame->pts);
      return encoder_.push(frame.get(), to_muxer());
    };
  }

  PacketSink to_muxer() {
    return [this](AVPacket& packet) -> Status {
      packet.duration = 1;
      ++written_;
      end_us_ = av_rescale(written_, frame_rate_.den * 1'000'000, frame_rate_.num);
      if (muxer_ == nullptr) return {};
      return muxer_->write(output_, packet, encoder_.codec().time_base);
    };
  }

  AVRational clock_;
  std::int64_t start_;
  std::int64_t limit_us_;
  bool seek_;
  Rational frame_rate_;
  bool rate_first_;
  Decoder decoder_;
  PictureFilter picture_;
  RateFilter rate_;
  Encoder encoder_;
  VideoTaps taps_;
  Mp4Muxer* muxer_;
  int output_ = -1;
  std::int64_t next_ = 0;
  std::int64_t encoded_ = 0;
  std::int64_t written_ = 0;
};

}  // namespace

Result<std::unique_ptr<StreamPath>> make_video_path(const AVStream& stream, const TranscodeJob& job,
                                                    const VideoTaps& taps, Mp4Muxer* muxer) {
  TOKPREP_ASSIGN(Decoder decoder, Decoder::open(stream, job.threads, job.video.alpha));
  TOKPREP_ASSIGN(Encoder encoder, Encoder::h264(job.video, job.threads, taps.pass));
  auto path = std::make_unique<VideoPath>(stream, job, std::move(decoder), std::move(encoder), taps, muxer);
  TOKPREP_TRY(path->add_to_muxer());
  return path;
}

}  // namespace tokprep::av
