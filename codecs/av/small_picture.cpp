#include "codecs/av/small_picture.h"

#include <algorithm>
#include <utility>

#include "codecs/av/av_error.h"

extern "C" {
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

namespace tokprep::av {
namespace {

constexpr int kLongSidePx = 480;

/// Where the white of graphics lies in the signal.
float white_of(HdrKind hdr) {
  switch (hdr) {
    case HdrKind::kPq:
      return 0.58F;
    case HdrKind::kHlg:
      return 0.75F;
    case HdrKind::kSdr:
      break;
  }
  return 1;
}

bool is_full_by_name(int format) {
  switch (format) {
    case AV_PIX_FMT_YUVJ420P:
    case AV_PIX_FMT_YUVJ422P:
    case AV_PIX_FMT_YUVJ444P:
    case AV_PIX_FMT_YUVJ440P:
    case AV_PIX_FMT_YUVJ411P:
      return true;
    default:
      return false;
  }
}

/// One plane as floats: (code - zero) / 255.
std::vector<float> plane_of(const AVFrame& frame, int plane, float zero) {
  std::vector<float> values;
  values.reserve(static_cast<std::size_t>(frame.width) * static_cast<std::size_t>(frame.height));
  for (int y = 0; y < frame.height; ++y) {
    const std::uint8_t* row = frame.data[plane] + static_cast<std::ptrdiff_t>(y) * frame.linesize[plane];
    for (int x = 0; x < frame.width; ++x) values.push_back((static_cast<float>(row[x]) - zero) / 255);
  }
  return values;
}

void lay_over_white(SmallPicture& picture, const std::vector<float>& alpha) {
  for (std::size_t i = 0; i < alpha.size(); ++i) {
    picture.luma[i] = picture.luma[i] * alpha[i] + 1 - alpha[i];
    picture.cb[i] *= alpha[i];
    picture.cr[i] *= alpha[i];
  }
}

}  // namespace

void Shrinker::FreeScaler::operator()(SwsContext* scaler) const noexcept { sws_freeContext(scaler); }

Status Shrinker::prepare(const AVFrame& frame, int width_px, int height_px) {
  const auto format = static_cast<AVPixelFormat>(frame.format);
  scaler_.reset(sws_getCachedContext(scaler_.release(), frame.width, frame.height, format, width_px, height_px,
                                     AV_PIX_FMT_YUVA444P, SWS_AREA, nullptr, nullptr, nullptr));
  if (!scaler_) return fail(ErrorCode::kUnsupportedInput, "frames of this pixel format cannot be measured");
  const bool full = full_range_ || is_full_by_name(frame.format) || frame.color_range == AVCOL_RANGE_JPEG;
  const int* matrix = sws_getCoefficients(SWS_CS_ITU709);
  sws_setColorspaceDetails(scaler_.get(), matrix, full ? 1 : 0, matrix, 1, 0, 1 << 16, 1 << 16);
  return {};
}

Result<SmallPicture> Shrinker::shrink(const AVFrame& frame) {
  const double scale = std::min(1.0, kLongSidePx / static_cast<double>(std::max(frame.width, frame.height)));
  const int width_px = std::max(1, static_cast<int>(frame.width * scale));
  const int height_px = std::max(1, static_cast<int>(frame.height * scale));
  TOKPREP_TRY(prepare(frame, width_px, height_px));
  const FramePtr small(av_frame_alloc());
  if (!small) return av_error(AVERROR(ENOMEM), "measure a frame");
  small->format = AV_PIX_FMT_YUVA444P;
  small->width = width_px;
  small->height = height_px;
  const int ret = av_frame_get_buffer(small.get(), 0);
  if (ret < 0) return av_error(ret, "measure a frame");
  sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, small->data, small->linesize);
  SmallPicture picture{width_px, height_px, plane_of(*small, 0, 0), plane_of(*small, 1, 128), plane_of(*small, 2, 128)};
  const float white = white_of(hdr_);
  for (float& value : picture.luma) value = std::min(1.0F, value / white);
  const AVPixFmtDescriptor* description = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  if (description != nullptr && (description->flags & AV_PIX_FMT_FLAG_ALPHA) != 0) {
    lay_over_white(picture, plane_of(*small, 3, 0));
  }
  return picture;
}

}  // namespace tokprep::av
