#include "codecs/presentation.h"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace tokprep {

void measure_presentation(MediaInfo& info) {
  std::optional<std::int64_t> start_us, end_us;
  const auto include = [&](const auto* stream) {
    if (stream == nullptr || !stream->start_us) return;
    const std::int64_t stream_end_us = *stream->start_us + stream->duration_us.value_or(0);
    start_us = std::min(start_us.value_or(*stream->start_us), *stream->start_us);
    end_us = std::max(end_us.value_or(stream_end_us), stream_end_us);
  };
  include(info.chosen_video_stream());
  include(info.chosen_audio_stream());
  info.start_us = start_us;
  info.duration_us = start_us ? std::optional(*end_us - *start_us) : info.container.header_duration_us;
}

}  // namespace tokprep
