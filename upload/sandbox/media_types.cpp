#include "upload/sandbox/media_types.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace tokprep::sandbox {
namespace {

using Kind = Inspection::Kind;

// The first row of a MIME type names the extension that stands for it.
constexpr std::array kTypes{
    MediaType{"mp4", "video/mp4", Kind::kVideo},   MediaType{"mov", "video/quicktime", Kind::kVideo},
    MediaType{"webm", "video/webm", Kind::kVideo}, MediaType{"jpg", "image/jpeg", Kind::kImage},
    MediaType{"jpeg", "image/jpeg", Kind::kImage}, MediaType{"webp", "image/webp", Kind::kImage},
    MediaType{"png", "image/png", Kind::kImage},   MediaType{"heic", "image/heic", Kind::kImage},
    MediaType{"heif", "image/heif", Kind::kImage}, MediaType{"avif", "image/avif", Kind::kImage},
};

const MediaType* find(std::string_view MediaType::*column, std::string_view value) {
  const auto found = std::ranges::find(kTypes, value, column);
  return found == kTypes.end() ? nullptr : &*found;
}

}  // namespace

const MediaType* media_type_of_extension(std::string_view extension) {
  return find(&MediaType::extension, to_lower(extension));
}

const MediaType* media_type_of_name(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? nullptr : media_type_of_extension(name.substr(dot + 1));
}

const MediaType* media_type_of_mime(std::string_view mime) { return find(&MediaType::mime, to_lower(mime)); }

}  // namespace tokprep::sandbox
