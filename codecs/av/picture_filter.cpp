#include "codecs/av/picture_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace tokprep::av {
namespace {

// Where HDR's diffuse white lands: ITU-R BT.2408 puts it at 203 cd/m2.
constexpr int kDiffuseWhiteNits = 203;

/// FFmpeg's name where zscale knows it, else `fallback`.
template <std::size_t N>
std::string_view known(std::string_view name, const std::array<std::string_view, N>& names, std::string_view fallback) {
  return std::ranges::find(names, name) != names.end() ? name : fallback;
}

std::string_view matrix_of(const ColourInfo& colour) {
  static constexpr std::array<std::string_view, 8> kNames = {"bt709",    "smpte170m", "bt470bg", "fcc",
                                                             "bt2020nc", "bt2020c",   "gbr",     "ycgco"};
  if (colour.matrix == "smpte240m") return "smpte2400m";  // zscale's spelling
  return known(colour.matrix, kNames, "bt709");
}

/// Only gamuts that are visibly wider than bt709 are converted; between the SD ones and bt709 the picture
/// would change by less than the conversion costs.
std::string_view wide_primaries_of(const ColourInfo& colour) {
  static constexpr std::array<std::string_view, 3> kWide = {"bt2020", "smpte431", "smpte432"};
  return known(colour.primaries, kWide, "bt709");
}

std::string_view range_of(const ColourInfo& colour) { return colour.range == "pc" ? "full" : "limited"; }

/// A step to a format zscale reads, empty where `format` is one. Pixels with alpha end up over black.
/// zscale wants planes of their own, and sides that the chroma divides.
std::string readable_format(AVPixelFormat format, Size size) {
  const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(format);
  const bool rgb = (desc->flags & AV_PIX_FMT_FLAG_RGB) != 0 || (desc->flags & AV_PIX_FMT_FLAG_PAL) != 0;
  const bool alpha = (desc->flags & AV_PIX_FMT_FLAG_ALPHA) != 0;
  const bool planar = (desc->flags & AV_PIX_FMT_FLAG_PLANAR) != 0;
  const bool deep = desc->comp[0].depth > 8;
  if (rgb && alpha) return "format=gbrap,premultiply=inplace=1,format=gbrp";
  if (rgb) return planar ? "" : deep ? "format=gbrp16" : "format=gbrp";
  const bool own_planes = planar && desc->nb_components >= 3 && desc->comp[1].plane != desc->comp[2].plane;
  const bool divides =
      size.width_px % (1 << desc->log2_chroma_w) == 0 && size.height_px % (1 << desc->log2_chroma_h) == 0;
  if (own_planes && divides) return "";
  if (!divides) return deep ? "format=yuv444p16" : "format=yuv444p";
  const char* chroma = desc->nb_components < 3 || desc->log2_chroma_h == 1 ? "420"
                       : desc->log2_chroma_w == 1                          ? "422"
                                                                           : "444";
  return fmt::format("format=yuv{}p{}", chroma, deep ? "10" : "");
}

std::string scale_step(Size size) { return fmt::format("w={}:h={}:f=lanczos", size.width_px, size.height_px); }

/// Scaling and SDR colour in one pass.
std::string sdr_steps(const PictureSteps& steps, Size size, bool deep) {
  const std::string_view primaries = wide_primaries_of(steps.colour);
  return fmt::format("zscale={}:min={}:rin={}:pin={}:tin=bt709:m={}:r={}:p=bt709:t=bt709{}", scale_step(size),
                     matrix_of(steps.colour), range_of(steps.colour), primaries, steps.for_jpeg ? "170m" : "bt709",
                     steps.for_jpeg ? "full" : "limited", deep ? ":d=ordered" : "");
}

/// Scaled first, because tone mapping costs by the pixel; then linear light, the narrow gamut, the curve.
std::string hdr_steps(const PictureSteps& steps, Size size) {
  const char* transfer = steps.hdr == HdrKind::kPq ? "smpte2084" : "arib-std-b67";
  const std::string matrix = steps.colour.matrix == "bt2020c" ? "bt2020c" : "bt2020nc";
  return fmt::format(
      "zscale={0}:min={1}:rin={2}:pin=bt2020:tin={3}:m={1}:r={2}:p=bt2020:t={3},"
      "zscale=min={1}:rin={2}:pin=bt2020:tin={3}:t=linear:npl={4},format=gbrpf32le,zscale=p=bt709,"
      "tonemap=mobius:param=0.5:desat=0,zscale=t=bt709:m={5}:r={6}:p=bt709:d=ordered",
      scale_step(size), matrix, range_of(steps.colour), transfer, kDiffuseWhiteNits, steps.for_jpeg ? "170m" : "bt709",
      steps.for_jpeg ? "full" : "limited");
}

std::string turn_steps(const PictureSteps& steps) {
  std::string text;
  if (steps.rotation_deg == 90) text = ",transpose=clock";
  if (steps.rotation_deg == 180) text = ",hflip,vflip";
  if (steps.rotation_deg == 270) text = ",transpose=cclock";
  return steps.mirror ? text + ",hflip" : text;
}

int even_half(int space_px) { return space_px / 2 / 2 * 2; }

std::string canvas_steps(const PictureSteps& steps) {
  const Size canvas = steps.canvas;
  if (canvas == steps.picture) return "";
  if (steps.fit == Fit::kCrop) return fmt::format(",crop={}:{}", canvas.width_px, canvas.height_px);
  const int x = even_half(canvas.width_px - steps.picture.width_px);
  const int y = even_half(canvas.height_px - steps.picture.height_px);
  if (steps.fit == Fit::kBlur) {
    // Blurred at an eighth of the size: the eye sees no difference and the cost disappears.
    return fmt::format(
        ",split[front][back];[back]scale={0}:{1}:force_original_aspect_ratio=increase,crop={0}:{1},gblur=sigma=3,"
        "scale={2}:{3}[wide];[wide][front]overlay={4}:{5}:format=yuv420",
        canvas.width_px / 16 * 2, canvas.height_px / 16 * 2, canvas.width_px, canvas.height_px, x, y);
  }
  return fmt::format(",pad={}:{}:{}:{}:color=0x{:02x}{:02x}{:02x}", canvas.width_px, canvas.height_px, x, y,
                     steps.pad_color.r, steps.pad_color.g, steps.pad_color.b);
}

}  // namespace

