#include "codecs/vips/colour.h"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "base/text.h"
#include "codecs/vips/tone_still.h"
#include "codecs/vips/vips_call.h"

namespace tokprep::still {
namespace {

using vips::VImage;

constexpr int kPrimariesBt2020 = 9;
constexpr int kPrimariesDisplayP3 = 12;

using Matrix = std::array<double, 9>;

/// From linear light in wide primaries to linear light in those of sRGB, both with white D65.
constexpr Matrix kBt2020ToSrgb{1.660491,  -0.587641, -0.072850, -0.124550, 1.132900,
                               -0.008349, -0.018151, -0.100579, 1.118730};
constexpr Matrix kDisplayP3ToSrgb{1.224940, -0.224940, 0, -0.042057, 1.042057, 0, -0.019638, -0.078636, 1.098274};

bool has_profile(const VImage& image) { return image.get_typeof(VIPS_META_ICC_NAME) != 0; }

VImage without_profile(const VImage& image) {
  VImage copy = image.copy();
  copy.remove(VIPS_META_ICC_NAME);
  return copy;
}

/// Through the embedded profile, or through `fallback` where there is none.
/// Perceptual, so that ink black becomes screen black; between matrix profiles the intent makes no difference.
VImage by_icc(const VImage& image, const char* fallback) {
  auto* options = VImage::option()->set("embedded", true)->set("intent", VIPS_INTENT_PERCEPTUAL)->set("depth", 8);
  if (fallback != nullptr) options->set("input_profile", fallback);
  return image.icc_transform("srgb", options);
}

/// The transfer of wide SDR stills is so near sRGB's that the eye cannot tell; the primaries it can.
VImage by_primaries(const VImage& image, Matrix matrix) {
  const VImage rows = VImage::new_matrix(3, 3, matrix.data(), static_cast<int>(matrix.size()));
  const VImage linear = image.colourspace(VIPS_INTERPRETATION_scRGB).recomb(rows);
  return linear.copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_scRGB))
      .colourspace(VIPS_INTERPRETATION_sRGB);
}

std::optional<Matrix> matrix_of(const ColourSignal& signal) {
  if (signal.primaries == kPrimariesBt2020) return kBt2020ToSrgb;
  if (signal.primaries == kPrimariesDisplayP3) return kDisplayP3ToSrgb;
  return std::nullopt;
}

bool profile_fits(const VImage& colours, const ColourSignal& signal) {
  if (colours.interpretation() == VIPS_INTERPRETATION_CMYK) return signal.icc.space == "CMYK";
  return signal.icc.space == (colours.bands() == 1 ? "GRAY" : "RGB ");
}

VImage without_icc(const VImage& colours, const ColourSignal& signal, std::vector<std::string>& notes) {
  const VImage plain = without_profile(colours);
  if (plain.interpretation() == VIPS_INTERPRETATION_CMYK) {
    notes.emplace_back("CMYK without a profile; a common press profile was assumed");
    return by_icc(plain, "cmyk");
  }
  if (const auto matrix = matrix_of(signal); matrix && plain.bands() == 3) return by_primaries(plain, *matrix);
  return plain.colourspace(VIPS_INTERPRETATION_sRGB);
}

VImage colours_to_srgb(const VImage& colours, const ColourSignal& signal, std::vector<std::string>& notes) {
  if (signal.hdr != HdrKind::kSdr) {
    notes.push_back(fmt::format("HDR ({}) tone-mapped to SDR", name_of(signal.hdr)));
    return tone_mapped(colours, signal);
  }
  if (!has_profile(colours)) return without_icc(colours, signal, notes);
  if (profile_fits(colours, signal)) {
    try {
      return by_icc(colours, nullptr);
    } catch (const vips::VError&) {
      vips_error_clear();  // a profile that cannot be used at all: told below
    }
  }
  notes.emplace_back("the embedded colour profile does not fit the picture and was set aside");
  return without_icc(colours, signal, notes);
}

int colour_bands_of(const VImage& image) {
  const auto kind = image.interpretation();
  if (kind == VIPS_INTERPRETATION_B_W || kind == VIPS_INTERPRETATION_GREY16) return 1;
  return kind == VIPS_INTERPRETATION_CMYK ? 4 : 3;
}

VImage first_bands(const VImage& image, int count) {
  return image.bands() == count ? image : image.extract_band(0, VImage::option()->set("n", count));
}

/// 0 to 255, from whatever the picture's depth makes of "opaque".
VImage alpha_in_8_bits(const VImage& alpha, VipsBandFormat format) {
  if (format != VIPS_FORMAT_USHORT) return alpha.cast(VIPS_FORMAT_UCHAR);
  return (alpha / 257.0).rint().cast(VIPS_FORMAT_UCHAR);
}

}  // namespace

VImage without_extra_bands(const VImage& image) {
  return first_bands(image, colour_bands_of(image) + (image.has_alpha() ? 1 : 0));
}

VImage to_srgb(const VImage& image, const ColourSignal& signal, std::vector<std::string>& notes) {
  const int colours = colour_bands_of(image);
  const VImage srgb = colours_to_srgb(first_bands(image, colours), signal, notes).cast(VIPS_FORMAT_UCHAR);
  if (!image.has_alpha()) return srgb;
  // Alpha goes round the colour conversion, which would take 16-bit alpha for 8-bit.
  return srgb.bandjoin(alpha_in_8_bits(image.extract_band(colours), image.format()));
}

bool means_srgb(const VImage& image, const ColourSignal& signal) {
  const auto kind = image.interpretation();
  const bool is_rgb =
      kind == VIPS_INTERPRETATION_sRGB || kind == VIPS_INTERPRETATION_RGB || kind == VIPS_INTERPRETATION_RGB16;
  const bool is_plain = signal.hdr == HdrKind::kSdr && !matrix_of(signal);
  const bool named_srgb = signal.icc.space == "RGB " && to_lower(signal.icc.description).starts_with("srgb");
  return is_rgb && is_plain && (!has_profile(image) || named_srgb);
}

bool has_known_colours(const VImage& image) {
  switch (image.interpretation()) {
    case VIPS_INTERPRETATION_CMYK:
      return in_whole_numbers(image);
    case VIPS_INTERPRETATION_scRGB:
    case VIPS_INTERPRETATION_LAB:
    case VIPS_INTERPRETATION_LABS:
      return true;
    default:
      return can_tone_map(image);
  }
}

}  // namespace tokprep::still
