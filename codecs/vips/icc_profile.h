#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tokprep::still {

/// What an embedded ICC profile says of itself.
struct IccFacts {
  std::string space;                  ///< of the device: "RGB ", "GRAY", "CMYK"
  std::string description;            ///< UTF-8, e.g. "Display P3"; empty where the profile has none
  std::optional<int> cicp_primaries;  ///< H.273 primaries of the 'cicp' tag
  std::optional<int> cicp_transfer;   ///< and its transfer: 16 is PQ, 18 HLG
};

/// Pure and bounded: a broken profile gives what could be read.
IccFacts read_icc(std::string_view profile);

}  // namespace tokprep::still
