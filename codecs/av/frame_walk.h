#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "base/run_context.h"
#include "codecs/av/decoder.h"
#include "codecs/av/demuxer.h"
#include "codecs/cover_search.h"

namespace tokprep::av {

/// The frames of one video stream from anywhere on, for who looks at some of them only. Times are presentation times
/// as the job counts them. Movable; one thread at a time.
class FrameWalk {
 public:
  /// Receives a frame and the time it is shown at; returns false when it wants no more.
  using Look = std::function<Result<bool>(const AVFrame& frame, std::int64_t at_us)>;

  /// `threads` as for `Decoder::open`. The job must outlive the walk. Errors: those of opening a file and its decoder.
  static Result<FrameWalk> open(const CoverSearchJob& job, int threads, const RunContext& run);

  /// To the key frame at or before the time, as far as the container can tell. False where it cannot seek.
  bool seek(std::int64_t at_us);

  /// Decodes the next key frame alone; false where there is none within reach. One that was seen before, by its time,
  /// is passed over by `is_new`, which is asked before decoding. Needs a seek before the next call.
  Result<bool> key_frame(const std::function<bool(std::int64_t at_us)>& is_new, const Look& look,
                         const RunContext& run);

  /// Every frame from here on in the order they are shown. Those that nothing refers to are skipped as long as their
  /// packets are earlier than `all_from_us`. Needs a seek before it is called again.
  Status frames(std::int64_t all_from_us, const Look& look, const RunContext& run);

 private:
  FrameWalk(const CoverSearchJob& job, Demuxer demuxer, Decoder decoder)
      : job_(&job), demuxer_(std::move(demuxer)), decoder_(std::move(decoder)) {}

  [[nodiscard]] const AVStream& stream() const { return demuxer_.stream(job_->stream_index); }
  [[nodiscard]] std::int64_t at_us(std::int64_t ticks) const;
  std::int64_t time_of(const AVFrame& frame);
  Result<bool> read(AVPacket& packet, const RunContext& run);
  Status push_key(AVPacket& packet, const FrameSink& sink, const RunContext& run);

  const CoverSearchJob* job_;
  Demuxer demuxer_;
  Decoder decoder_;
  std::int64_t untimed_ = 0;  ///< frames without a time since the last seek: raw streams
};

}  // namespace tokprep::av
