#pragma once

#include "base/owned.h"
#include "base/result.h"
#include "codecs/av/handles.h"

namespace tokprep::av {

using BufferPoolPtr = Owned<AVBufferPool, av_buffer_pool_uninit>;

/// Frames of one size and format whose memory is used again once nobody holds the frame: allocating three
/// megabytes a frame anew costs more than filling them. Movable; frames may outlive the pool.
class FramePool {
 public:
  /// A frame to be written to, with the properties (times, side data) of `like`. Error: kInternal, out of memory.
  Result<FramePtr> get(AVPixelFormat format, int width_px, int height_px, const AVFrame& like);

 private:
  BufferPoolPtr pool_;
  AVPixelFormat format_ = AV_PIX_FMT_NONE;
  int width_px_ = 0;
  int height_px_ = 0;
};

}  // namespace tokprep::av
