#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "codecs/av/filter_graph.h"

namespace tokprep::av {

/// A filter graph that follows its input: when frames change size or format in the middle of a file, what the
/// old graph still holds goes out and a new one is built. Times go in and come out on the same clock.
/// Movable; one thread at a time.
class FollowingGraph {
 public:
  /// Names the filters for frames such as this one.
  using ChainMaker = std::function<std::string(const AVFrame&)>;

  explicit FollowingGraph(AVRational time_base) : time_base_(time_base) {}

  /// For filters that count frames and not time, and make `out` frames of every `in`: `rate` is about that of the
  /// input. Frames that come out get their times from the input's, evenly; a gap of more than a frame in the input
  /// begins a new graph.
  void count_frames(AVRational rate, int in, int out);

  /// Frames come out in `format`.
  Status push(FramePtr frame, const ChainMaker& chain, AVPixelFormat format, const FrameSink& sink);

  /// No more frames, for now: hands on what is left.
  Status finish(const FrameSink& sink);

 private:
  struct Shape {
    int width = 0, height = 0, format = -1;
    bool operator==(const Shape&) const = default;
  };
  Status start(const AVFrame& first, const ChainMaker& chain, AVPixelFormat format);
  [[nodiscard]] bool is_after_a_gap(const AVFrame& frame) const;
  [[nodiscard]] std::int64_t frame_ticks() const { return av_rescale_q(1, av_inv_q(frame_rate_), time_base_); }
  std::int64_t next_counted_time();
  /// Some filters count in other ticks; `sink` sees the clock that came in.
  [[nodiscard]] FrameSink keep_times(const FrameSink& sink);

  AVRational time_base_;
  AVRational frame_rate_{0, 1};  // 0: frames are not counted
  int frames_in_ = 1, frames_out_ = 1;
  std::int64_t counted_ = 0;        // frames that came out of this graph
  std::int64_t first_time_ = 0;     // place of times_' first among the frames that went into it
  std::deque<std::int64_t> times_;  // of frames that went in and are still asked for
  std::int64_t end_pts_ = 0;        // where the newest frame ends
  Shape shape_;
  std::optional<FilterGraph> graph_;
};

}  // namespace tokprep::av
