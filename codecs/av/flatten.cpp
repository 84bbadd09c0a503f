#include "codecs/av/flatten.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "codecs/av/yuv_code.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace tokprep::av {
namespace {

/// Formats whose last plane is the alpha, each with the format of the other planes.
constexpr std::array<std::pair<AVPixelFormat, AVPixelFormat>, 15> kPlanar{{
    {AV_PIX_FMT_YUVA420P, AV_PIX_FMT_YUV420P},
    {AV_PIX_FMT_YUVA422P, AV_PIX_FMT_YUV422P},
    {AV_PIX_FMT_YUVA444P, AV_PIX_FMT_YUV444P},
    {AV_PIX_FMT_YUVA420P10, AV_PIX_FMT_YUV420P10},
    {AV_PIX_FMT_YUVA422P10, AV_PIX_FMT_YUV422P10},
    {AV_PIX_FMT_YUVA444P10, AV_PIX_FMT_YUV444P10},
    {AV_PIX_FMT_YUVA422P12, AV_PIX_FMT_YUV422P12},
    {AV_PIX_FMT_YUVA444P12, AV_PIX_FMT_YUV444P12},
    {AV_PIX_FMT_YUVA420P16, AV_PIX_FMT_YUV420P16},
    {AV_PIX_FMT_YUVA422P16, AV_PIX_FMT_YUV422P16},
    {AV_PIX_FMT_YUVA444P16, AV_PIX_FMT_YUV444P16},
    {AV_PIX_FMT_GBRAP, AV_PIX_FMT_GBRP},
    {AV_PIX_FMT_GBRAP10, AV_PIX_FMT_GBRP10},
    {AV_PIX_FMT_GBRAP12, AV_PIX_FMT_GBRP12},
    {AV_PIX_FMT_GBRAP16, AV_PIX_FMT_GBRP16},
}};

AVPixelFormat without_alpha(AVPixelFormat format) {
  return std::ranges::find(kPlanar, format, &std::pair<AVPixelFormat, AVPixelFormat>::first)->second;
}

/// One plane of samples, rows of `stride` bytes.
struct Plane {
  std::uint8_t* data;
  int stride;
  template <class Sample>
  Sample* row(int y) const {
    return reinterpret_cast<Sample*>(data + static_cast<std::ptrdiff_t>(y) * stride);
  }
};

/// What is laid over what, for one plane.
struct Layer {
  Plane from, alpha, to;
  int width, height;            ///< of the plane
  int alpha_right, alpha_down;  ///< log2 of the alpha samples a sample covers, across and down
  int alpha_max;
  int background;
};

template <class Sample>
void lay_plane(const Layer& layer) {
  const int across = 1 << layer.alpha_right;
  const int down = 1 << layer.alpha_down;
  const auto whole = static_cast<std::uint64_t>(layer.alpha_max) * static_cast<std::uint64_t>(across * down);
  const auto background = static_cast<std::uint64_t>(layer.background);
  for (int y = 0; y < layer.height; ++y) {
    const Sample* from = layer.from.row<Sample>(y);
    Sample* to = layer.to.row<Sample>(y);
    for (int x = 0; x < layer.width; ++x) {
      std::uint64_t alpha = 0;
      for (int j = 0; j < down; ++j) {
        const Sample* row = layer.alpha.row<Sample>(y * down + j) + x * across;
        for (int i = 0; i < across; ++i) alpha += row[i];
      }
      to[x] = static_cast<Sample>((from[x] * alpha + background * (whole - alpha) + whole / 2) / whole);
    }
  }
}

}  // namespace

bool has_alpha(AVPixelFormat format) {
  const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(format);
  return desc != nullptr && (desc->flags & AV_PIX_FMT_FLAG_ALPHA) != 0;
}

AVPixelFormat planar_with_alpha(AVPixelFormat format) {
  for (const auto& [with, without] : kPlanar) {
    if (with == format) return format;
  }
  const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(format);
  const bool deep = desc->comp[0].depth > 8;
  const bool coded_yuv = desc->nb_components == 4 && (desc->flags & AV_PIX_FMT_FLAG_RGB) == 0;
  if (coded_yuv && (desc->flags & AV_PIX_FMT_FLAG_PAL) == 0) return deep ? AV_PIX_FMT_YUVA444P16 : AV_PIX_FMT_YUVA444P;
  return deep ? AV_PIX_FMT_GBRAP16 : AV_PIX_FMT_GBRAP;
}

Result<FramePtr> Flatten::lay(const AVFrame& frame) {
  const auto format = static_cast<AVPixelFormat>(frame.format);
  const AVPixFmtDescriptor& desc = *av_pix_fmt_desc_get(format);
  TOKPREP_ASSIGN(FramePtr flat, pool_.get(without_alpha(format), frame.width, frame.height, frame));
  const bool rgb = (desc.flags & AV_PIX_FMT_FLAG_RGB) != 0;
  const int depth = desc.comp[0].depth;
  const auto background = plane_codes(background_, white_, rgb ? "gbr" : matrix_, {rgb || full_range_, depth});
  for (int p = 0; p < 3; ++p) {
    const bool chroma = p > 0 && !rgb;
    const int right = chroma ? desc.log2_chroma_w : 0;
    const int down = chroma ? desc.log2_chroma_h : 0;
    const Layer layer{{frame.data[p], frame.linesize[p]},
                      {frame.data[3], frame.linesize[3]},
                      {flat->data[p], flat->linesize[p]},
                      frame.width >> right,
                      frame.height >> down,
                      right,
                      down,
                      (1 << depth) - 1,
                      background[static_cast<std::size_t>(p)]};
    if (depth > 8) lay_plane<std::uint16_t>(layer);
    else lay_plane<std::uint8_t>(layer);
  }
  return flat;
}

}  // namespace tokprep::av
