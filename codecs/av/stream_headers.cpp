#include "codecs/av/stream_headers.h"

#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "codecs/av/aac_config.h"
#include "codecs/av/sequence_header.h"

extern "C" {
#include <libavutil/channel_layout.h>
}

namespace tokprep::av {
namespace {

using ParametersPtr = Owned<AVCodecParameters, avcodec_parameters_free>;

std::string_view configuration_of(const AVCodecParameters& codec) {
  return {reinterpret_cast<const char*>(codec.extradata), static_cast<std::size_t>(codec.extradata_size)};
}

/// Rows: 4:2:0, 4:2:2, 4:4:4. Columns: 8 bits, 8 bits full range, 10 bits.
constexpr std::array<std::array<AVPixelFormat, 3>, 3> kPixelFormats{
    {{AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUV420P10},
     {AV_PIX_FMT_YUV422P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUV422P10},
     {AV_PIX_FMT_YUV444P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUV444P10}}};

AVPixelFormat pixel_format_of(const SequenceHeader& header, bool full_range) {
  const auto chroma = static_cast<std::size_t>(header.chroma_format - 1);
  const std::size_t column = header.luma_bits == 10 ? 2 : full_range ? 1 : 0;
  return kPixelFormats.at(chroma).at(column);
}

/// What is left to those who decode: other depths and layouts, RGB, fields, and transfers that a message in the
/// stream may replace by HLG (H.273's 14 and 15).
bool is_plain(const SequenceHeader& header) {
  const bool known_depth = (header.luma_bits == 8 || header.luma_bits == 10) && header.luma_bits == header.chroma_bits;
  const bool known_layout = header.chroma_format != 0 && !header.separate_planes && !header.cropped_by_display_window;
  const bool coded_as_yuv = header.matrix != AVCOL_SPC_RGB && header.matrix != AVCOL_SPC_YCGCO;
  const bool final_transfer = header.transfer != AVCOL_TRC_BT2020_10 && header.transfer != AVCOL_TRC_BT2020_12;
  return known_depth && known_layout && coded_as_yuv && final_transfer && !header.may_interlace &&
         header.profile_idc != 0;
}

/// FFmpeg's profiles are the codec's own numbers, with what the constraints make of some of H.264's.
int h264_profile(const SequenceHeader& header) {
  const bool set1 = (header.constraints & 0x40) != 0;
  const bool set3 = (header.constraints & 0x10) != 0;
  switch (header.profile_idc) {
    case FF_PROFILE_H264_BASELINE:
      return set1 ? FF_PROFILE_H264_CONSTRAINED_BASELINE : FF_PROFILE_H264_BASELINE;
    case FF_PROFILE_H264_HIGH_10:
    case FF_PROFILE_H264_HIGH_422:
    case FF_PROFILE_H264_HIGH_444_PREDICTIVE:
      return header.profile_idc | (set3 ? FF_PROFILE_H264_INTRA : 0);
    default:
      return header.profile_idc;
  }
}

/// What the stream itself says counts before the container; where it says nothing, the container's word stays.
void fill_colour(const SequenceHeader& header, AVCodecParameters& codec) {
  if (header.full_range) codec.color_range = *header.full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
  if (header.has_colour) {
    codec.color_primaries = static_cast<AVColorPrimaries>(header.primaries);
    codec.color_trc = static_cast<AVColorTransferCharacteristic>(header.transfer);
    codec.color_space = static_cast<AVColorSpace>(header.matrix);
  }
  if (header.chroma_location >= 0) {
    codec.chroma_location = static_cast<AVChromaLocation>(header.chroma_location + 1);
  } else if (header.has_vui || codec.codec_id == AV_CODEC_ID_HEVC) {
    codec.chroma_location =
        header.chroma_format == 1 || codec.codec_id == AV_CODEC_ID_H264 ? AVCHROMA_LOC_LEFT : AVCHROMA_LOC_UNSPECIFIED;
  }
}

bool fill_video(const AVStream& stream, bool writes_decoding_times, AVCodecParameters& codec) {
  const bool h264 = codec.codec_id == AV_CODEC_ID_H264;
  if (!h264 && codec.codec_id != AV_CODEC_ID_HEVC) return false;
  const auto header = h264 ? parse_avcc(configuration_of(codec)) : parse_hvcc(configuration_of(codec));
  if (!header || !is_plain(*header)) return false;
  // A container that crops further, or speaks of another picture.
  if (codec.width != header->width_px || codec.height != header->height_px) return false;
  if (stream.avg_frame_rate.num <= 0) return false;  // only packets would tell
  fill_colour(*header, codec);
  codec.format = pixel_format_of(*header, codec.color_range == AVCOL_RANGE_JPEG);
  codec.bits_per_raw_sample = header->luma_bits;
  codec.profile = h264 ? h264_profile(*header) : header->profile_idc;
  codec.level = header->level_idc;
  if (h264) codec.field_order = AV_FIELD_PROGRESSIVE;  // of HEVC only the container tells
  codec.sample_aspect_ratio = {static_cast<int>(header->sample_aspect.num),
                               static_cast<int>(header->sample_aspect.den)};
  // Containers without decoding times leave them to be worked out from how many frames are reordered.
  if (!header->reorders && !writes_decoding_times) return false;
  codec.video_delay = header->reorders.value_or(0);
  return true;
}

bool fill_audio(AVCodecParameters& codec) {
  if (codec.sample_rate <= 0 || codec.ch_layout.nb_channels <= 0) return false;
  if (av_get_exact_bits_per_sample(codec.codec_id) > 0) return true;  // PCM is what its header says
  if (codec.codec_id != AV_CODEC_ID_AAC) return false;
  const auto config = parse_aac_config(configuration_of(codec));
  if (!config || config->sample_rate_hz != codec.sample_rate) return false;
  av_channel_layout_uninit(&codec.ch_layout);
  av_channel_layout_from_mask(&codec.ch_layout, config->layout_mask);
  codec.profile = FF_PROFILE_AAC_LOW;
  codec.format = AV_SAMPLE_FMT_FLTP;
  codec.frame_size = config->frame_samples;
  return true;
}

bool is_picture(const AVStream& stream) {
  return (stream.disposition & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS)) != 0;
}

bool fill(const AVStream& stream, bool writes_decoding_times, AVCodecParameters& codec) {
  if (codec.codec_type == AVMEDIA_TYPE_AUDIO) return fill_audio(codec);
  const bool seen = codec.codec_type == AVMEDIA_TYPE_VIDEO && !is_picture(stream);
  return !seen || fill_video(stream, writes_decoding_times, codec);
}

}  // namespace

bool fill_from_headers(AVFormatContext& format) {
  const bool writes_decoding_times = std::string_view(format.iformat->name).starts_with("mov");
  std::vector<ParametersPtr> filled;
  for (unsigned i = 0; i < format.nb_streams; ++i) {
    const AVStream& stream = *format.streams[i];
    ParametersPtr codec(avcodec_parameters_alloc());
    if (!codec || avcodec_parameters_copy(codec.get(), stream.codecpar) < 0 ||
        !fill(stream, writes_decoding_times, *codec)) {
      return false;
    }
    filled.push_back(std::move(codec));
  }
  for (unsigned i = 0; i < format.nb_streams; ++i) {
    if (avcodec_parameters_copy(format.streams[i]->codecpar, filled[i].get()) < 0) return false;
  }
  if (format.duration > 0) format.duration_estimation_method = AVFMT_DURATION_FROM_STREAM;  // the header's, not a guess
  return format.nb_streams > 0;
}

}  // namespace tokprep::av
