#pragma once

#include <string_view>

namespace tokprep {

/// Which worker should open a file, told by its first bytes and never by its name.
enum class Sniffed {
  kImage,    ///< a still (or an animation libvips reads as one): PNG JPEG WebP GIF TIFF BMP HEIF AVIF JXL …
  kVideo,    ///< a container libav reads
  kUnknown,  ///< could still be a raw stream libav recognises
  kText,     ///< printable text: no media
};

/// How many bytes `sniff` wants to see; fewer are fine where the file is shorter.
inline constexpr std::size_t kSniffBytes = 4096;

/// Pure. `head` is the front of the file.
Sniffed sniff(std::string_view head);

}  // namespace tokprep
