#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/result.h"
#include "codecs/av/cover_tap.h"
#include "codecs/av/gain.h"
#include "codecs/av/handles.h"
#include "codecs/av/likeness.h"
#include "codecs/av/muxer.h"
#include "codecs/jobs.h"

namespace tokprep::av {

/// What was done to one stream.
struct PathCounts {
  std::int64_t frames_in = 0;  ///< decoded frames; 0 where packets were copied
  std::int64_t units_out = 0;  ///< video frames or audio samples written
  std::int64_t decode_errors = 0;
};

/// The way of one input stream to one output stream. Made before the muxer begins, as that is when its
/// output stream is added; fed afterwards. One thread at a time.
class StreamPath {
 public:
  virtual ~StreamPath() = default;

  /// One packet of the input stream; its contents may be taken.
  virtual Status push(AVPacket& packet) = 0;

  /// The other stream has come to `position_us`: for a path that makes something of nothing.
  virtual Status keep_up(std::int64_t /*position_us*/) { return {}; }

  /// The input begins again from its start: what comes now is presented `later_us` later than its times say.
  virtual Status begin_again(std::int64_t later_us) = 0;

  /// Everything that is still on its way goes out. `end_us`, where given, is when the other stream really ended:
  /// a copied stream ends there too.
  virtual Status finish(std::optional<std::int64_t> end_us) = 0;

  [[nodiscard]] virtual PathCounts counts() const = 0;

  /// Presentation time reached, from the start; and whether the job's end was passed.
  [[nodiscard]] std::int64_t position_us() const { return position_us_; }
  [[nodiscard]] bool done() const { return done_; }

  /// The longest stretch between two decoded frames.
  [[nodiscard]] std::int64_t longest_gap_us() const { return longest_gap_us_; }

  /// When what was written ends; nothing before anything was.
  [[nodiscard]] std::optional<std::int64_t> end_us() const { return end_us_; }

  /// What was heard; nothing but for encoded sound.
  [[nodiscard]] virtual std::optional<SoundMeasure> sound() const { return std::nullopt; }

 protected:
  std::int64_t position_us_ = 0;
  std::int64_t longest_gap_us_ = 0;
  std::optional<std::int64_t> end_us_;
  bool done_ = false;
};

/// Packets as they are, their times counted from the start. Where the source's clock is too coarse for its own
/// constant rate (Matroska's milliseconds, say) each time is set to the nearest frame of that rate.
/// A picture that begins inside the file begins at its first key frame; one that ends inside ends where it can be cut
/// cleanly (see CleanTail).
Result<std::unique_ptr<StreamPath>> make_copy_path(const AVStream& stream, const TranscodeJob& job, bool is_video,
                                                   Mp4Muxer& muxer);

/// What looks at the frames on their way, and what two passes need. Everything is optional and outlives the path.
struct VideoTaps {
  CoverTap* cover = nullptr;         ///< sees every decoded frame
  SampleTap* samples = nullptr;      ///< sees every frame before it is encoded
  const EncodePass* pass = nullptr;  ///< one of two passes
};

/// Decode, picture, rate, H.264. Without a muxer (a first pass) what is encoded goes nowhere.
Result<std::unique_ptr<StreamPath>> make_video_path(const AVStream& stream, const TranscodeJob& job,
                                                    const VideoTaps& taps, Mp4Muxer* muxer);

/// Decode, resample and down-mix, AAC. `gain` may be null: the level is left alone.
Result<std::unique_ptr<StreamPath>> make_audio_path(const AVStream& stream, const TranscodeJob& job, Gain* gain,
                                                    Mp4Muxer& muxer);

/// Silence, AAC: it is fed no packets, keeps up with the picture and ends when `finish` says.
Result<std::unique_ptr<StreamPath>> make_silence_path(const TranscodeJob& job, Mp4Muxer& muxer);

}  // namespace tokprep::av
