#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "pipeline/rules/check_parts.h"
#include "pipeline/rules/shapes.h"

namespace tokprep {
namespace {

const Cure kConvert{true, "converted"};
const Cure kTooSlim{false, "crop it or pad it"};
const Cure kNotAPicture{false, "give a picture that can be measured"};

Size size_of(const ImageInfo& image) { return {image.width_px, image.height_px}; }

bool fits_one(Size size, const std::vector<std::string>& boxes) {
  return std::ranges::any_of(boxes, [&](const std::string& word) {
    const auto box = parse_box(word);
    return box && fits_inside(size, *box);
  });
}

/// "srgb" for everything that is shown as sRGB without conversion, else what it is.
std::string colour_word(const ImageInfo& image) {
  const std::string& space = image.colour_space;
  const bool plain = space == "srgb" || space == "rgb" || space == "b-w";
  if (!plain) return space;
  const std::string profile = to_lower(image.icc_name);
  // "c2" is the name of a compact sRGB profile that photo services embed.
  const bool shown_as_srgb = profile.empty() || profile.find("srgb") != std::string::npos || profile == "c2";
  return shown_as_srgb ? "srgb" : image.icc_name;
}

void check_box(const ImageInfo& image, std::string_view id, Judge& judge) {
  const Size size = size_of(image);
  const auto& boxes = judge.rules().words(id);
  if (size.width_px > 0 && size.height_px > 0 && fits_one(size, boxes)) return;
  judge.broken(id, to_text(size), fmt::format("the picture is {}, outside {}", to_text(size), joined_words(boxes)),
               {true, "scaled down"});
}

/// A cover that is too small is enlarged, unless its long side would then pass the largest box.
void check_cover_min(const ImageInfo& image, Judge& judge) {
  const Size size = size_of(image);
  const auto least = parse_box(judge.rules().words("cover.box_min").front());
  const auto most = parse_box(judge.rules().words("cover.box_max").front());
  const auto [shorter, longer] = std::minmax(size.width_px, size.height_px);
  if (!least || !most || shorter <= 0) return;
  const double slimmest = static_cast<double>(std::max(most->width_px, most->height_px)) / least->width_px;
  if (longer > slimmest * shorter) {
    judge.broken("cover.box_min", to_text(size),
                 fmt::format("the cover is {}: at no scale are its sides between {} and {}", to_text(size),
                             to_text(*least), to_text(*most)),
                 kTooSlim);
  } else if (!fits_inside(*least, size)) {
    judge.broken("cover.box_min", to_text(size),
                 fmt::format("the cover is {}, smaller than {}", to_text(size), to_text(*least)), {true, "enlarged"});
  }
}

void check_pixels(const ImageInfo& image, Judge& judge) {
  const double pixels = static_cast<double>(image.coded_width_px) * image.coded_height_px;
  judge.at_most("image.pixels_max", pixels > 0 ? std::optional(pixels) : std::nullopt, "the picture's area",
                {false, "make it smaller first"});
}

/// What holds for images and covers alike.
void check_picture(const ImageInfo& image, Judge& judge) {
  check_pixels(image, judge);
  judge.one_of("image.sdr", std::string(name_of(image.hdr)), "the dynamic range", {true, "tone-mapped to SDR"});
  if (image.hdr == HdrKind::kSdr) judge.one_of("image.colour", colour_word(image), "the colour space", kConvert);
  judge.one_of("image.opaque", image.alpha ? "transparent" : "opaque", "the picture", {true, "put on --background"});
  judge.one_of("image.upright", image.orientation == 1 ? "upright" : fmt::format("orientation {}", image.orientation),
               "the stored picture", {true, "turned upright"});
  judge.at_most("image.single_frame", image.pages, "the number of pictures in the file",
                {true, "the first one is taken"});
  judge.at_most("image.bit_depth", image.bit_depth ? std::optional<double>(*image.bit_depth) : std::nullopt,
                "the depth of a channel", kConvert);
}

}  // namespace

void check_image_file(const MediaInfo& info, Judge& judge) {
  judge.one_of("image.format", info.container.format, "the image format", kConvert);
  judge.at_most("image.size_max", static_cast<double>(info.size_bytes), "the file's size", kConvert);
  if (!info.image) {
    judge.broken("image.box", {}, "the size of the picture is unknown", kNotAPicture);
    return;
  }
  check_box(*info.image, "image.box", judge);
  check_picture(*info.image, judge);
}

void check_cover_file(const MediaInfo& info, Judge& judge) {
  judge.one_of("cover.format", info.container.format, "the cover's format", info.image ? kConvert : kNotAPicture);
  judge.at_most("cover.size_max", static_cast<double>(info.size_bytes), "the cover's size", kConvert);
  if (!info.image) {
    judge.broken("cover.box_min", {}, "the size of the cover is unknown", kNotAPicture);
    return;
  }
  check_cover_min(*info.image, judge);
  check_box(*info.image, "cover.box_max", judge);
  check_picture(*info.image, judge);
}

}  // namespace tokprep
