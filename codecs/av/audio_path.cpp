#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "codecs/av/av_error.h"
#include "codecs/av/decoder.h"
#include "codecs/av/filter_graph.h"
#include "codecs/av/stream_path.h"

namespace tokprep::av {
namespace {

/// Brings any sound to the encoder's rate and layout, on time from 0 on.
/// - first_pts pads (or cuts) the beginning, async fills holes, so that sound stays with picture;
/// - rematrix_maxval keeps a down-mix of 5.1 below full scale, also between float formats.
std::string audio_chain(const TranscodeJob& job, bool from_start) {
  const AudioRecipe& recipe = job.audio;
  std::string text = fmt::format(
      "aresample={0}:async=1:min_hard_comp=0.03:rematrix_maxval=1.0{1},"
      "aformat=sample_fmts=fltp:sample_rates={0}:channel_layouts={2}",
      recipe.sample_rate_hz, from_start ? ":first_pts=0" : "", recipe.channels == 1 ? "mono" : "stereo");
  if (job.hold_to_us) text += fmt::format(",apad=whole_dur={}us", *job.hold_to_us);
  if (job.end_us) text += fmt::format(",atrim=end={:.6f}", static_cast<double>(*job.end_us) / 1e6);
  return text;
}

class AudioPath final : public StreamPath {
 public:
  AudioPath(const AVStream& stream, const TranscodeJob& job, Decoder decoder, Encoder encoder, Mp4Muxer& muxer)
      : clock_(stream.time_base),
        start_(av_rescale_q(job.start_us, kMicroseconds, stream.time_base)),
        job_(job),
        decoder_(std::move(decoder)),
        encoder_(std::move(encoder)),
        muxer_(muxer) {}

  Status add_to_muxer() {
    TOKPREP_ASSIGN(output_, muxer_.add_encoded(encoder_));
    return {};
  }

  Status push(AVPacket& packet) override { return decoder_.push(&packet, from_decoder()); }

  Status finish() override {
    TOKPREP_TRY(decoder_.push(nullptr, from_decoder()));
    if (graph_) TOKPREP_TRY(graph_->finish(next_, to_encoder()));
    return encoder_.push(nullptr, to_muxer());
  }

  [[nodiscard]] PathCounts counts() const override { return {decoder_.frames(), samples_out_, decoder_.errors()}; }

 private:
  struct Shape {
    int rate = 0, format = -1, channels = 0;
    bool operator==(const Shape&) const = default;
  };

  FrameSink from_decoder() {
    return [this](FramePtr frame) -> Status {
      frame->pts = frame->best_effort_timestamp == AV_NOPTS_VALUE ? next_ : frame->best_effort_timestamp - start_;
      next_ = frame->pts + av_rescale_q(frame->nb_samples, {1, std::max(frame->sample_rate, 1)}, clock_);
      position_us_ = av_rescale_q(frame->pts, clock_, kMicroseconds);
      done_ = job_.end_us && position_us_ >= *job_.end_us;
      if (done_) return {};
      TOKPREP_TRY(follow(*frame));
      return graph_->push(std::move(frame), to_encoder());
    };
  }

  /// Sound may change its rate or layout in the middle; the chain is then built anew.
  Status follow(const AVFrame& frame) {
    const Shape shape{frame.sample_rate, frame.format, frame.ch_layout.nb_channels};
    if (graph_ && shape == shape_) return {};
    const bool from_start = !graph_;
    if (graph_) TOKPREP_TRY(graph_->finish(next_, to_encoder()));
    TOKPREP_ASSIGN(graph_, FilterGraph::audio(frame, clock_, audio_chain(job_, from_start)));
    graph_->set_frame_size(encoder_.codec().frame_size);
    shape_ = shape;
    return {};
  }

  FrameSink to_encoder() {
    return [this](FramePtr frame) -> Status {
      frame->pts = samples_out_;  // unbroken from 0 on: the chain has filled every hole
      samples_out_ += frame->nb_samples;
      return encoder_.push(frame.get(), to_muxer());
    };
  }

  PacketSink to_muxer() {
    return [this](AVPacket& packet) { return muxer_.write(output_, packet, encoder_.codec().time_base); };
  }

  AVRational clock_;
  std::int64_t start_;
  TranscodeJob job_;
  Decoder decoder_;
  Encoder encoder_;
  Mp4Muxer& muxer_;
  std::optional<FilterGraph> graph_;
  Shape shape_;
  int output_ = -1;
  std::int64_t next_ = 0;
  std::int64_t samples_out_ = 0;
};

}  // namespace

Result<std::unique_ptr<StreamPath>> make_audio_path(const AVStream& stream, const TranscodeJob& job, Mp4Muxer& muxer) {
  TOKPREP_ASSIGN(Decoder decoder, Decoder::open(stream, 1));
  TOKPREP_ASSIGN(Encoder encoder, Encoder::aac(job.audio));
  auto path = std::make_unique<AudioPath>(stream, job, std::move(decoder), std::move(encoder), muxer);
  TOKPREP_TRY(path->add_to_muxer());
  return path;
}

}  // namespace tokprep::av
