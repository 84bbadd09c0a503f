#include "codecs/av/following_graph.h"

#include <utility>

namespace tokprep::av {

void FollowingGraph::count_frames(AVRational rate, int in, int out) {
  frame_rate_ = rate;
  frames_in_ = in;
  frames_out_ = out;
}

std::int64_t FollowingGraph::next_counted_time() {
  const std::int64_t place = counted_ * frames_in_;
  ++counted_;
  while (first_time_ < place / frames_out_ && times_.size() > 1) {
    times_.pop_front();
    ++first_time_;
  }
  const std::int64_t step = times_.size() > 1 ? times_[1] - times_[0] : frame_ticks();
  return times_[0] + step * (place - first_time_ * frames_out_) / frames_out_;
}

FrameSink FollowingGraph::keep_times(const FrameSink& sink) {
  const AVRational made = graph_->time_base();
  return [this, &sink, made](FramePtr frame) {
    frame->pts = frame_rate_.num > 0 ? next_counted_time() : av_rescale_q(frame->pts, made, time_base_);
    return sink(std::move(frame));
  };
}

bool FollowingGraph::is_after_a_gap(const AVFrame& frame) const {
  if (frame_rate_.num == 0) return false;
  return frame.pts - end_pts_ > frame_ticks() || frame.pts + frame_ticks() < end_pts_;
}

Status FollowingGraph::start(const AVFrame& first, const ChainMaker& chain, AVPixelFormat format) {
  TOKPREP_ASSIGN(graph_, FilterGraph::video(first, time_base_, frame_rate_, chain(first), format));
  shape_ = {first.width, first.height, first.format};
  counted_ = first_time_ = 0;
  times_.clear();
  return {};
}

Status FollowingGraph::push(FramePtr frame, const ChainMaker& chain, AVPixelFormat format, const FrameSink& sink) {
  const Shape shape{frame->width, frame->height, frame->format};
  if (graph_ && (shape != shape_ || is_after_a_gap(*frame))) TOKPREP_TRY(finish(sink));
  if (!graph_) TOKPREP_TRY(start(*frame, chain, format));
  end_pts_ = frame->pts + frame->pkt_duration;
  if (frame_rate_.num > 0) {
    times_.push_back(frame->pts);
    if (frame->pkt_duration == 0) end_pts_ += frame_ticks();
  }
  return graph_->push(std::move(frame), keep_times(sink));
}

Status FollowingGraph::finish(const FrameSink& sink) {
  if (!graph_) return {};
  const Status done = graph_->finish(end_pts_, keep_times(sink));
  graph_.reset();
  return done;
}

}  // namespace tokprep::av
