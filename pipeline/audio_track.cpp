#include "pipeline/audio_track.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace tokprep {

Status choose_audio_track(MediaInfo& info, int number) {
  const int count = static_cast<int>(info.audio.size());
  if (number < 1 || number > count) {
    Error error;
    error.code = ErrorCode::kInvalidArgument;
    error.message =
        fmt::format("--audio-track {}: the file has {} audio track{}", number, count, count == 1 ? "" : "s");
    error.measured = std::int64_t{number};
    error.limit = std::int64_t{count};
    error.fix = count == 0 ? "leave --audio-track away" : fmt::format("a number from 1 to {}", count);
    return fail(std::move(error));
  }
  if (info.chosen_audio == number - 1) return {};
  info.chosen_audio = number - 1;
  std::optional<std::int64_t> start_us, end_us;
  const auto include = [&](const auto* stream) {
    if (stream == nullptr || !stream->start_us) return;
    const std::int64_t ends_us = *stream->start_us + stream->duration_us.value_or(0);
    start_us = std::min(start_us.value_or(*stream->start_us), *stream->start_us);
    end_us = std::max(end_us.value_or(ends_us), ends_us);
  };
  include(info.chosen_video_stream());
  include(info.chosen_audio_stream());
  if (!start_us) return {};
  info.start_us = start_us;
  info.duration_us = *end_us - *start_us;
  return {};
}

}  // namespace tokprep
