#include "codecs/av/probe_streams.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "codecs/av/picture_facts.h"

extern "C" {
#include <libavutil/dovi_meta.h>
#include <libavutil/pixdesc.h>
}

namespace tokprep::av {
namespace {

std::string four_cc(std::uint32_t tag) {
  std::string text;
  for (; text.size() < 4; tag >>= 8U) text += static_cast<char>(tag & 0xFFU);
  // Matroska has no such tag and transport streams a number: neither is a word.
  const auto printable = [](char c) { return std::isprint(static_cast<unsigned char>(c)) != 0; };
  return std::ranges::all_of(text, printable) ? text : "";
}

std::string tag_value(const AVDictionary* dictionary, const char* key) {
  const AVDictionaryEntry* entry = av_dict_get(dictionary, key, nullptr, 0);
  return entry == nullptr ? "" : entry->value;
}

std::string profile_name(const AVCodecParameters& codec) {
  return text_or_empty(avcodec_profile_name(codec.codec_id, codec.profile));
}

void describe_pixels(const AVStream& stream, VideoStreamInfo& video) {
  const auto format = static_cast<AVPixelFormat>(stream.codecpar->format);
  video.pixel_format = text_or_empty(av_get_pix_fmt_name(format));
  video.chroma = chroma_name(format);
  const AVPixFmtDescriptor* description = av_pix_fmt_desc_get(format);
  if (description == nullptr) return;
  video.bit_depth = description->comp[0].depth;
  // Palettes may hold transparent entries; whether one does, only the frames know.
  if (format != AV_PIX_FMT_PAL8 && (description->flags & AV_PIX_FMT_FLAG_ALPHA) != 0) video.alpha = true;
}

void describe_dynamic_range(const AVStream& stream, VideoStreamInfo& video) {
  if (stream.codecpar->color_trc == AVCOL_TRC_SMPTE2084) video.hdr = HdrKind::kPq;
  if (stream.codecpar->color_trc == AVCOL_TRC_ARIB_STD_B67) video.hdr = HdrKind::kHlg;
  std::size_t size = 0;
  const std::uint8_t* data = av_stream_get_side_data(&stream, AV_PKT_DATA_DOVI_CONF, &size);
  if (data == nullptr || size < sizeof(AVDOVIDecoderConfigurationRecord)) return;
  video.dolby_vision_profile = reinterpret_cast<const AVDOVIDecoderConfigurationRecord*>(data)->dv_profile;
  if (video.dolby_vision_profile == 5) video.hdr = HdrKind::kPq;  // always PQ, and never tagged so
}

/// The shape of the stream's pixels, where it is known and can be believed.
void describe_pixels(AVFormatContext& format, AVStream& stream, VideoStreamInfo& video,
                     std::vector<std::string>& notes) {
  const AVRational aspect = av_guess_sample_aspect_ratio(&format, &stream, nullptr);
  // Beyond these it is damage: 64 is more than any format of picture or tape ever used.
  constexpr double kNarrowest = 1.0 / 64, kWidest = 64;
  // A crop and a scale in whole pixels leave 1215:1216 and the like. Encoding again for a thousandth does only harm.
  constexpr double kAsGoodAsSquare = 0.005;
  const double ratio = aspect.den > 0 ? av_q2d(aspect) : 0;
  if (ratio < kNarrowest || ratio > kWidest) return;
  video.sample_aspect = reduced({aspect.num, aspect.den});
  if (video.sample_aspect == Rational{1, 1} || std::abs(ratio - 1) > kAsGoodAsSquare) return;
  notes.push_back(fmt::format("stream {} has pixels of {}:{}, which count as square", stream.index,
                              video.sample_aspect.num, video.sample_aspect.den));
  video.sample_aspect = {1, 1};
}

void describe_geometry(AVFormatContext& format, AVStream& stream, VideoStreamInfo& video,
                       std::vector<std::string>& notes) {
  video.coded_width_px = stream.codecpar->width;
  video.coded_height_px = stream.codecpar->height;
  describe_pixels(format, stream, video, notes);
  // Square by the width, as players do: every line stays a line.
  video.width_px = std::max(1, static_cast<int>(std::lround(video.coded_width_px * video.sample_aspect.value())));
  video.height_px = video.coded_height_px;

  std::size_t size = 0;
  const std::uint8_t* data = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
  if (data == nullptr || size < 9 * sizeof(std::int32_t)) return;
  const Orientation orientation = orientation_of(reinterpret_cast<const std::int32_t*>(data));
  video.rotation_deg = orientation.rotation_deg;
  video.mirrored = orientation.mirrored;
  if (std::abs(orientation.off_deg) > 1) {
    notes.push_back(fmt::format("stream {} asks for a turn by {:.1f} degrees; it is turned by {} only", stream.index,
                                orientation.rotation_deg + orientation.off_deg, orientation.rotation_deg));
  }
  if (video.rotation_deg == 90 || video.rotation_deg == 270) std::swap(video.width_px, video.height_px);
}

VideoStreamInfo describe_video(AVFormatContext& format, AVStream& stream, std::vector<std::string>& notes) {
  const AVCodecParameters& codec = *stream.codecpar;
  VideoStreamInfo video;
  video.index = stream.index;
  video.is_default = (stream.disposition & AV_DISPOSITION_DEFAULT) != 0;
  video.codec = avcodec_get_name(codec.codec_id);
  video.profile = profile_name(codec);
  video.tag = four_cc(codec.codec_tag);
  if (codec.level != FF_LEVEL_UNKNOWN && codec.level > 0) video.level = codec.level;
  video.field_order = field_order_of(codec.field_order);
  video.colour = colour_of(codec);
  describe_geometry(format, stream, video, notes);
  describe_pixels(stream, video);
  describe_dynamic_range(stream, video);
  return video;
}

std::string layout_name(const AVChannelLayout& layout) {
  if (layout.order == AV_CHANNEL_ORDER_UNSPEC) return "";
  std::array<char, 128> text{};
  return av_channel_layout_describe(&layout, text.data(), text.size()) < 0 ? "" : text.data();
}

AudioStreamInfo describe_audio(const AVStream& stream) {
  const AVCodecParameters& codec = *stream.codecpar;
  AudioStreamInfo audio;
  audio.index = stream.index;
  audio.is_default = (stream.disposition & AV_DISPOSITION_DEFAULT) != 0;
  audio.codec = avcodec_get_name(codec.codec_id);
  audio.profile = profile_name(codec);
  audio.tag = four_cc(codec.codec_tag);
  audio.language = tag_value(stream.metadata, "language");
  if (audio.language == "und") audio.language.clear();
  if (codec.sample_rate > 0) audio.sample_rate_hz = codec.sample_rate;
  if (codec.ch_layout.nb_channels > 0) audio.channels = codec.ch_layout.nb_channels;
  audio.layout = layout_name(codec.ch_layout);
  return audio;
}

bool is_picture(const AVStream& stream) {
  return (stream.disposition & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS)) != 0;
}

bool can_decode(const AVCodecParameters& codec) {
  if (avcodec_find_decoder(codec.codec_id) == nullptr) return false;
  if (codec.codec_type == AVMEDIA_TYPE_VIDEO) return codec.width > 0 && codec.height > 0;
  return codec.sample_rate > 0 && codec.ch_layout.nb_channels > 0;
}

std::string other_codec_name(const AVCodecParameters& codec) {
  if (codec.codec_id != AV_CODEC_ID_NONE) return avcodec_get_name(codec.codec_id);
  return four_cc(codec.codec_tag);
}

OtherStreamKind other_kind(const AVStream& stream) {
  if (is_picture(stream)) return OtherStreamKind::kAttachedPicture;
  switch (stream.codecpar->codec_type) {
    case AVMEDIA_TYPE_VIDEO:
    case AVMEDIA_TYPE_AUDIO:
      return OtherStreamKind::kUndecodable;
    case AVMEDIA_TYPE_SUBTITLE:
      return OtherStreamKind::kSubtitle;
    default:
      return OtherStreamKind::kData;
  }
}

}  // namespace

void describe_streams(AVFormatContext& format, MediaInfo& info) {
  for (unsigned i = 0; i < format.nb_streams; ++i) {
    AVStream& stream = *format.streams[i];
    const AVCodecParameters& codec = *stream.codecpar;
    const bool audible_or_visible = codec.codec_type == AVMEDIA_TYPE_VIDEO || codec.codec_type == AVMEDIA_TYPE_AUDIO;
    if (audible_or_visible && !is_picture(stream) && can_decode(codec)) {
      if (codec.codec_type == AVMEDIA_TYPE_VIDEO) info.video.push_back(describe_video(format, stream, info.notes));
      else info.audio.push_back(describe_audio(stream));
      continue;
    }
    const OtherStreamInfo other{stream.index, other_kind(stream), other_codec_name(codec)};
    if (other.kind == OtherStreamKind::kUndecodable) {
      info.notes.push_back(fmt::format("stream {} ({} {}) cannot be decoded here", other.index,
                                       text_or_empty(av_get_media_type_string(codec.codec_type)), other.codec));
    }
    info.other.push_back(other);
  }
}

}  // namespace tokprep::av
