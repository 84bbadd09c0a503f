#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codecs/jobs.h"

namespace tokprep {

/// Width to height in lowest terms, as rules write it: "9:16".
struct Ratio {
  int width = 1;
  int height = 1;

  [[nodiscard]] double value() const { return static_cast<double>(width) / height; }
  bool operator==(const Ratio&) const = default;
};

/// How far a picture's shape may be from the nominal ratio and still count as that ratio. Even sides alone
/// move it by up to 0.3 % (854x480 is 16:9 to everybody), phones' odd sizes by up to 0.7 % (848x480, 568x320).
inline constexpr double kAspectTolerance = 0.01;

/// "9:16"; nothing for other text, zero or absurdly large terms.
std::optional<Ratio> parse_ratio(std::string_view text);

/// "1080x1920"; nothing for other text or an empty side.
std::optional<Size> parse_box(std::string_view text);

/// True when the shape of `size` is within `kAspectTolerance` of `ratio`.
bool has_ratio(Size size, Ratio ratio);

bool fits_inside(Size size, Size box);

/// "1080x1920".
std::string to_text(Size size);

}  // namespace tokprep
