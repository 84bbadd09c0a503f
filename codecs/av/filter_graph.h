#pragma once

#include <string>

#include "base/result.h"
#include "codecs/av/decoder.h"
#include "codecs/av/handles.h"

namespace tokprep::av {

/// One input, one output, a chain of libavfilter filters between them. Movable; one thread at a time.
class FilterGraph {
 public:
  /// A video graph fed with frames such as `first` (size, format, aspect), their times in `time_base`.
  /// The output has the pixel format `format`. Error: kInternal for a chain libavfilter refuses.
  static Result<FilterGraph> video(const AVFrame& first, AVRational time_base, AVRational frame_rate,
                                   const std::string& chain, AVPixelFormat format);

  /// An audio graph fed with frames such as `first`; `chain` decides rate, layout and sample format.
  static Result<FilterGraph> audio(const AVFrame& first, AVRational time_base, const std::string& chain);

  /// Frames of `frame_size` samples (the last may be shorter): what a fixed-size audio encoder needs.
  void set_frame_size(int frame_size);

  /// Feeds one frame and hands on every frame that is ready.
  Status push(FramePtr frame, const FrameSink& sink);

  /// No more frames: `end_pts` is where the last one ends, on the input's clock. Hands on what is left.
  Status finish(std::int64_t end_pts, const FrameSink& sink);

  /// Clock of the frames that come out.
  [[nodiscard]] AVRational time_base() const;

 private:
  FilterGraph() = default;
  static Result<FilterGraph> make(const char* source, const std::string& arguments, const char* sink,
                                  const std::string& chain);

  Status drain(const FrameSink& sink);

  GraphPtr graph_;
  AVFilterContext* source_ = nullptr;  // owned by graph_
  AVFilterContext* sink_ = nullptr;    // owned by graph_
};

}  // namespace tokprep::av
