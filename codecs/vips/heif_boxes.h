#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokprep::still {

/// What the boxes of a HEIF or AVIF file say of its primary picture, where libvips does not.
struct HeifFacts {
  std::string major_brand;
  std::vector<std::string> compatible_brands;
  int coded_width_px = 0;  ///< before `irot` turns it; 0 where the file does not say
  int coded_height_px = 0;
  int rotation_deg = 0;   ///< of `irot`, clockwise
  bool mirrored = false;  ///< an `imir` is there
  std::optional<int> bit_depth;
  std::optional<int> primaries;  ///< H.273, from `colr nclx`
  std::optional<int> transfer;   ///< H.273: 16 is PQ, 18 HLG
  bool has_nclx = false;
  double peak_nits = 0;  ///< brightest light: of `clli`, else of the mastering display in `mdcv`; 0 where neither says
};

/// Pure and bounded. `head` is the front of the file; boxes cut by its end are left out.
HeifFacts read_heif_boxes(std::string_view head);

}  // namespace tokprep::still
