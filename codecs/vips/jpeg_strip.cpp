#include "codecs/vips/jpeg_strip.h"

#include <fmt/format.h>

#include "codecs/vips/jpeg_markers.h"

namespace tokprep::still {
namespace {

void add_name(std::string& names, std::string_view name) {
  if (names.find(name) != std::string::npos) return;
  if (!names.empty()) names += ", ";
  names += name;
}

}  // namespace

Result<StrippedJpeg> strip_jpeg(std::string_view file, std::string_view name) {
  const JpegLayout layout = walk_jpeg(file);
  if (!layout.whole || layout.width_px == 0 || layout.height_px == 0) {
    Error error;
    error.code = ErrorCode::kCorruptInput;
    error.message = fmt::format("{} {}", name, layout.fault.empty() ? "has no frame header" : layout.fault);
    error.file = std::string(name);
    return fail(std::move(error));
  }
  StrippedJpeg stripped;
  stripped.size = {layout.width_px, layout.height_px};
  stripped.bytes.reserve(file.size());
  for (const JpegPart& part : layout.parts) {
    const std::string_view private_name = private_name_of(part);
    if (private_name.empty()) stripped.bytes += part.bytes;
    else add_name(stripped.removed, private_name);
  }
  if (layout.bytes_behind > 0) add_name(stripped.removed, "data behind the picture");
  return stripped;
}

}  // namespace tokprep::still