PictureSteps steps_of(const VideoRecipe& recipe) {
  return {recipe.deinterlace, recipe.rotation_deg, recipe.mirror, recipe.hdr,       recipe.colour,
          recipe.fit,         recipe.picture,      recipe.canvas, recipe.pad_color, false};
}

PictureSteps steps_of(const ThumbnailJob& job) {
  return {job.deinterlace, job.rotation_deg, job.mirror,  job.hdr, job.colour,
          Fit::kPad,       job.picture,      job.picture, {},      true};
}

std::string picture_chain(const PictureSteps& steps, AVPixelFormat format, Size size) {
  const bool turned = steps.rotation_deg == 90 || steps.rotation_deg == 270;
  const Size lying = turned ? Size{steps.picture.height_px, steps.picture.width_px} : steps.picture;
  const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(format);
  std::string chain = steps.deinterlace ? "bwdif=mode=send_frame:deint=all," : "";
  if (const std::string readable = readable_format(format, size); !readable.empty()) chain += readable + ",";
  chain += steps.hdr == HdrKind::kSdr ? sdr_steps(steps, lying, desc->comp[0].depth > 8) : hdr_steps(steps, lying);
  return chain + ",format=yuv420p" + turn_steps(steps) + canvas_steps(steps) + ",setsar=1";
}

FrameSink PictureFilter::keep_times(const FrameSink& sink) const {
  const AVRational made = graph_->time_base();
  return [&sink, made, wanted = time_base_](FramePtr frame) {
    frame->pts = av_rescale_q(frame->pts, made, wanted);
    return sink(std::move(frame));
  };
}

Status PictureFilter::follow(const AVFrame& frame, const FrameSink& sink) {
  const Shape shape{frame.width, frame.height, frame.format};
  if (graph_ && shape == shape_) return {};
  if (graph_) TOKPREP_TRY(graph_->finish(end_pts_, keep_times(sink)));  // what the old chain still holds
  const std::string chain =
      picture_chain(steps_, static_cast<AVPixelFormat>(frame.format), {frame.width, frame.height});
  TOKPREP_ASSIGN(graph_, FilterGraph::video(frame, time_base_, {0, 1}, chain, AV_PIX_FMT_YUV420P));
  shape_ = shape;
  return {};
}

namespace {

/// Full-range YUV has two spellings in libav; the range is told apart from the format everywhere else.
void drop_j_format(AVFrame& frame) {
  switch (frame.format) {
    case AV_PIX_FMT_YUVJ420P:
      frame.format = AV_PIX_FMT_YUV420P;
      break;
    case AV_PIX_FMT_YUVJ422P:
      frame.format = AV_PIX_FMT_YUV422P;
      break;
    case AV_PIX_FMT_YUVJ444P:
      frame.format = AV_PIX_FMT_YUV444P;
      break;
    case AV_PIX_FMT_YUVJ440P:
      frame.format = AV_PIX_FMT_YUV440P;
      break;
    case AV_PIX_FMT_YUVJ411P:
      frame.format = AV_PIX_FMT_YUV411P;
      break;
    default:
      return;
  }
  frame.color_range = AVCOL_RANGE_JPEG;
}

}  // namespace

Status PictureFilter::push(FramePtr frame, const FrameSink& sink) {
  if (!frame) return graph_ ? graph_->finish(end_pts_, keep_times(sink)) : Status{};
  drop_j_format(*frame);
  frame->sample_aspect_ratio = {1, 1};  // the recipe's sizes already are square
  TOKPREP_TRY(follow(*frame, sink));
  end_pts_ = frame->pts + frame->pkt_duration;
  return graph_->push(std::move(frame), keep_times(sink));
}

}  // namespace tokprep::av
