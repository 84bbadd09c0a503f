#include "codecs/av/audio_chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tokprep::av {

AudioChain::AudioChain(const TranscodeJob& job, AVRational clock, std::string more, int frame_size)
    : recipe_(job.audio),
      end_us_(job.loop_to_us ? job.loop_to_us : job.end_us),
      fill_to_us_(job.loop_to_us ? job.loop_to_us : job.hold_to_us),
      seek_(job.seek),
      clock_(clock),
      start_(av_rescale_q(job.start_us, kMicroseconds, clock)),
      more_(std::move(more)),
      frame_size_(frame_size) {}

/// - first_pts pads (or cuts) the beginning, async fills holes, so that sound stays with picture;
/// - rematrix_maxval keeps a down-mix of 5.1 below full scale, also between float formats.
std::string AudioChain::filters(bool from_start) const {
  std::string text = fmt::format(
      "aresample={0}:async=1:min_hard_comp=0.03:rematrix_maxval=1.0{1},"
      "aformat=sample_fmts=fltp:sample_rates={0}:channel_layouts={2}",
      recipe_.sample_rate_hz, from_start ? ":first_pts=0" : "", recipe_.channels == 1 ? "mono" : "stereo");
  if (fill_to_us_) text += fmt::format(",apad=whole_dur={}us", *fill_to_us_);
  if (end_us_) text += fmt::format(",atrim=end={:.6f}", static_cast<double>(*end_us_) / 1e6);
  return text + more_;
}

void AudioChain::shift(std::int64_t later_us) { start_ -= av_rescale_q(later_us, kMicroseconds, clock_); }

Status AudioChain::push(FramePtr frame, const FrameSink& sink) {
  frame->pts = frame->best_effort_timestamp == AV_NOPTS_VALUE ? next_ : frame->best_effort_timestamp - start_;
  next_ = frame->pts + av_rescale_q(frame->nb_samples, {1, std::max(frame->sample_rate, 1)}, clock_);
  position_us_ = av_rescale_q(frame->pts, clock_, kMicroseconds);
  done_ = end_us_ && position_us_ >= *end_us_;
  if (done_ || (seek_ && next_ <= 0)) return {};
  TOKPREP_TRY(follow(*frame, sink));
  return graph_->push(std::move(frame), sink);
}

Status AudioChain::follow(const AVFrame& frame, const FrameSink& sink) {
  const Shape shape{frame.sample_rate, frame.format, frame.ch_layout.nb_channels};
  if (graph_ && shape == shape_) return {};
  const bool from_start = !graph_;
  if (graph_) TOKPREP_TRY(graph_->finish(next_, sink));
  TOKPREP_ASSIGN(graph_, graph_for(frame, from_start));
  if (frame_size_ > 0) graph_->set_frame_size(frame_size_);
  shape_ = shape;
  return {};
}

/// There is no way to mix ten channels of which nobody says where they belong, as cameras and mixing desks write them;
/// by custom, the first two are what is meant to be heard.
Result<FilterGraph> AudioChain::graph_for(const AVFrame& frame, bool from_start) {
  Result<FilterGraph> graph = FilterGraph::audio(frame, clock_, filters(from_start));
  if (graph || frame.ch_layout.nb_channels < 2) return graph;
  Result<FilterGraph> of_two = FilterGraph::audio(frame, clock_, "pan=stereo|c0=c0|c1=c1," + filters(from_start));
  if (!of_two) return graph;
  unplaced_channels_ = frame.ch_layout.nb_channels;
  return of_two;
}

Status AudioChain::finish(const FrameSink& sink) { return graph_ ? graph_->finish(next_, sink) : Status{}; }

}  // namespace tokprep::av
