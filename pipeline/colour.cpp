#include "pipeline/colour.h"

#include <string_view>

namespace tokprep {
namespace {

bool is_rgb(const VideoStreamInfo& stream) { return stream.chroma == "rgb" || stream.colour.matrix == "gbr"; }

/// Grey pictures use the full range, as stills and lossless video have it, except in the codecs that define limited as
/// what no tag means.
bool is_full_grey(const VideoStreamInfo& stream) {
  const std::string_view codec = stream.codec;
  return stream.chroma == "gray" && codec != "h264" && codec != "hevc" && codec != "av1" && codec != "vp9";
}

/// The standard a stream without any tag is taken to follow.
std::string family_by_size(const VideoStreamInfo& stream) {
  if (stream.coded_height_px >= 720 || stream.coded_width_px >= 1280) return "bt709";
  return stream.coded_height_px == 576 ? "bt470bg" : "smpte170m";
}

/// Names that stand for primaries, matrix and (but for bt2020) transfer alike.
bool is_family(std::string_view name) {
  return name == "bt709" || name == "smpte170m" || name == "bt470bg" || name == "smpte240m" || name == "bt2020";
}

std::string family_of(const VideoStreamInfo& stream) {
  const ColourInfo& tags = stream.colour;
  if (tags.matrix.starts_with("bt2020")) return "bt2020";
  if (is_family(tags.matrix)) return tags.matrix;
  if (is_family(tags.primaries)) return tags.primaries;
  if (is_rgb(stream)) return "bt709";
  if (stream.hdr != HdrKind::kSdr) return "bt2020";
  return family_by_size(stream);
}

std::string transfer_of(const VideoStreamInfo& stream, std::string_view family) {
  if (stream.hdr == HdrKind::kPq) return "smpte2084";
  if (stream.hdr == HdrKind::kHlg) return "arib-std-b67";
  if (family == "bt2020") return "bt2020-10";
  // bt470bg names a gamma of 2.8 as a transfer, which no camera used: both forms of bt601 share one curve.
  return family == "bt470bg" ? "smpte170m" : std::string(family);
}

/// bt709, bt601 and both of bt2020 SDR define the same curve under four names.
bool same_curve_as_bt709(std::string_view transfer) {
  return transfer == "bt709" || transfer == "smpte170m" || transfer == "bt2020-10" || transfer == "bt2020-12";
}

}  // namespace

ColourInfo filled_colour(const VideoStreamInfo& stream) {
  ColourInfo colour = stream.colour;
  const std::string family = family_of(stream);
  const bool full_range = stream.pixel_format.starts_with("yuvj") || is_rgb(stream) || is_full_grey(stream);
  if (colour.range.empty()) colour.range = full_range ? "pc" : "tv";
  if (colour.primaries.empty()) colour.primaries = family;
  if (colour.transfer.empty()) colour.transfer = transfer_of(stream, family);
  if (is_rgb(stream)) colour.matrix = "gbr";
  else if (colour.matrix.empty()) colour.matrix = family == "bt2020" ? "bt2020nc" : family;
  if (colour.chroma_location.empty()) colour.chroma_location = "left";
  return colour;
}

ColourState colour_state(const VideoStreamInfo& stream) {
  const ColourInfo colour = filled_colour(stream);
  if (colour.primaries != "bt709" || colour.matrix != "bt709" || colour.range != "tv") return ColourState::kOther;
  if (!same_curve_as_bt709(colour.transfer)) return ColourState::kOther;
  const ColourInfo& tags = stream.colour;
  const bool tagged =
      tags.primaries == "bt709" && tags.transfer == "bt709" && tags.matrix == "bt709" && tags.range == "tv";
  return tagged ? ColourState::kTagged : ColourState::kTagsWanted;
}

std::string to_text(const ColourInfo& colour) {
  if (colour.primaries == colour.matrix && colour.transfer == colour.matrix) return colour.matrix + " " + colour.range;
  return colour.primaries + "/" + colour.transfer + "/" + colour.matrix + " " + colour.range;
}

}  // namespace tokprep
