#pragma once

#include <optional>
#include <string_view>

namespace tokprep::still {

/// What the chunks in front of a PNG's pixels say, where libvips does not.
struct PngFacts {
  std::optional<int> bit_depth;       ///< per channel as coded: 1 2 4 8 16
  int frames = 1;                     ///< more for an animated PNG
  std::optional<int> cicp_primaries;  ///< H.273
  std::optional<int> cicp_transfer;   ///< H.273: 16 is PQ, 18 HLG
  double peak_nits = 0;               ///< brightest light, of `cLLI`; 0 where it does not say
};

/// Pure and bounded: stops at the pixels, or where `head` ends.
PngFacts read_png_chunks(std::string_view head);

}  // namespace tokprep::still
