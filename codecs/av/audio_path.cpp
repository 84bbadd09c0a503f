#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>
#include <utility>

#include "codecs/av/audio_chain.h"
#include "codecs/av/av_error.h"
#include "codecs/av/decoder.h"
#include "codecs/av/encoder.h"
#include "codecs/av/sound_meter.h"
#include "codecs/av/stream_path.h"

namespace tokprep::av {
namespace {

// Frames that wait for the gain: some 90 s of stereo. Longer than that the picture waits with them.
constexpr std::size_t kMostWaitingFrames = 4096;

Status multiply(AVFrame& frame, float factor) {
  const int ret = av_frame_make_writable(&frame);
  if (ret < 0) return av_error(ret, "change the level of the sound");
  for (int channel = 0; channel < frame.ch_layout.nb_channels; ++channel) {
    auto* samples = reinterpret_cast<float*>(frame.extended_data[channel]);
    for (int i = 0; i < frame.nb_samples; ++i) samples[i] *= factor;
  }
  return {};
}

/// AAC into the muxer, timed by the samples themselves.
class SoundWriter {
 public:
  SoundWriter(Encoder encoder, Mp4Muxer& muxer) : encoder_(std::move(encoder)), muxer_(muxer) {}

  Status add_to_muxer() {
    TOKPREP_ASSIGN(output_, muxer_.add_encoded(encoder_));
    return {};
  }

  Status write(AVFrame& frame) {
    frame.pts = samples_;  // unbroken from 0 on: whoever feeds this has filled every hole
    samples_ += frame.nb_samples;
    return encoder_.push(&frame, to_muxer());
  }

  Status finish() { return encoder_.push(nullptr, to_muxer()); }

  [[nodiscard]] std::int64_t samples() const { return samples_; }
  [[nodiscard]] std::int64_t end_us() const { return av_rescale(samples_, 1'000'000, encoder_.codec().sample_rate); }
  [[nodiscard]] AVCodecContext& codec() const { return encoder_.codec(); }

 private:
  PacketSink to_muxer() {
    return [this](AVPacket& packet) { return muxer_.write(output_, packet, encoder_.codec().time_base); };
  }

  Encoder encoder_;
  Mp4Muxer& muxer_;
  int output_ = -1;
  std::int64_t samples_ = 0;
};

class AudioPath final : public StreamPath {
 public:
  AudioPath(const AVStream& stream, const TranscodeJob& job, Decoder decoder, SoundWriter writer, Gain* gain)
      : recipe_(job.audio),
        decoder_(std::move(decoder)),
        chain_(job, stream.time_base, "", writer.codec().frame_size),
        writer_(std::move(writer)),
        gain_(gain) {}

  Status add_to_muxer() { return writer_.add_to_muxer(); }

  Status push(AVPacket& packet) override {
    TOKPREP_TRY(decoder_.push(&packet, into_chain()));
    position_us_ = chain_.position_us();
    done_ = chain_.done();
    return {};
  }

  Status begin_again(std::int64_t later_us) override {
    TOKPREP_TRY(decoder_.push(nullptr, into_chain()));
    decoder_.flush();
    chain_.shift(later_us);
    return {};
  }

  Status finish(std::optional<std::int64_t> /*end_us*/) override {
    TOKPREP_TRY(decoder_.push(nullptr, into_chain()));
    TOKPREP_TRY(chain_.finish(to_level()));
    TOKPREP_TRY(write_waiting());
    return writer_.finish();
  }

  [[nodiscard]] PathCounts counts() const override { return {decoder_.frames(), writer_.samples(), decoder_.errors()}; }

  [[nodiscard]] std::optional<SoundMeasure> sound() const override {
    SoundMeasure sound;
    if (loudness_) {
      sound.loudness_lufs = loudness_->integrated_lufs;
      sound.true_peak_dbtp = loudness_->true_peak_dbtp;
      sound.gain_db = gain_db_;
    }
    sound.peak_dbfs = meter_.peak_dbfs();
    sound.clipped_samples = meter_.clipped_samples();
    sound.unplaced_channels = chain_.unplaced_channels();
    return sound;
  }

 private:
  FrameSink into_chain() {
    return [this](FramePtr frame) { return chain_.push(std::move(frame), to_level()); };
  }

