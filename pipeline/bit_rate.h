#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "pipeline/options.h"

namespace tokprep {

/// How x264 is driven. Chosen by measurement: `superfast` with macroblock-tree and a short lookahead costs a
/// third of `medium` at equal quality for 1.3 times the bytes; `ultrafast` is never worth it, and past `fast`
/// more time buys only a few bytes.
struct EncodeEffort {
  std::string preset;
  double crf = 18;
};

/// Error: kInvalidArgument for a preset that x264 does not have, naming the nearest.
Result<EncodeEffort> encode_effort(Quality quality, const std::string& preset);

/// The highest video rate (VBV) that keeps `seconds` of video and sound under `file_max_bytes`, with 8 % in hand
/// for the index and for overshoot; never above `most_bps`: past 20 Mbit/s hardly anybody sees a difference.
std::int64_t max_video_bit_rate_bps(double seconds, std::int64_t audio_bit_rate_bps, double file_max_bytes,
                                    double most_bps = 20e6);

/// The mean video rate that two passes are given to make `seconds` of video and sound end below `file_max_bytes`
/// for certain: 4 % are left for the index and for what two passes miss their mark by (under 1 % as a rule).
/// `attempt` counts from 0; each further one takes 5 % off.
std::int64_t target_video_bit_rate_bps(double seconds, std::int64_t audio_bit_rate_bps, double file_max_bytes,
                                       int attempt);

}  // namespace tokprep
