#include "pipeline/bit_rate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"

namespace tokprep {
namespace {

constexpr std::array<std::string_view, 10> kPresets = {"ultrafast", "superfast", "veryfast", "faster",   "fast",
                                                       "medium",    "slow",      "slower",   "veryslow", "placebo"};
constexpr double kLeastWatchableBps = 200e3;
constexpr double kShareOfFile = 0.92;
constexpr double kShareOfTwoPasses = 0.96;

EncodeEffort effort_of(Quality quality) {
  switch (quality) {
    case Quality::kSmall:
      return {"superfast", 20};
    case Quality::kBest:
      return {"fast", 18};
    case Quality::kStandard:
      break;
  }
  return {"superfast", 18};
}

}  // namespace

Result<EncodeEffort> encode_effort(Quality quality, const std::string& preset) {
  EncodeEffort effort = effort_of(quality);
  if (preset.empty()) return effort;
  if (std::ranges::find(kPresets, preset) == kPresets.end()) {
    const auto near = nearest(preset, kPresets);
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("--preset {}: not a preset of x264{}", preset,
                            near ? fmt::format("; did you mean '{}'?", *near)
                                 : fmt::format(", which are {}", fmt::join(kPresets, ", "))));
  }
  effort.preset = preset;
  return effort;
}

std::int64_t max_video_bit_rate_bps(double seconds, std::int64_t audio_bit_rate_bps, double file_max_bytes,
                                    double most_bps) {
  const double whole = kShareOfFile * 8 * file_max_bytes / std::max(seconds, 1.0);
  const double picture = whole - static_cast<double>(audio_bit_rate_bps);
  return static_cast<std::int64_t>(std::clamp(picture, kLeastWatchableBps, most_bps));
}

std::int64_t target_video_bit_rate_bps(double seconds, std::int64_t audio_bit_rate_bps, double file_max_bytes,
                                       int attempt) {
  const double share = kShareOfTwoPasses * (1 - 0.05 * attempt);
  const double picture = share * 8 * file_max_bytes / std::max(seconds, 0.1) - static_cast<double>(audio_bit_rate_bps);
  return static_cast<std::int64_t>(std::max(picture, 1000.0));
}

}  // namespace tokprep
