#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>

#include "base/result.h"
#include "codecs/av/demuxer.h"
#include "codecs/av/handles.h"

namespace tokprep::av {

/// Receives each finished frame; owns it from then on.
using FrameSink = std::function<Status(FramePtr)>;

/// Decodes one stream. Damaged packets are counted and skipped, not fatal: what decodes is used.
/// Movable; one thread at a time (the codec's own threads aside).
class Decoder {
 public:
  /// `threads` 0 leaves the number to the codec. `alpha` asks for a decoder that keeps transparency, where the usual
  /// one drops it. Errors: kUnsupportedInput (no decoder), kCorruptInput.
  static Result<Decoder> open(const AVStream& stream, int threads, bool alpha = false);

  /// Sends one packet (`nullptr` at the end) and hands every frame that is ready to `sink`.
  /// Errors: the sink's own, and a failing decoder other than damage.
  Status push(const AVPacket* packet, const FrameSink& sink);

  /// Forgets everything decoded so far: after a seek.
  void flush() { avcodec_flush_buffers(codec_.get()); }

  /// Frames that nothing else refers to may be skipped while this is set.
  void skip_non_reference(bool skip) { codec_->skip_frame = skip ? AVDISCARD_NONREF : AVDISCARD_DEFAULT; }

  [[nodiscard]] AVCodecContext& codec() const { return *codec_; }
  [[nodiscard]] std::int64_t frames() const { return frames_; }
  /// Packets refused and frames marked as damaged so far.
  [[nodiscard]] std::int64_t errors() const { return errors_; }

 private:
  Decoder() = default;
  Status drain(const FrameSink& sink);

  CodecPtr codec_;
  std::int64_t frames_ = 0;
  std::int64_t errors_ = 0;
};

}  // namespace tokprep::av
