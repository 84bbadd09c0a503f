#include "pipeline/audio_track.h"

#include <fmt/format.h>

#include <cstdint>

#include "codecs/presentation.h"

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
  measure_presentation(info);
  return {};
}

}  // namespace tokprep
