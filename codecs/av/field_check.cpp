#include "codecs/av/field_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "codecs/av/comb_count.h"
#include "codecs/av/decoder.h"
#include "codecs/av/filter_graph.h"
#include "codecs/av/sequence_header.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace tokprep::av {
namespace {

using Run = std::vector<FieldSigns>;

constexpr std::size_t kFramesAPlace = 30;
constexpr std::int64_t kOnePlaceBelowUs = 3'000'000;
constexpr int kMostPacketsAPlace = 400;  // where nothing comes out of the decoder

constexpr std::array kMayBeInterlaced{
    AV_CODEC_ID_MPEG4,    AV_CODEC_ID_DVVIDEO, AV_CODEC_ID_MJPEG,      AV_CODEC_ID_PRORES,
    AV_CODEC_ID_H264,     AV_CODEC_ID_VC1,     AV_CODEC_ID_WMV3,       AV_CODEC_ID_DNXHD,
    AV_CODEC_ID_RAWVIDEO, AV_CODEC_ID_V210,    AV_CODEC_ID_FFV1,       AV_CODEC_ID_HUFFYUV,
    AV_CODEC_ID_FFVHUFF,  AV_CODEC_ID_UTVIDEO, AV_CODEC_ID_MPEG2VIDEO, AV_CODEC_ID_CAVS};

/// Whether pictures of this H.264 stream may be fields, whatever its first one is.
bool may_code_fields(const AVCodecParameters& codec) {
  const auto header = parse_h264_configuration(
      {reinterpret_cast<const char*>(codec.extradata), static_cast<std::size_t>(codec.extradata_size)});
  return !header || header->may_interlace;
}

bool is_open_question(const AVCodecParameters& codec, FieldOrder said) {
  if (said == FieldOrder::kTopFirst || said == FieldOrder::kBottomFirst) return true;
  if (codec.codec_id == AV_CODEC_ID_MPEG2VIDEO) return true;
  if (codec.codec_id == AV_CODEC_ID_H264) return may_code_fields(codec);
  return said == FieldOrder::kUnknown && std::ranges::find(kMayBeInterlaced, codec.codec_id) != kMayBeInterlaced.end();
}

std::string_view said_by_filter(const AVFrame& frame, const char* key) {
  const AVDictionaryEntry* entry = av_dict_get(frame.metadata, key, nullptr, 0);
  return entry == nullptr ? "" : entry->value;
}

/// Whether enough of the picture moved since `before`: what a coder leaves of a still picture flickers a little,
/// and all its fields alike.
bool moves(const AVFrame& before, const AVFrame& now) {
  constexpr int kClearlyOf256 = 12;
  constexpr int kOneSampleIn = 1000;
  const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(now.format));
  const AVComponentDescriptor& luma = format->comp[0];
  const int clearly = kClearlyOf256 << (luma.depth - 8);
  const auto sample = [&](const AVFrame& frame, int x, int y) {
    const std::uint8_t* at = frame.data[luma.plane] + y * frame.linesize[luma.plane] + x * luma.step + luma.offset;
    return luma.depth > 8 ? (at[0] | at[1] << 8) >> luma.shift : int{at[0]};
  };
  int moved = 0, looked_at = 0;
  for (int y = 0; y < now.height; y += 7) {
    for (int x = 0; x < now.width; x += 5, ++looked_at) {
      moved += std::abs(sample(now, x, y) - sample(before, x, y)) > clearly ? 1 : 0;
    }
  }
  return moved * kOneSampleIn > looked_at;
}

FieldSigns signs_of(const AVFrame& frame) {
  FieldSigns signs;
  const std::string_view comb = said_by_filter(frame, "lavfi.idet.single.current_frame");
  if (comb == "progressive") signs.comb = FieldSigns::Comb::kProgressive;
  if (comb == "tff") signs.comb = FieldSigns::Comb::kTopFirst;
  if (comb == "bff") signs.comb = FieldSigns::Comb::kBottomFirst;
  const std::string_view repeat = said_by_filter(frame, "lavfi.idet.repeated.current_frame");
  if (repeat == "top") signs.repeat = FieldSigns::Repeat::kTop;
  if (repeat == "bottom") signs.repeat = FieldSigns::Repeat::kBottom;
  return signs;
}

/// A format that the filter takes and in which brightness lies apart; nearly always the frame's own.
AVPixelFormat seen_as(AVPixelFormat format) {
  const AVPixFmtDescriptor* description = av_pix_fmt_desc_get(format);
  constexpr std::uint64_t kOther = AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM |
                                   AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BE;
  const bool planar = (description->flags & AV_PIX_FMT_FLAG_PLANAR) != 0 && (description->flags & kOther) == 0;
  return planar ? format : AV_PIX_FMT_YUV444P;
}

