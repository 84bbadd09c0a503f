#include "codecs/av/filter_graph.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "codecs/av/av_error.h"

extern "C" {
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/channel_layout.h>
#include <libavutil/pixdesc.h>
}

namespace tokprep::av {
namespace {

/// An end of the graph, named as the parser wants it.
FilterEndsPtr graph_end(const char* name, AVFilterContext* filter) {
  FilterEndsPtr end(avfilter_inout_alloc());
  if (end) {
    end->name = av_strdup(name);
    end->filter_ctx = filter;
  }
  return end;
}

}  // namespace

Result<FilterGraph> FilterGraph::make(const char* source, const std::string& arguments, const char* sink,
                                      const std::string& chain) {
  FilterGraph result;
  result.graph_.reset(avfilter_graph_alloc());
  if (!result.graph_) return av_error(AVERROR(ENOMEM), "build the filters");
  AVFilterGraph* graph = result.graph_.get();
  int ret = avfilter_graph_create_filter(&result.source_, avfilter_get_by_name(source), "in", arguments.c_str(),
                                         nullptr, graph);
  if (ret < 0) return av_error(ret, "feed the filters (" + arguments + ")");
  ret = avfilter_graph_create_filter(&result.sink_, avfilter_get_by_name(sink), "out", nullptr, nullptr, graph);
  if (ret < 0) return av_error(ret, "build the filters");
  // The parser sees the graph from the chain's side: our source is its "in", our sink its "out".
  AVFilterInOut* open_inputs = graph_end("out", result.sink_).release();
  AVFilterInOut* open_outputs = graph_end("in", result.source_).release();
  ret = avfilter_graph_parse_ptr(graph, chain.c_str(), &open_inputs, &open_outputs, nullptr);
  avfilter_inout_free(&open_inputs);
  avfilter_inout_free(&open_outputs);
  if (ret < 0) return av_error(ret, "understand the filters '" + chain + "'");
  ret = avfilter_graph_config(graph, nullptr);
  if (ret < 0) return av_error(ret, "set up the filters '" + chain + "'");
  return result;
}

Result<FilterGraph> FilterGraph::video(const AVFrame& first, AVRational time_base, AVRational frame_rate,
                                       const std::string& chain, AVPixelFormat format) {
  const AVRational aspect = first.sample_aspect_ratio.num > 0 ? first.sample_aspect_ratio : AVRational{1, 1};
  std::string arguments = fmt::format("video_size={}x{}:pix_fmt={}:time_base={}/{}:pixel_aspect={}/{}", first.width,
                                      first.height, first.format, time_base.num, time_base.den, aspect.num, aspect.den);
  if (frame_rate.num > 0) arguments += fmt::format(":frame_rate={}/{}", frame_rate.num, frame_rate.den);
  return make("buffer", arguments, "buffersink", fmt::format("{},format={}", chain, av_get_pix_fmt_name(format)));
}

Result<FilterGraph> FilterGraph::audio(const AVFrame& first, AVRational time_base, const std::string& chain) {
  AVChannelLayout layout{};
  if (first.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC) {
    av_channel_layout_default(&layout, first.ch_layout.nb_channels);
  } else {
    av_channel_layout_copy(&layout, &first.ch_layout);
  }
  std::array<char, 128> name{};
  av_channel_layout_describe(&layout, name.data(), name.size());
  av_channel_layout_uninit(&layout);
  const auto* format = av_get_sample_fmt_name(static_cast<AVSampleFormat>(first.format));
  return make("abuffer",
              fmt::format("time_base={}/{}:sample_rate={}:sample_fmt={}:channel_layout={}", time_base.num,
                          time_base.den, first.sample_rate, format, name.data()),
              "abuffersink", chain);
}

void FilterGraph::set_frame_size(int frame_size) {
  av_buffersink_set_frame_size(sink_, static_cast<unsigned int>(frame_size));
}

AVRational FilterGraph::time_base() const { return av_buffersink_get_time_base(sink_); }

Status FilterGraph::push(FramePtr frame, const FrameSink& sink) {
  const int ret = av_buffersrc_add_frame_flags(source_, frame.get(), AV_BUFFERSRC_FLAG_PUSH);
  if (ret < 0) return av_error(ret, "filter");
  return drain(sink);
}

Status FilterGraph::finish(std::int64_t end_pts, const FrameSink& sink) {
  const int ret = av_buffersrc_close(source_, end_pts, AV_BUFFERSRC_FLAG_PUSH);
  if (ret < 0) return av_error(ret, "filter");
  return drain(sink);
}

Status FilterGraph::drain(const FrameSink& sink) {
  while (true) {
    FramePtr ready(av_frame_alloc());
    if (!ready) return av_error(AVERROR(ENOMEM), "filter");
    const int ret = av_buffersink_get_frame(sink_, ready.get());
    if (ret == AVERROR(EAGAIN) || ret == AVERROR_EOF) return {};
    if (ret < 0) return av_error(ret, "filter");
    TOKPREP_TRY(sink(std::move(ready)));
  }
}

}  // namespace tokprep::av
