#include "codecs/av/picture_chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace tokprep::av {
namespace {

/// FFmpeg's name where zscale knows it, else `fallback`.
template <std::size_t N>
std::string_view known(std::string_view name, const std::array<std::string_view, N>& names, std::string_view fallback) {
  return std::ranges::find(names, name) != names.end() ? name : fallback;
}

const AVPixFmtDescriptor& description(const AVFrame& frame) {
  return *av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
}

bool is_rgb(const AVPixFmtDescriptor& desc) { return (desc.flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) != 0; }

std::string_view matrix_of(const PictureSteps& steps, const AVFrame& frame) {
  static constexpr std::array<std::string_view, 8> kNames = {"bt709",    "smpte170m", "bt470bg", "fcc",
                                                             "bt2020nc", "bt2020c",   "ycgco",   "ictcp"};
  if (is_rgb(description(frame))) return "gbr";
  if (steps.colour.matrix == "smpte240m") return "smpte2400m";  // zscale's spelling
  return known(steps.colour.matrix, kNames, steps.hdr == HdrKind::kSdr ? "bt709" : "bt2020nc");
}

/// Only gamuts that are visibly wider than bt709 are converted. Players show the SD ones (bt601) as bt709, and so
/// do we: their difference is small, and nobody graded for it.
std::string_view wide_primaries_of(const ColourInfo& colour) {
  static constexpr std::array<std::string_view, 3> kWide = {"bt2020", "smpte431", "smpte432"};
  return known(colour.primaries, kWide, "bt709");
}

/// Where the chroma samples stand: the frame's own word, else the recipe's.
std::string_view chroma_place_of(const PictureSteps& steps, const AVFrame& frame) {
  static constexpr std::array<std::string_view, 6> kNames = {"left", "center",     "topleft",
                                                             "top",  "bottomleft", "bottom"};
  const char* own =
      frame.chroma_location == AVCHROMA_LOC_UNSPECIFIED ? nullptr : av_chroma_location_name(frame.chroma_location);
  return known(own != nullptr ? std::string_view(own) : steps.colour.chroma_location, kNames, "left");
}

std::string_view range_of(const ColourInfo& colour) { return colour.range == "pc" ? "full" : "limited"; }

bool is_turned(const PictureSteps& steps) { return steps.rotation_deg == 90 || steps.rotation_deg == 270; }

/// Rotation and mirror together are one of eight ways to lay a picture.
std::string_view turn_filters(const PictureSteps& steps) {
  switch (steps.rotation_deg) {
    case 90:
      return steps.mirror ? "transpose=cclock_flip" : "transpose=clock";
    case 180:
      return steps.mirror ? "vflip" : "hflip,vflip";
    case 270:
      return steps.mirror ? "transpose=clock_flip" : "transpose=cclock";
    default:
      return steps.mirror ? "hflip" : "";
  }
}

/// Where chroma must stand in the lying picture to be on the left in the upright one; empty where no 4:2:0 has that
/// place: to the right of the pixel pair.
std::string_view lying_chroma_place(const PictureSteps& steps) {
  if (steps.for_jpeg) return "center";
  if (is_turned(steps)) return (steps.rotation_deg == 90) == steps.mirror ? "top" : "bottom";
  return (steps.rotation_deg == 180) == steps.mirror ? "left" : "";
}

/// A step to a format zscale reads, empty where `frame` has one: it wants planes of their own, and sides that the
/// chroma divides, which only pictures of a single row or column do not have.
std::string readable_format(const AVFrame& frame) {
  const AVPixFmtDescriptor& desc = description(frame);
  const bool planar = (desc.flags & AV_PIX_FMT_FLAG_PLANAR) != 0;
  const bool deep = desc.comp[0].depth > 8;
  if (is_rgb(desc)) return planar ? "" : deep ? "format=gbrp16," : "format=gbrp,";
  const bool divides = frame.width % (1 << desc.log2_chroma_w) == 0 && frame.height % (1 << desc.log2_chroma_h) == 0;
  if (divides && planar && desc.nb_components >= 3 && desc.comp[1].plane != desc.comp[2].plane) return "";
  const char* chroma = !divides ? "444" : desc.log2_chroma_h == 1 ? "420" : desc.log2_chroma_w == 1 ? "422" : "444";
  return fmt::format("format=yuv{}p{},", chroma, deep ? "16" : "");
}

/// Film frames first, whatever is still combed then by interpolation; deinterlaced by that alone otherwise.
std::string field_filters(const PictureSteps& steps) {
  if (steps.detelecine)
    return "fieldmatch=mode=pc_n_ub:combmatch=full,bwdif=mode=send_frame:deint=interlaced,decimate,";
  return steps.deinterlace ? "bwdif=mode=send_frame:deint=all," : "";
}

/// Colour that goes in, as zscale's options.
std::string colour_in(const PictureSteps& steps, const AVFrame& frame, std::string_view transfer) {
  return fmt::format("min={}:rin={}:pin={}:tin={}:cin={}", matrix_of(steps, frame), range_of(steps.colour),
                     wide_primaries_of(steps.colour), transfer, chroma_place_of(steps, frame));
}

/// Colour that comes out, but for the chroma's place.
std::string colour_out(const PictureSteps& steps, std::string_view transfer) {
  if (steps.hdr != HdrKind::kSdr) {
    return fmt::format("m=bt2020nc:r=limited:p={}:t={}", wide_primaries_of(steps.colour), transfer);
  }
  return steps.for_jpeg ? "m=170m:r=full:p=bt709:t=bt709" : "m=bt709:r=limited:p=bt709:t=bt709";
}

std::string_view transfer_of(const PictureSteps& steps) {
  // All SDR curves are treated as one: players show them so.
  return steps.hdr == HdrKind::kPq ? "smpte2084" : steps.hdr == HdrKind::kHlg ? "arib-std-b67" : "bt709";
}

}  // namespace

