#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tokprep::still {

/// One stretch of a JPEG file: a marker with its segment, or the entropy-coded data of a scan (`marker` is 0).
struct JpegPart {
  std::uint8_t marker = 0;
  std::string_view bytes;    ///< all of it, marker and length too
  std::string_view payload;  ///< what stands behind the length
};

struct JpegLayout {
  std::vector<JpegPart> parts;  ///< in file order, up to and with the end-of-image marker
  std::uint8_t process = 0;     ///< marker of the frame header: 0xc0 baseline, 0xc2 progressive, 0xc3 lossless …
  int bits = 0;                 ///< per channel
  int width_px = 0;             ///< of the frame header, as coded
  int height_px = 0;
  double samples_per_pixel = 0;  ///< of all components, by their sampling factors: 1.5 for 4:2:0
  bool whole = false;            ///< the end-of-image marker was reached without a fault
  std::string fault;             ///< what broke the walk, for people
  std::size_t bytes_behind = 0;  ///< after the end of the image: more pictures, a video, garbage
};

/// Splits a JPEG into its parts without decoding. Pure; `file` must outlive the result.
///
/// Knows stuffed zeros, restart markers, fill bytes and any number of scans. Stops at the first thing
/// that is not JPEG: what stands before it is in `parts`.
JpegLayout walk_jpeg(std::string_view file);

/// What a segment that is not needed to show the picture holds, e.g. "exif", "xmp", "comment"; empty for a
/// part that belongs to the picture itself: tables, scans, JFIF without a thumbnail, Adobe, ICC profile.
std::string_view private_name_of(const JpegPart& part);

}  // namespace tokprep::still