/// Looks at the frames from where the demuxer stands.
class Place {
 public:
  Place(Demuxer& demuxer, int stream_index, Decoder decoder)
      : demuxer_(demuxer), stream_index_(stream_index), decoder_(std::move(decoder)) {}

  Result<Run> look(const RunContext& run) {
    const PacketPtr packet(av_packet_alloc());
    const auto analyse = [this](FramePtr frame) { return take(std::move(frame)); };
    for (int packets = 0; packets < kMostPacketsAPlace && !enough();) {
      TOKPREP_TRY(run.check_stop());
      TOKPREP_ASSIGN(const bool more, demuxer_.read(*packet));
      if (more && packet->stream_index != stream_index_) continue;
      TOKPREP_TRY(decoder_.push(more ? packet.get() : nullptr, analyse));
      if (!more) break;
      ++packets;
    }
    return std::move(signs_);
  }

 private:
  [[nodiscard]] bool enough() const { return signs_.size() >= kFramesAPlace; }

  Status take(FramePtr frame) {
    if (enough() || (frame->flags & AV_FRAME_FLAG_CORRUPT) != 0) return {};
    if (!graph_) {
      TOKPREP_ASSIGN(auto graph, FilterGraph::video(*frame, demuxer_.stream(stream_index_).time_base, {0, 1}, "idet",
                                                    seen_as(static_cast<AVPixelFormat>(frame->format))));
      graph_.emplace(std::move(graph));
    }
    return graph_->push(std::move(frame), [this](FramePtr seen) -> Status {
      signs_.push_back(before_ && moves(*before_, *seen) ? signs_of(*seen) : FieldSigns{});
      before_ = std::move(seen);
      return {};
    });
  }

  Demuxer& demuxer_;
  int stream_index_;
  Decoder decoder_;
  std::optional<FilterGraph> graph_;  // made for the first frame
  FramePtr before_;
  Run signs_;
};

std::vector<std::int64_t> places_us(const VideoStreamInfo& video) {
  const std::int64_t start_us = video.start_us.value_or(0);
  const std::int64_t duration_us = video.duration_us.value_or(0);
  if (duration_us < kOnePlaceBelowUs) return {start_us};
  return {start_us + duration_us / 2, start_us + duration_us / 6, start_us + duration_us * 5 / 6};
}

/// What the frames at one place show; nothing where there is no way to it or nothing to decode.
Result<Run> look_at(Demuxer& demuxer, int stream_index, std::int64_t at_us, const RunContext& run) {
  if (!demuxer.seek_before(stream_index, at_us)) return Run{};
  auto decoder = Decoder::open(demuxer.stream(stream_index), 0);
  if (!decoder) return Run{};
  auto signs = Place(demuxer, stream_index, std::move(*decoder)).look(run);
  if (signs || signs.error().code == ErrorCode::kCancelled || signs.error().code == ErrorCode::kIo) return signs;
  return Run{};
}

std::string in_words(FieldOrder order) {
  switch (order) {
    case FieldOrder::kTopFirst:
      return "top field first";
    case FieldOrder::kBottomFirst:
      return "bottom field first";
    case FieldOrder::kProgressive:
      return "progressive";
    default:
      return "nothing";
  }
}

void apply(const FieldVerdict& verdict, VideoStreamInfo& video, std::vector<std::string>& notes) {
  const FieldOrder said = video.field_order;
  if (verdict.telecine) {
    video.telecine = true;
    notes.push_back(fmt::format("stream {} is film spread over interlaced frames (3:2 pulldown)", video.index));
  }
  if (verdict.order == FieldOrder::kUnknown || verdict.order == said) return;
  video.field_order = verdict.order;
  if (said == FieldOrder::kUnknown || verdict.telecine) return;
  const bool interlaced = verdict.order != FieldOrder::kProgressive;
  notes.push_back(fmt::format("stream {} is flagged {}, but the frames are {}{}", video.index, in_words(said),
                              interlaced && said == FieldOrder::kProgressive ? "interlaced, " : "",
                              in_words(verdict.order)));
}

}  // namespace

Status check_fields(Demuxer& demuxer, VideoStreamInfo& video, std::vector<std::string>& notes, const RunContext& run) {
  if (!is_open_question(*demuxer.stream(video.index).codecpar, video.field_order)) return {};
  demuxer.select({video.index});
  std::vector<Run> runs;
  FieldVerdict verdict;
  for (const std::int64_t at_us : places_us(video)) {
    TOKPREP_ASSIGN(Run signs, look_at(demuxer, video.index, at_us, run));
    runs.push_back(std::move(signs));
    verdict = judge_fields(runs);
    if (verdict.clear) break;
  }
  apply(verdict, video, notes);
  return {};
}

}  // namespace tokprep::av
