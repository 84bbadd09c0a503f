#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "codecs/media_info.h"

namespace tokprep {

/// The search for a frame of a video that makes a good cover. Plain data, as in `codecs/jobs.h`.

/// What one frame looks like. Brightness is that of the signal: 0 is black, 1 the white of graphics (in HDR brighter
/// parts count as 1). Measured on the frame scaled down to at most 480 pixels a side.
struct FrameLook {
  double luma_mean = 0;
  double luma_spread = 0;  ///< from the darkest to the brightest, the outermost 2 % left aside
  double sharpness = 0;    ///< 0 to 1: how much of its edges a slight blur would take away; low where it is blurred
  double colourfulness = 0;
  bool black = false;  ///< all but 2 % of it is as good as black
  bool flat = false;   ///< one colour
  bool blurred = false;
  std::optional<bool> fading;  ///< in a fade or a cross-dissolve; empty: its neighbours were not looked at
  std::optional<double> luma_before, luma_after;  ///< mean brightness of those neighbours
  bool operator==(const FrameLook&) const = default;

  /// True where nobody would choose it as a cover. Blur alone may be meant.
  [[nodiscard]] bool unfit() const { return black || flat || fading.value_or(false); }
};

/// Looks for the best frame in a stretch of a video, or judges the one at an instant.
struct CoverSearchJob {
  std::string input;
  int stream_index = -1;
  std::int64_t start_us = 0;          ///< file time of presentation time 0: as in ThumbnailJob
  std::int64_t duration_us = 0;       ///< of the stretch, which begins at presentation time 0
  std::optional<std::int64_t> at_us;  ///< judge the frame shown at this presentation time, and do not search
  ColourInfo colour;                  ///< every gap filled
  HdrKind hdr = HdrKind::kSdr;
  bool alpha = false;  ///< the source has transparency; transparent parts count as white
};

struct CoverSearchResult {
  std::int64_t at_us = 0;  ///< presentation time at which the frame is shown: whole milliseconds
  FrameLook look;
  int frames = 0;  ///< how many different frames were weighed
};

void to_json(nlohmann::json& json, const FrameLook& value);
void from_json(const nlohmann::json& json, FrameLook& value);
void to_json(nlohmann::json& json, const CoverSearchJob& value);
void from_json(const nlohmann::json& json, CoverSearchJob& value);
void to_json(nlohmann::json& json, const CoverSearchResult& value);
void from_json(const nlohmann::json& json, CoverSearchResult& value);

}  // namespace tokprep
