#include "codecs/av/cover_tap.h"

#include <string>

#include "codecs/av/av_error.h"
#include "codecs/av/encoder.h"
#include "codecs/av/picture_filter.h"
#include "codecs/av/small_picture.h"
#include "codecs/output_file.h"

namespace tokprep::av {
namespace {

/// All of the result but the time.
Result<ThumbnailResult> write_jpeg(FramePtr frame, const ThumbnailJob& job, AVRational time_base) {
  ThumbnailResult result;
  result.width_px = job.picture.width_px;
  result.height_px = job.picture.height_px;
  TOKPREP_ASSIGN(Encoder encoder, Encoder::jpeg(job.picture.width_px, job.picture.height_px, job.quality));
  std::string bytes;
  const auto keep = [&](AVPacket& packet) -> Status {
    bytes.append(reinterpret_cast<const char*>(packet.data), static_cast<std::size_t>(packet.size));
    return {};
  };
  const auto encode = [&](FramePtr picture) -> Status {
    picture->format = AV_PIX_FMT_YUVJ420P;
    picture->color_range = AVCOL_RANGE_JPEG;
    picture->pts = 0;
    picture->quality = encoder.codec().global_quality;
    picture->pict_type = AV_PICTURE_TYPE_NONE;
    TOKPREP_ASSIGN(const SmallPicture small, Shrinker(true, HdrKind::kSdr).shrink(*picture));
    result.look = look_of(small);
    return encoder.push(picture.get(), keep);
  };
  PictureFilter filter(steps_of(job), time_base);
  TOKPREP_TRY(filter.push(std::move(frame), encode));
  TOKPREP_TRY(filter.push(nullptr, encode));
  TOKPREP_TRY(encoder.push(nullptr, keep));
  if (bytes.empty()) return fail(ErrorCode::kInternal, "the cover frame was lost on its way to JPEG");
  TOKPREP_TRY(write_output(job.output, bytes));
  result.size_bytes = bytes.size();
  return result;
}

}  // namespace

bool CoverTap::offer(const AVFrame& frame, std::int64_t at_us) {
  if (settled_) return true;
  if (at_us > job_.at_us && shown_) return settled_ = true;
  // Before the first frame is shown there is nothing to see: the first one stands in for it.
  shown_.reset(av_frame_clone(&frame));
  shown_at_us_ = at_us;
  settled_ = at_us > job_.at_us;
  return settled_;
}

Result<ThumbnailResult> CoverTap::finish() {
  if (!shown_) return fail(ErrorCode::kCorruptInput, "no frame could be decoded for the cover");
  TOKPREP_ASSIGN(ThumbnailResult result, write_jpeg(std::move(shown_), job_, time_base_));
  result.taken_at_us = shown_at_us_;
  return result;
}

}  // namespace tokprep::av
