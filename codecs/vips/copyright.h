#pragma once

#include <string>
#include <string_view>
#include <vips/vips8>

#include "codecs/vips/still_file.h"

namespace tokprep::still {

/// Who holds the rights, in the words of the file: Exif's Copyright, else XMP's dc:rights, IPTC's copyright notice, a
/// PNG's Copyright text, a TIFF's tag. One line of at most 1,000 bytes; empty where nobody says. It is the one thing of
/// a picture's metadata that is handed on: who stripped it would take the author's claim away.
///
/// Sources: Exif 2.32, tag 8298h; XMP part 1, dc:rights; IPTC-IIM 4.2, dataset 2:116; PNG, table of keywords;
/// TIFF 6.0, tag 33432. `image` is what `load_still` gave.
std::string copyright_of(const StillFile& still, const vips::VImage& image);

/// The file with an Exif block that holds this and nothing else. `jpeg` and `webp` hold none before; empty text
/// leaves them as they are. Pure.
std::string jpeg_with_copyright(std::string jpeg, std::string_view text);
/// `webp` is what `bare_webp` gives, `size` that of its picture.
std::string webp_with_copyright(std::string_view webp, Size size, std::string_view text);

/// The most that a notice adds to a file.
std::size_t copyright_bytes(std::string_view text);

}  // namespace tokprep::still
