#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "codecs/av/decoder.h"
#include "codecs/av/filter_graph.h"
#include "codecs/jobs.h"

namespace tokprep::av {

/// Decoded sound of any kind in; sound of the job's rate and layout, on time from 0 on and without holes, out.
///
/// A change of rate or layout in the middle of a file is followed. What lies before the job's start or after its end
/// is left out. Movable; one thread at a time.
class AudioChain {
 public:
  /// `clock` is that of the frames; `more` are further filters, each with a comma before it; `frame_size` samples
  /// come out at a time (the last frame may be shorter), 0: as they come.
  AudioChain(const TranscodeJob& job, AVRational clock, std::string more, int frame_size);

  /// Sets the frame's time and hands on what is ready.
  Status push(FramePtr frame, const FrameSink& sink);

  /// What comes now is presented `later_us` later than its times say.
  void shift(std::int64_t later_us);

  Status finish(const FrameSink& sink);

  /// Presentation time of the newest frame; and whether the end was passed.
  [[nodiscard]] std::int64_t position_us() const { return position_us_; }
  [[nodiscard]] bool done() const { return done_; }

  /// How many channels there were where nothing tells which is which, so that the first two were taken; else 0.
  [[nodiscard]] int unplaced_channels() const { return unplaced_channels_; }

 private:
  struct Shape {
    int rate = 0, format = -1, channels = 0;
    bool operator==(const Shape&) const = default;
  };
  Status follow(const AVFrame& frame, const FrameSink& sink);
  Result<FilterGraph> graph_for(const AVFrame& frame, bool from_start);
  [[nodiscard]] std::string filters(bool from_start) const;

  AudioRecipe recipe_;
  std::optional<std::int64_t> end_us_;
  std::optional<std::int64_t> fill_to_us_;
  bool seek_;
  AVRational clock_;
  std::int64_t start_;
  std::string more_;
  int frame_size_;
  std::optional<FilterGraph> graph_;
  Shape shape_;
  std::int64_t next_ = 0;
  std::int64_t position_us_ = 0;
  bool done_ = false;
  int unplaced_channels_ = 0;
};

}  // namespace tokprep::av
