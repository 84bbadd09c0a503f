#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "codecs/av/cover_tap.h"
#include "codecs/av/handles.h"
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

  /// Everything that is still on its way goes out.
  virtual Status finish() = 0;

  [[nodiscard]] virtual PathCounts counts() const = 0;

  /// Presentation time reached, from the start; and whether the job's end was passed.
  [[nodiscard]] std::int64_t position_us() const { return position_us_; }
  [[nodiscard]] bool done() const { return done_; }

 protected:
  std::int64_t position_us_ = 0;
  bool done_ = false;
};

/// Packets as they are, their times counted from the start. Where the source's clock is too coarse for its own
/// constant rate (Matroska's milliseconds, say) each time is set to the nearest frame of that rate.
Result<std::unique_ptr<StreamPath>> make_copy_path(const AVStream& stream, const TranscodeJob& job, bool is_video,
                                                   Mp4Muxer& muxer);

/// Decode, picture, rate, H.264. `cover`, where given, sees every decoded frame; it must outlive the path.
Result<std::unique_ptr<StreamPath>> make_video_path(const AVStream& stream, const TranscodeJob& job, CoverTap* cover,
                                                    Mp4Muxer& muxer);

/// Decode, resample and down-mix, AAC.
Result<std::unique_ptr<StreamPath>> make_audio_path(const AVStream& stream, const TranscodeJob& job, Mp4Muxer& muxer);

}  // namespace tokprep::av
