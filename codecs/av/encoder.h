#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "codecs/av/handles.h"
#include "codecs/jobs.h"

namespace tokprep::av {

/// Receives each encoded packet, its times in the encoder's time base; may take its contents.
using PacketSink = std::function<Status(AVPacket&)>;

/// One of two passes over the same frames: the first learns where the bits are needed, the second spends them there.
struct EncodePass {
  int number = 1;          ///< 1 or 2
  std::string stats_file;  ///< written by the first pass, read by the second; x264 keeps a second file beside it
};

/// Encodes one stream. Movable; one thread at a time (the codec's own threads aside).
class Encoder {
 public:
  /// H.264 High, 8-bit 4:2:0, bt709 limited and tagged so, closed groups of at most two seconds. `pass` may be null.
  /// With x264 the recipe's quality rules under its cap, or its target rate in two passes. Other encoders (hardware)
  /// are given a mean rate of their own and no promise: what they make is judged like everything else. Errors:
  /// kUnsupportedInput for an encoder that is not there, cannot start on this machine, or wants its frames in another
  /// memory.
  static Result<Encoder> h264(const VideoRecipe& recipe, int threads, const EncodePass* pass = nullptr);

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
  static Result<Encoder> open_other(Encoder encoder, const VideoRecipe& recipe);

  CodecPtr codec_;
};

}  // namespace tokprep::av
