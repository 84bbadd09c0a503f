#include "codecs/av/picture_facts.h"

#include <cmath>
#include <numbers>

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace tokprep::av {

std::string text_or_empty(const char* text) { return text == nullptr ? "" : text; }

Orientation orientation_of(const std::int32_t matrix[9]) {
  // x' = a x + c y, y' = b x + d y, with y downwards: a mirror has a negative determinant.
  const double a = matrix[0], b = matrix[1], c = matrix[3], d = matrix[4];
  Orientation orientation;
  orientation.mirrored = a * d - b * c < 0;
  // The flip comes last and turns the sign of x': taking it back leaves the turn alone.
  const double angle = std::atan2(b, orientation.mirrored ? -a : a) * 180 / std::numbers::pi;
  const int quarters = static_cast<int>(std::lround(angle / 90));
  orientation.rotation_deg = ((quarters % 4) + 4) % 4 * 90;
  orientation.off_deg = angle - quarters * 90;
  return orientation;
}

std::string chroma_name(AVPixelFormat format) {
  const AVPixFmtDescriptor* description = av_pix_fmt_desc_get(format);
  if (description == nullptr) return "";
  if ((description->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) != 0) return "rgb";
  if (description->nb_components <= 2) return "gray";
  const int across = description->log2_chroma_w;
  const int down = description->log2_chroma_h;
  if (across == 0) return down == 0 ? "4:4:4" : "4:4:0";
  if (across == 1) return down == 0 ? "4:2:2" : "4:2:0";
  return down == 0 ? "4:1:1" : "4:1:0";
}

FieldOrder field_order_of(AVFieldOrder order) {
  switch (order) {
    case AV_FIELD_PROGRESSIVE:
      return FieldOrder::kProgressive;
    // Files tagged "top coded first, bottom shown first" are by all evidence top field first: the tag's two
    // readings differ between QuickTime's manual and what cameras and FFmpeg itself write.
    case AV_FIELD_TT:
    case AV_FIELD_TB:
      return FieldOrder::kTopFirst;
    case AV_FIELD_BB:
    case AV_FIELD_BT:
      return FieldOrder::kBottomFirst;
    default:
      return FieldOrder::kUnknown;
  }
}

ColourInfo colour_of(const AVCodecParameters& codec) {
  ColourInfo colour;
  const auto pixel_format = text_or_empty(av_get_pix_fmt_name(static_cast<AVPixelFormat>(codec.format)));
  if (codec.color_range != AVCOL_RANGE_UNSPECIFIED)
    colour.range = text_or_empty(av_color_range_name(codec.color_range));
  else if (pixel_format.starts_with("yuvj")) colour.range = "pc";
  const auto is_tagged = [](auto value) { return value != 2 && value != 0 && value != 3; };  // unspecified, reserved
  if (is_tagged(static_cast<int>(codec.color_primaries))) {
    colour.primaries = text_or_empty(av_color_primaries_name(codec.color_primaries));
  }
  if (is_tagged(static_cast<int>(codec.color_trc))) {
    colour.transfer = text_or_empty(av_color_transfer_name(codec.color_trc));
  }
  // 0 is a matrix of its own: RGB, called "gbr".
  if (codec.color_space == AVCOL_SPC_RGB || is_tagged(static_cast<int>(codec.color_space))) {
    colour.matrix = text_or_empty(av_color_space_name(codec.color_space));
  }
  if (codec.chroma_location != AVCHROMA_LOC_UNSPECIFIED) {
    colour.chroma_location = text_or_empty(av_chroma_location_name(codec.chroma_location));
  }
  return colour;
}

}  // namespace tokprep::av
