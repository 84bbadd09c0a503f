#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "codecs/jobs.h"

namespace tokprep::still {

struct StrippedJpeg {
  std::string bytes;
  Size size;            ///< as coded
  std::string removed;  ///< names of what went, joined by ", "; empty where nothing did
};

/// The same picture without its private segments: Exif, XMP, IPTC, comments, thumbnails, content credentials,
/// further pictures behind the first. Tables and scans stay byte for byte, so nothing is decoded or lost;
/// so do the ICC profile and the markers that say how colours are coded. Pure.
///
/// Error: kCorruptInput where the file is not a whole JPEG; `name` is the file, for the message.
Result<StrippedJpeg> strip_jpeg(std::string_view file, std::string_view name);

}  // namespace tokprep::still
