#pragma once

#include <functional>

#include "base/result.h"
#include "codecs/av/handles.h"
#include "codecs/jobs.h"

namespace tokprep::av {

/// Receives each encoded packet, its times in the encoder's time base; may take its contents.
using PacketSink = std::function<Status(AVPacket&)>;

/// Encodes one stream. Movable; one thread at a time (the codec's own threads aside).
class Encoder {
 public:
  /// H.264 High, 8-bit 4:2:0, bt709 limited and tagged so, closed groups of at most two seconds.
  static Result<Encoder> h264(const VideoRecipe& recipe, int threads);

  /// AAC-LC.
  static Result<Encoder> aac(const AudioRecipe& recipe);

  /// JPEG of full-range 4:2:0 frames, quality 1–100.
  static Result<Encoder> jpeg(int width_px, int height_px, int quality);

  /// Sends one frame (`nullptr` at the end) and hands every packet that is ready to `sink`.
  Status push(const AVFrame* frame, const PacketSink& sink);

  [[nodiscard]] AVCodecContext& codec() const { return *codec_; }

 private:
  Encoder() = default;
  static Result<Encoder> make(const char* name);
  Status open(AVDictionary* options);

  CodecPtr codec_;
};

}  // namespace tokprep::av
