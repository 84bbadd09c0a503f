#include "codecs/av/picture_filter.h"

#include <string>
#include <utility>

#include "codecs/av/source_frame.h"

namespace tokprep::av {
namespace {

/// The signal at which diffuse white, and so a white background, stands (ITU-R BT.2408: 203 cd/m2).
double white_signal(HdrKind hdr) { return hdr == HdrKind::kPq ? 0.58 : hdr == HdrKind::kHlg ? 0.75 : 1; }

/// Telecine makes five frames of four.
AVRational telecined_rate(const PictureSteps& steps) {
  return {static_cast<int>(steps.frame_rate.num * 5), static_cast<int>(steps.frame_rate.den * 4)};
}

}  // namespace

PictureFilter::PictureFilter(PictureSteps steps, AVRational time_base)
    : steps_(std::move(steps)),
      unpacking_(time_base),
      flatten_(steps_.background, steps_.colour, white_signal(steps_.hdr)),
      shaping_(time_base),
      canvas_(steps_.fit, steps_.canvas, steps_.pad_color, time_base) {
  if (steps_.detelecine) shaping_.count_frames(telecined_rate(steps_), 5, 4);
}

Status PictureFilter::push(FramePtr frame, const FrameSink& sink) {
  if (!frame) return end(sink);
  TOKPREP_TRY(settle_frame(*frame));
  if (steps_.fields == FieldOrder::kTopFirst || steps_.fields == FieldOrder::kBottomFirst) {
    frame->top_field_first = steps_.fields == FieldOrder::kTopFirst ? 1 : 0;
  }
  // A flag that is not acted upon must not be by others: zscale would take the two fields apart.
  if (!steps_.deinterlace && !steps_.detelecine) frame->interlaced_frame = 0;
  const auto format = static_cast<AVPixelFormat>(frame->format);
  if (!has_alpha(format)) return shape(std::move(frame), sink);
  const AVPixelFormat planar = planar_with_alpha(format);
  const FrameSink next = [&](FramePtr ready) { return flatten(std::move(ready), sink); };
  if (planar == format) return next(std::move(frame));
  return unpacking_.push(
      std::move(frame), [](const AVFrame&) { return std::string("null"); }, planar, next);
}

Status PictureFilter::flatten(FramePtr frame, const FrameSink& sink) {
  TOKPREP_ASSIGN(FramePtr flat, flatten_.lay(*frame));
  return shape(std::move(flat), sink);
}

Status PictureFilter::shape(FramePtr frame, const FrameSink& sink) {
  const FrameSink next = [&](FramePtr ready) { return finish(std::move(ready), sink); };
  if (is_finished(steps_, *frame)) {
    TOKPREP_TRY(shaping_.finish(next));  // what was of another shape before
    return next(std::move(frame));
  }
  return shaping_.push(
      std::move(frame), [this](const AVFrame& first) { return picture_chain(steps_, first); }, filtered_format(steps_),
      next);
}

Status PictureFilter::finish(FramePtr frame, const FrameSink& sink) {
  if (steps_.hdr == HdrKind::kSdr) return canvas_.push(std::move(frame), sink);
  if (!tone_map_)
    tone_map_.emplace(steps_.hdr, steps_.colour.primaries, peak_nits_of(*frame, steps_.hdr), steps_.for_jpeg);
  TOKPREP_ASSIGN(FramePtr mapped, tone_map_->map(*frame));
  return canvas_.push(std::move(mapped), sink);
}

Status PictureFilter::end(const FrameSink& sink) {
  TOKPREP_TRY(unpacking_.finish([&](FramePtr frame) { return flatten(std::move(frame), sink); }));
  TOKPREP_TRY(shaping_.finish([&](FramePtr frame) { return finish(std::move(frame), sink); }));
  return canvas_.finish(sink);
}

}  // namespace tokprep::av
