#pragma once

#include <string>
#include <string_view>

namespace tokprep::still {

/// The picture, lossy or lossless, of an opaque WebP still in the plainest file that holds it: no profile, Exif or XMP,
/// which libvips writes even when told not to. Pure. Anything else is given back as it is.
std::string bare_webp(std::string_view file);

/// The same file with Exif that begins with its TIFF header. libvips writes JPEG's mark, "Exif" and two zeros, before
/// it, and readers that know no such mark in WebP (ffmpeg's) take the block for damaged. Pure. A file without that
/// mark, or one that is no WebP, is given back as it is.
///
/// Source: WebP container specification, "Metadata", of 2024; libvips 8.14, vips2webp.c.
std::string webp_with_plain_exif(std::string_view file);

}  // namespace tokprep::still
