#include "codecs/av/frame_pool.h"

#include "codecs/av/av_error.h"

extern "C" {
#include <libavutil/imgutils.h>
}

namespace tokprep::av {
namespace {

// What the widest vector instructions of codecs and filters want rows to begin at, and to be readable beyond.
constexpr int kRowAlignment_bytes = 64;

}  // namespace

Result<FramePtr> FramePool::get(AVPixelFormat format, int width_px, int height_px, const AVFrame& like) {
  if (!pool_ || format != format_ || width_px != width_px_ || height_px != height_px_) {
    const int size = av_image_get_buffer_size(format, width_px, height_px, kRowAlignment_bytes);
    if (size < 0) return av_error(size, "make a picture");
    pool_.reset(av_buffer_pool_init(static_cast<std::size_t>(size + kRowAlignment_bytes), nullptr));
    format_ = format;
    width_px_ = width_px;
    height_px_ = height_px;
  }
  FramePtr frame(av_frame_alloc());
  if (!pool_ || !frame) return av_error(AVERROR(ENOMEM), "make a picture");
  frame->buf[0] = av_buffer_pool_get(pool_.get());
  if (frame->buf[0] == nullptr) return av_error(AVERROR(ENOMEM), "make a picture");
  int ret = av_image_fill_arrays(frame->data, frame->linesize, frame->buf[0]->data, format, width_px, height_px,
                                 kRowAlignment_bytes);
  if (ret >= 0) ret = av_frame_copy_props(frame.get(), &like);
  if (ret < 0) return av_error(ret, "make a picture");
  frame->format = format;
  frame->width = width_px;
  frame->height = height_px;
  return frame;
}

}  // namespace tokprep::av