  FrameSink to_level() {
    return [this](FramePtr frame) -> Status {
      if (gain_ == nullptr) return write(*frame);
      waiting_.push_back(std::move(frame));
      return gain_->ready() || waiting_.size() > kMostWaitingFrames ? write_waiting() : Status{};
    };
  }

  Status write_waiting() {
    if (gain_ != nullptr && !loudness_) {
      TOKPREP_ASSIGN(loudness_, gain_->wait());
      gain_db_ = av::gain_db(*loudness_, recipe_.loudness_lufs.value_or(0), recipe_.true_peak_limit_dbtp);
    }
    for (; !waiting_.empty(); waiting_.pop_front()) {
      if (gain_db_ != 0) TOKPREP_TRY(multiply(*waiting_.front(), std::pow(10.F, static_cast<float>(gain_db_) / 20)));
      TOKPREP_TRY(write(*waiting_.front()));
    }
    return {};
  }

  Status write(AVFrame& frame) {
    meter_.take(frame);
    TOKPREP_TRY(writer_.write(frame));
    end_us_ = writer_.end_us();
    return {};
  }

  AudioRecipe recipe_;
  Decoder decoder_;
  AudioChain chain_;
  SoundWriter writer_;
  Gain* gain_;
  std::optional<Loudness> loudness_;
  double gain_db_ = 0;
  std::deque<FramePtr> waiting_;
  SoundMeter meter_;
};

class SilencePath final : public StreamPath {
 public:
  explicit SilencePath(SoundWriter writer) : writer_(std::move(writer)) {}

  Status add_to_muxer() { return writer_.add_to_muxer(); }

  Status push(AVPacket& /*packet*/) override { return {}; }
  Status begin_again(std::int64_t /*later_us*/) override { return {}; }

  Status keep_up(std::int64_t position_us) override {
    while (writer_.end_us() + frame_us() <= position_us) TOKPREP_TRY(write(writer_.codec().frame_size));
    return {};
  }

  Status finish(std::optional<std::int64_t> end_us) override {
    TOKPREP_TRY(keep_up(end_us.value_or(0)));
    const std::int64_t end = av_rescale(end_us.value_or(0), writer_.codec().sample_rate, 1'000'000);
    if (end > writer_.samples()) TOKPREP_TRY(write(static_cast<int>(end - writer_.samples())));
    return writer_.finish();
  }

  [[nodiscard]] PathCounts counts() const override { return {0, writer_.samples(), 0}; }

 private:
  [[nodiscard]] std::int64_t frame_us() const {
    return av_rescale(writer_.codec().frame_size, 1'000'000, writer_.codec().sample_rate);
  }

  Status write(int samples) {
    const FramePtr frame(av_frame_alloc());
    if (!frame) return av_error(AVERROR(ENOMEM), "make silence");
    frame->nb_samples = samples;
    frame->format = writer_.codec().sample_fmt;
    frame->sample_rate = writer_.codec().sample_rate;
    av_channel_layout_copy(&frame->ch_layout, &writer_.codec().ch_layout);
    const int ret = av_frame_get_buffer(frame.get(), 0);
    if (ret < 0) return av_error(ret, "make silence");
    av_samples_set_silence(frame->extended_data, 0, samples, frame->ch_layout.nb_channels, AV_SAMPLE_FMT_FLTP);
    TOKPREP_TRY(writer_.write(*frame));
    end_us_ = writer_.end_us();
    return {};
  }

  SoundWriter writer_;
};

}  // namespace

Result<std::unique_ptr<StreamPath>> make_audio_path(const AVStream& stream, const TranscodeJob& job, Gain* gain,
                                                    Mp4Muxer& muxer) {
  TOKPREP_ASSIGN(Decoder decoder, Decoder::open(stream, 1));
  TOKPREP_ASSIGN(Encoder encoder, Encoder::aac(job.audio));
  auto path =
      std::make_unique<AudioPath>(stream, job, std::move(decoder), SoundWriter(std::move(encoder), muxer), gain);
  TOKPREP_TRY(path->add_to_muxer());
  return path;
}

Result<std::unique_ptr<StreamPath>> make_silence_path(const TranscodeJob& job, Mp4Muxer& muxer) {
  TOKPREP_ASSIGN(Encoder encoder, Encoder::aac(job.audio));
  auto path = std::make_unique<SilencePath>(SoundWriter(std::move(encoder), muxer));
  TOKPREP_TRY(path->add_to_muxer());
  return path;
}

}  // namespace tokprep::av
