#pragma once

#include <string>

namespace tokprep::sandbox {

/// Ayrshare's numeric codes, as far as they are documented or were seen live. Where a refusal has no documented
/// number, the HTTP status stands in its place.
namespace code {
inline constexpr int kParameter = 101;
inline constexpr int kUnknownPost = 114;
inline constexpr int kTextTooLong = 132;
inline constexpr int kMediaUrl = 136;
inline constexpr int kDuplicate = 137;
inline constexpr int kNotLinked = 156;
inline constexpr int kVideoRefused = 182;
inline constexpr int kNothingFound = 221;
inline constexpr int kImageRefused = 254;
inline constexpr int kStillOnNetwork = 382;
inline constexpr int kAlreadyDeleted = 383;
}  // namespace code

/// Why a post is not taken.
struct Refusal {
  int code = code::kParameter;
  std::string message;
  bool pre_check = false;  ///< found by looking at the media: "verifyCheck"
  bool lawful = false;     ///< the service would take it; only the sandbox does not
};

}  // namespace tokprep::sandbox
