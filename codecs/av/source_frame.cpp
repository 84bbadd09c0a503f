#include "codecs/av/source_frame.h"

#include <algorithm>
#include <cstring>

#include "codecs/av/av_error.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace tokprep::av {
namespace {

AVPixelFormat without_range(int format) {
  switch (format) {
    case AV_PIX_FMT_YUVJ420P:
      return AV_PIX_FMT_YUV420P;
    case AV_PIX_FMT_YUVJ422P:
      return AV_PIX_FMT_YUV422P;
    case AV_PIX_FMT_YUVJ444P:
      return AV_PIX_FMT_YUV444P;
    case AV_PIX_FMT_YUVJ440P:
      return AV_PIX_FMT_YUV440P;
    case AV_PIX_FMT_YUVJ411P:
      return AV_PIX_FMT_YUV411P;
    default:
      return static_cast<AVPixelFormat>(format);
  }
}

/// The 4:2:0 format whose luma plane is laid out like this grey one; none for grey with alpha or of floats.
AVPixelFormat with_chroma(int grey) {
  switch (grey) {
    case AV_PIX_FMT_GRAY8:
      return AV_PIX_FMT_YUV420P;
    case AV_PIX_FMT_GRAY9:
      return AV_PIX_FMT_YUV420P9;
    case AV_PIX_FMT_GRAY10:
      return AV_PIX_FMT_YUV420P10;
    case AV_PIX_FMT_GRAY12:
      return AV_PIX_FMT_YUV420P12;
    case AV_PIX_FMT_GRAY14:
      return AV_PIX_FMT_YUV420P14;
    case AV_PIX_FMT_GRAY16:
      return AV_PIX_FMT_YUV420P16;
    default:
      return AV_PIX_FMT_NONE;
  }
}

void drop_uneven_edge(AVFrame& frame) {
  const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  const int across = 1 << desc->log2_chroma_w;
  const int down = 1 << desc->log2_chroma_h;
  if (frame.width > across) frame.width -= frame.width % across;
  if (frame.height > down) frame.height -= frame.height % down;
}

/// One plane of neutral samples serves as both Cb and Cr.
Status add_neutral_chroma(AVFrame& frame, AVPixelFormat format) {
  const int depth = av_pix_fmt_desc_get(format)->comp[0].depth;
  const int bytes = depth > 8 ? 2 : 1;
  const int stride = FFALIGN((frame.width + 1) / 2 * bytes, 64);
  const int rows = (frame.height + 1) / 2;
  const auto samples = static_cast<std::size_t>(stride / bytes) * static_cast<std::size_t>(rows);
  AVBufferRef* plane = av_buffer_alloc(samples * static_cast<std::size_t>(bytes));
  if (plane == nullptr) return av_error(AVERROR(ENOMEM), "add chroma to a grey picture");
  if (bytes == 1) std::memset(plane->data, 128, samples);
  else
    std::fill_n(reinterpret_cast<std::uint16_t*>(plane->data), samples, static_cast<std::uint16_t>(1 << (depth - 1)));
  frame.buf[1] = plane;
  frame.data[1] = frame.data[2] = plane->data;
  frame.linesize[1] = frame.linesize[2] = stride;
  frame.format = format;
  return {};
}

}  // namespace

Status settle_frame(AVFrame& frame) {
  frame.sample_aspect_ratio = {1, 1};
  frame.format = without_range(frame.format);
  const AVPixelFormat coloured = with_chroma(frame.format);
  // Of grey only the luma plane is in use; a palette or a second plane would mean another format.
  if (coloured != AV_PIX_FMT_NONE && frame.buf[1] == nullptr) TOKPREP_TRY(add_neutral_chroma(frame, coloured));
  drop_uneven_edge(frame);
  return {};
}

}  // namespace tokprep::av
