#pragma once

#include <string_view>

namespace tokprep {

/// The kind of still picture a file is, told by its first bytes: "jpeg png webp gif tiff heic avif jxl bmp",
/// or a kind that is known but opened by nobody here: "jp2 psd ico exr pdf hdr dds". Empty where it is none of them.
///
/// Pure. `head` is the front of the file; 64 bytes are enough.
std::string_view still_format(std::string_view head);

}  // namespace tokprep