PictureSteps steps_of(const VideoRecipe& recipe) {
  PictureSteps steps;
  steps.deinterlace = recipe.deinterlace;
  steps.fields = recipe.fields;
  steps.detelecine = recipe.detelecine;
  steps.background = recipe.background;
  steps.rotation_deg = recipe.rotation_deg;
  steps.mirror = recipe.mirror;
  steps.hdr = recipe.hdr;
  steps.colour = recipe.colour;
  steps.fit = recipe.fit;
  steps.picture = recipe.picture;
  steps.canvas = recipe.canvas;
  steps.pad_color = recipe.pad_color;
  steps.frame_rate = recipe.frame_rate;
  return steps;
}

PictureSteps steps_of(const ThumbnailJob& job) {
  PictureSteps steps;
  steps.deinterlace = job.deinterlace;
  steps.background = job.background;
  steps.rotation_deg = job.rotation_deg;
  steps.mirror = job.mirror;
  steps.hdr = job.hdr;
  steps.colour = job.colour;
  steps.picture = steps.canvas = job.picture;
  steps.for_jpeg = true;
  return steps;
}

AVPixelFormat filtered_format(const PictureSteps& steps) {
  return steps.hdr == HdrKind::kSdr ? AV_PIX_FMT_YUV420P : AV_PIX_FMT_YUV420P10;
}

bool is_finished(const PictureSteps& steps, const AVFrame& frame) {
  if (steps.deinterlace || steps.detelecine || steps.rotation_deg != 0 || steps.mirror) return false;
  if (frame.format != filtered_format(steps) || Size{frame.width, frame.height} != steps.picture) return false;
  if (chroma_place_of(steps, frame) != "left" || range_of(steps.colour) != "limited") return false;
  if (steps.hdr != HdrKind::kSdr) return matrix_of(steps, frame) == "bt2020nc";
  return !steps.for_jpeg && matrix_of(steps, frame) == "bt709" && wide_primaries_of(steps.colour) == "bt709";
}

std::string picture_chain(const PictureSteps& steps, const AVFrame& frame) {
  const Size lying = is_turned(steps) ? Size{steps.picture.height_px, steps.picture.width_px} : steps.picture;
  const std::string_view transfer = transfer_of(steps);
  const std::string out = colour_out(steps, transfer);
  const int depth = description(frame).comp[0].depth;
  const bool rounds = depth > (steps.hdr == HdrKind::kSdr ? 8 : 10);
  const std::string_view place = lying_chroma_place(steps);
  const std::string_view turn = turn_filters(steps);
  std::string chain = field_filters(steps) + readable_format(frame);
  chain += fmt::format("zscale=w={}:h={}:f=lanczos:{}:{}{}", lying.width_px, lying.height_px,
                       colour_in(steps, frame, transfer), out, rounds ? ":d=ordered" : "");
  if (!place.empty()) chain += fmt::format(":c={}", place);
  const std::string_view format = av_get_pix_fmt_name(filtered_format(steps));
  if (place.empty()) {
    // Mirrored with all its chroma, and thinned out afterwards.
    chain +=
        fmt::format(",format={},{},zscale={}:c=left", steps.hdr == HdrKind::kSdr ? "yuv444p" : "yuv444p10", turn, out);
  }
  chain += fmt::format(",format={}", format);
  if (!place.empty() && !turn.empty()) chain += fmt::format(",{}", turn);
  return chain;
}

}  // namespace tokprep::av
