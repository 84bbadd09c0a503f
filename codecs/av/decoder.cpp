#include "codecs/av/decoder.h"

#include <fmt/format.h>

#include <utility>

#include "codecs/av/av_error.h"

namespace tokprep::av {
namespace {

/// FFmpeg's own VP8 and VP9 decoders leave the transparency of WebM aside; libvpx's do not.
const AVCodec* find_decoder(AVCodecID id, bool alpha) {
  const AVCodec* codec = nullptr;
  if (alpha && id == AV_CODEC_ID_VP8) codec = avcodec_find_decoder_by_name("libvpx");
  if (alpha && id == AV_CODEC_ID_VP9) codec = avcodec_find_decoder_by_name("libvpx-vp9");
  return codec != nullptr ? codec : avcodec_find_decoder(id);
}

}  // namespace

Result<Decoder> Decoder::open(const AVStream& stream, int threads, bool alpha) {
  const AVCodec* codec = find_decoder(stream.codecpar->codec_id, alpha);
  if (codec == nullptr) {
    return fail(ErrorCode::kUnsupportedInput,
                fmt::format("there is no decoder for {}", avcodec_get_name(stream.codecpar->codec_id)));
  }
  Decoder decoder;
  decoder.codec_.reset(avcodec_alloc_context3(codec));
  if (!decoder.codec_) return av_error(AVERROR(ENOMEM), "open the decoder");
  AVCodecContext& context = *decoder.codec_;
  int ret = avcodec_parameters_to_context(&context, stream.codecpar);
  if (ret < 0) return input_error(ret, "read the codec's parameters");
  context.pkt_timebase = stream.time_base;
  context.thread_count = threads;
  context.thread_type = FF_THREAD_FRAME | FF_THREAD_SLICE;
  ret = avcodec_open2(&context, codec, nullptr);
  if (ret < 0) return input_error(ret, fmt::format("open the {} decoder", codec->name));
  return decoder;
}

Status Decoder::push(const AVPacket* packet, const FrameSink& sink) {
  while (true) {
    const int ret = avcodec_send_packet(codec_.get(), packet);
    if (ret == AVERROR(EAGAIN)) {
      TOKPREP_TRY(drain(sink));  // full: take what is ready, then send the same packet again
      continue;
    }
    if (ret == AVERROR(ENOMEM) || ret == AVERROR_EXIT) return input_error(ret, "decode");
    if (ret < 0 && ret != AVERROR_EOF) ++errors_;
    return drain(sink);
  }
}

Status Decoder::drain(const FrameSink& sink) {
  while (true) {
    FramePtr frame(av_frame_alloc());
    if (!frame) return av_error(AVERROR(ENOMEM), "decode");
    const int ret = avcodec_receive_frame(codec_.get(), frame.get());
    if (ret == AVERROR(EAGAIN) || ret == AVERROR_EOF) return {};
    if (ret == AVERROR(ENOMEM) || ret == AVERROR_EXIT) return input_error(ret, "decode");
    if (ret < 0) {
      ++errors_;
      continue;
    }
    if (frame->decode_error_flags != 0 || (frame->flags & AV_FRAME_FLAG_CORRUPT) != 0) ++errors_;
    ++frames_;
    TOKPREP_TRY(sink(std::move(frame)));
  }
}

}  // namespace tokprep::av
