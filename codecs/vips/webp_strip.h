#pragma once

#include <string>
#include <string_view>

namespace tokprep::still {

/// The picture, lossy or lossless, of an opaque WebP still in the plainest file that holds it: no profile, Exif or XMP,
/// which libvips writes even when told not to. Pure. Anything else is given back as it is.
std::string bare_webp(std::string_view file);

}  // namespace tokprep::still
