#pragma once

#include <optional>

#include "base/result.h"
#include "codecs/av/filter_graph.h"
#include "codecs/jobs.h"

namespace tokprep::av {

/// What is done to one picture, whatever its time. `picture` and `canvas` are upright sizes.
struct PictureSteps {
  bool deinterlace = false;
  int rotation_deg = 0;
  bool mirror = false;
  HdrKind hdr = HdrKind::kSdr;
  ColourInfo colour;
  Fit fit = Fit::kPad;
  Size picture;
  Size canvas;
  Rgb pad_color;
  bool for_jpeg = false;  ///< bt601 full range, as every JPEG reader assumes; else bt709 limited
};

PictureSteps steps_of(const VideoRecipe& recipe);
PictureSteps steps_of(const ThumbnailJob& job);

/// Decoded frames in; upright, square-pixel, 8-bit 4:2:0 SDR frames of one size out.
///
/// Frame times pass through. A change of size or format in the middle of a file is followed: the chain is
/// built anew and its output stays the same size. Movable; one thread at a time.
class PictureFilter {
 public:
  PictureFilter(PictureSteps steps, AVRational time_base) : steps_(std::move(steps)), time_base_(time_base) {}

  /// `nullptr` at the end.
  Status push(FramePtr frame, const FrameSink& sink);

 private:
  struct Shape {
    int width = 0, height = 0, format = -1;
    bool operator==(const Shape&) const = default;
  };
  Status follow(const AVFrame& frame, const FrameSink& sink);
  /// Deinterlacing counts in half ticks; `sink` sees the clock that came in.
  [[nodiscard]] FrameSink keep_times(const FrameSink& sink) const;

  PictureSteps steps_;
  AVRational time_base_;
  std::int64_t end_pts_ = 0;  // where the newest frame ends
  Shape shape_;
  std::optional<FilterGraph> graph_;
};

/// The libavfilter chain that carries out `steps` on frames of this format and size: exposed for tests.
std::string picture_chain(const PictureSteps& steps, AVPixelFormat format, Size size);

}  // namespace tokprep::av
