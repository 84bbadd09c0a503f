#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "codecs/mp4/box.h"

namespace tokprep::mp4 {

/// Sample entries written anew from those of a source: ISO's own fields and the few child boxes a player needs.
/// Compressor names, vendor codes and every other box stay behind. `stsd_body` is the body of a track's sample
/// description box. Errors: kUnsupportedInput, saying why, for several descriptions, another codec, damage, and
/// whatever would be shown or heard otherwise without what stays behind.

/// Code points of ISO/IEC 23091-2 (the numbers of a colr box).
struct CodedColour {
  std::uint16_t primaries = 2, transfer = 2, matrix = 2;  ///< 2: unspecified
  bool full_range = false;
};

struct VideoEntry {
  std::string box;
  FourCc type = 0;  ///< avc1 or hvc1
  std::uint32_t width_px = 0, height_px = 0;
  std::uint32_t aspect_width = 1, aspect_height = 1;  ///< of a pixel
  /// Bytes of the size before each NAL unit where hev1 becomes hvc1 and the source leaves open whether parameter
  /// sets come with the samples, which hvc1 forbids; 0: nothing is open.
  unsigned open_sets_length_bytes = 0;
};

/// H.264 (avc1) and HEVC (hvc1, or hev1 renamed to it). Of colr boxes the code points are kept; `colour` is written
/// where there are none.
Result<VideoEntry> clean_video_entry(std::string_view stsd_body, const std::optional<CodedColour>& colour);

struct AudioEntry {
  std::string box;
  std::uint32_t sample_rate_hz = 0;
};

/// AAC-LC (mp4a), in the entry of ISO's version 0 whatever version of QuickTime's the source has.
Result<AudioEntry> clean_audio_entry(std::string_view stsd_body);

}  // namespace tokprep::mp4
