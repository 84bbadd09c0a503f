#pragma once

#include <string_view>

#include "upload/sandbox/sandbox.h"

namespace tokprep::sandbox {

/// A kind of file the service takes.
struct MediaType {
  std::string_view extension;  ///< lower case, without the dot
  std::string_view mime;
  Inspection::Kind kind;
};

/// "mp4", in any case; nullptr if nobody knows it.
const MediaType* media_type_of_extension(std::string_view extension);

/// By what follows the last dot of a file name or URL: "video.mp4?x=1" does not count as mp4.
const MediaType* media_type_of_name(std::string_view name);

/// "image/jpeg", as data URIs have it.
const MediaType* media_type_of_mime(std::string_view mime);

}  // namespace tokprep::sandbox
