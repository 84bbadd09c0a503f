#include "codecs/av/canvas.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "codecs/av/av_error.h"
#include "codecs/av/yuv_code.h"

extern "C" {
#include <libavutil/imgutils.h>
}

namespace tokprep::av {
namespace {

int even_half(int space_px) { return space_px / 2 / 2 * 2; }

Status cut(AVFrame& frame, Size canvas) {
  const int left = even_half(frame.width - canvas.width_px);
  const int top = even_half(frame.height - canvas.height_px);
  frame.crop_left = static_cast<std::size_t>(left);
  frame.crop_top = static_cast<std::size_t>(top);
  frame.crop_right = static_cast<std::size_t>(frame.width - canvas.width_px - left);
  frame.crop_bottom = static_cast<std::size_t>(frame.height - canvas.height_px - top);
  const int ret = av_frame_apply_cropping(&frame, AV_FRAME_CROP_UNALIGNED);
  if (ret < 0) return av_error(ret, "crop");
  return {};
}

/// The area of one plane, in its own samples.
struct Area {
  std::uint8_t* data;
  int stride, width, height;
};

Area plane_of(const AVFrame& frame, int plane) {
  const int shift = plane > 0 ? 1 : 0;
  return {frame.data[plane], frame.linesize[plane], (frame.width + shift) >> shift, (frame.height + shift) >> shift};
}

void fill_rows(const Area& area, int begin, int end, int value) {
  for (int y = begin; y < end; ++y) {
    std::memset(area.data + static_cast<std::ptrdiff_t>(y) * area.stride, value, static_cast<std::size_t>(area.width));
  }
}

/// `picture` at (left, top) of `canvas`, `value` all around.
void frame_plane(const Area& canvas, const Area& picture, int left, int top, int value) {
  fill_rows(canvas, 0, top, value);
  fill_rows(canvas, top + picture.height, canvas.height, value);
  const int right = left + picture.width;
  for (int y = 0; y < picture.height; ++y) {
    std::uint8_t* to = canvas.data + static_cast<std::ptrdiff_t>(top + y) * canvas.stride;
    std::memset(to, value, static_cast<std::size_t>(left));
    std::memcpy(to + left, picture.data + static_cast<std::ptrdiff_t>(y) * picture.stride,
                static_cast<std::size_t>(picture.width));
    std::memset(to + right, value, static_cast<std::size_t>(canvas.width - right));
  }
}

}  // namespace

Result<FramePtr> Canvas::padded(const AVFrame& frame) {
  TOKPREP_ASSIGN(FramePtr canvas, pool_.get(AV_PIX_FMT_YUV420P, size_.width_px, size_.height_px, frame));
  const auto colour = plane_codes(pad_color_, 1, "bt709", {});
  const int left = even_half(size_.width_px - frame.width);
  const int top = even_half(size_.height_px - frame.height);
  for (int plane = 0; plane < 3; ++plane) {
    const int shift = plane > 0 ? 1 : 0;
    frame_plane(plane_of(*canvas, plane), plane_of(frame, plane), left >> shift, top >> shift,
                colour[static_cast<std::size_t>(plane)]);
  }
  return canvas;
}

/// Blurred at an eighth of the size: the eye sees no difference and the cost disappears.
std::string Canvas::blur_chain(const AVFrame& frame) const {
  return fmt::format(
      "split[front][back];[back]scale={0}:{1}:force_original_aspect_ratio=increase:flags=area,crop={0}:{1},"
      "gblur=sigma=3,scale={2}:{3}:flags=bilinear[wide];[wide][front]overlay={4}:{5}:format=yuv420",
      size_.width_px / 16 * 2, size_.height_px / 16 * 2, size_.width_px, size_.height_px,
      even_half(size_.width_px - frame.width), even_half(size_.height_px - frame.height));
}

Status Canvas::push(FramePtr frame, const FrameSink& sink) {
  if (Size{frame->width, frame->height} == size_) return sink(std::move(frame));
  if (fit_ == Fit::kCrop) {
    TOKPREP_TRY(cut(*frame, size_));
    return sink(std::move(frame));
  }
  if (fit_ == Fit::kBlur) {
    return blurring_.push(
        std::move(frame), [this](const AVFrame& first) { return blur_chain(first); }, AV_PIX_FMT_YUV420P, sink);
  }
  TOKPREP_ASSIGN(FramePtr canvas, padded(*frame));
  return sink(std::move(canvas));
}

}  // namespace tokprep::av
