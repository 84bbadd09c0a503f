#include "codecs/av/packet_clock.h"

#include <string_view>

extern "C" {
#include <libavutil/dict.h>
#include <libavutil/intreadwrite.h>
}

namespace tokprep::av {

std::optional<FieldPairs> FieldPairs::for_stream(const AVFormatContext& format, const AVStream& stream) {
  const std::string_view name = format.iformat->name;
  const bool cut_by_parser = name == "mpegts" || name == "mpeg" || name == "h264";
  const AVFieldOrder order = stream.codecpar->field_order;
  const bool interlaced = order != AV_FIELD_PROGRESSIVE && order != AV_FIELD_UNKNOWN;
  if (!cut_by_parser || !interlaced || stream.codecpar->codec_id != AV_CODEC_ID_H264) return std::nullopt;
  FieldPairs pairs;
  pairs.codec_.reset(avcodec_alloc_context3(nullptr));
  pairs.parser_.reset(av_parser_init(stream.codecpar->codec_id));
  if (pairs.codec_ == nullptr || pairs.parser_ == nullptr) return std::nullopt;
  if (avcodec_parameters_to_context(pairs.codec_.get(), stream.codecpar) < 0) return std::nullopt;
  pairs.parser_->flags |= PARSER_FLAG_COMPLETE_FRAMES;
  return pairs;
}

bool FieldPairs::is_second_field(const AVPacket& packet) {
  std::uint8_t* out = nullptr;
  int out_size = 0;
  av_parser_parse2(parser_.get(), codec_.get(), &out, &out_size, packet.data, packet.size, packet.pts, packet.dts,
                   packet.pos);
  const AVPictureStructure structure = parser_->picture_structure;
  const bool is_field = structure == AV_PICTURE_STRUCTURE_TOP_FIELD || structure == AV_PICTURE_STRUCTURE_BOTTOM_FIELD;
  const bool completes = is_field && open_field_ != AV_PICTURE_STRUCTURE_UNKNOWN && structure != open_field_;
  open_field_ = is_field && !completes ? structure : AV_PICTURE_STRUCTURE_UNKNOWN;
  return completes;
}

bool is_hidden_frame(const AVStream& stream, const AVPacket& packet) {
  constexpr unsigned kShowFrame = 0x10;
  return stream.codecpar->codec_id == AV_CODEC_ID_VP8 && packet.size > 0 && (packet.data[0] & kShowFrame) == 0;
}

bool carries_alpha(const AVStream& stream, const AVPacket& packet) {
  constexpr std::uint64_t kAlphaLayer = 1;
  const AVDictionaryEntry* mode = av_dict_get(stream.metadata, "alpha_mode", nullptr, 0);
  if (mode == nullptr || std::string_view(mode->value) != "1") return false;
  std::size_t size = 0;
  const std::uint8_t* data = av_packet_get_side_data(&packet, AV_PKT_DATA_MATROSKA_BLOCKADDITIONAL, &size);
  return data != nullptr && size > 8 && AV_RB64(data) == kAlphaLayer;
}

SkippedTicks skipped_ticks(const AVStream& stream, const AVPacket& packet) {
  std::size_t size = 0;
  const std::uint8_t* data = av_packet_get_side_data(&packet, AV_PKT_DATA_SKIP_SAMPLES, &size);
  if (data == nullptr || size < 8 || stream.codecpar->sample_rate <= 0) return {};
  const AVRational sample{1, stream.codecpar->sample_rate};
  return {av_rescale_q(AV_RL32(data), sample, stream.time_base),
          av_rescale_q(AV_RL32(data + 4), sample, stream.time_base)};
}

}  // namespace tokprep::av
