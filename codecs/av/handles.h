#pragma once

#include "base/owned.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavfilter/avfilter.h>
#include <libavformat/avformat.h>
#include <libavutil/frame.h>
}

#include <memory>

#include "codecs/av/file_io.h"

namespace tokprep::av {

/// A reader's context, made by `open_input`, and the file under it.
struct InputCloser {
  void operator()(AVFormatContext* context) const noexcept {
    AVIOContext* file = context->pb;
    avformat_close_input(&context);
    close_file(file);
  }
};
using InputPtr = std::unique_ptr<AVFormatContext, InputCloser>;
using CodecPtr = Owned<AVCodecContext, avcodec_free_context>;
using FramePtr = Owned<AVFrame, av_frame_free>;
using PacketPtr = Owned<AVPacket, av_packet_free>;
using GraphPtr = Owned<AVFilterGraph, avfilter_graph_free>;
using FilterEndsPtr = Owned<AVFilterInOut, avfilter_inout_free>;
using BitstreamFilterPtr = Owned<AVBSFContext, av_bsf_free>;

/// A writer's context: the file is closed first, then the context is freed.
struct OutputCloser {
  void operator()(AVFormatContext* context) const noexcept {
    close_file(context->pb);
    avformat_free_context(context);
  }
};
using OutputPtr = std::unique_ptr<AVFormatContext, OutputCloser>;

inline constexpr AVRational kMicroseconds{1, 1'000'000};

}  // namespace tokprep::av
