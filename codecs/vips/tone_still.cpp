#include "codecs/vips/tone_still.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "codecs/tone_curve.h"

namespace tokprep::still {
namespace {

using vips::VImage;
using Colour = std::array<double, 3>;

constexpr int kPrimariesBt709 = 1;
constexpr int kPrimariesDciP3 = 11;
constexpr int kPrimariesDisplayP3 = 12;

std::string_view primaries_name(const ColourSignal& signal) {
  switch (signal.primaries.value_or(0)) {
    case kPrimariesBt709:
      return "bt709";
    case kPrimariesDciP3:
      return "smpte431";
    case kPrimariesDisplayP3:
      return "smpte432";
    default:
      return "bt2020";  // what HDR is meant for, said or not
  }
}

double luminance_of(const Colour& colour, const Colour& weights) {
  return weights[0] * colour[0] + weights[1] * colour[1] + weights[2] * colour[2];
}

/// Signals of the source to signals of sRGB. Light counts as a share of the peak.
class ToneStill {
 public:
  explicit ToneStill(const ColourSignal& signal, int full_code)
      : is_hlg_(signal.hdr == HdrKind::kHlg),
        peak_nits_(is_hlg_ ? tone::kHlgPeakNits : tone::pq_peak_nits(signal.peak_nits)),
        roll_off_(tone::sdr_signal(peak_nits_)),
        source_weights_(tone::luminance_weights(primaries_name(signal))),
        weights_(tone::luminance_weights("bt709")),
        gamut_(tone::to_bt709(primaries_name(signal))) {
    for (std::size_t code = 0; code < light_.size(); ++code) {
      const double share = std::min(static_cast<double>(code) / full_code, 1.0);
      const double light = is_hlg_ ? tone::hlg_scene_light(share) : tone::pq_nits(share) / peak_nits_;
      light_[code] = static_cast<float>(std::min(light, 1.0));
    }
    for (std::size_t i = 0; i < shade_.size(); ++i) {
      const double root = static_cast<double>(i) / kRoots;
      const double sdr = tone::sdr_signal(root * root * peak_nits_);
      shade_[i] = {static_cast<float>(sdr), static_cast<float>(roll_off_(sdr))};
    }
  }

  template <class Sample>
  void map(const Sample* in, std::uint8_t* out) const {
    const Colour colour = into_gamut(displayed({light_[in[0]], light_[in[1]], light_[in[2]]}));
    std::array<Shade, 3> shades{};
    for (std::size_t i = 0; i < 3; ++i) shades[i] = shade_of(colour[i]);
    const double was = std::max({shades[0].as_it_was, shades[1].as_it_was, shades[2].as_it_was});
    const double top = std::max({shades[0].rolled_off, shades[1].rolled_off, shades[2].rolled_off});
    const double gain = was > 0 ? top / was : 0;
    // Half of each component by itself, which lets highlights turn white as on film; half with the hue kept.
    for (std::size_t i = 0; i < 3; ++i) {
      const double mixed = 0.5 * shades[i].rolled_off + 0.5 * gain * shades[i].as_it_was;
      out[i] = static_cast<std::uint8_t>(std::lround(255 * std::clamp(mixed, 0.0, 1.0)));
    }
  }

 private:
  struct Shade {
    float as_it_was = 0, rolled_off = 0;
  };

  /// HLG's numbers are light of the scene; its display shows them through a gamma of the luminance.
  [[nodiscard]] Colour displayed(Colour colour) const {
    if (!is_hlg_) return colour;
    const double factor = std::pow(luminance_of(colour, source_weights_), tone::kHlgSystemGamma - 1);
    for (double& light : colour) light *= factor;
    return colour;
  }

  /// A colour outside sRGB is drawn towards the grey of its own luminance until it is inside.
  [[nodiscard]] Colour into_gamut(const Colour& wide) const {
    Colour colour{};
    for (std::size_t i = 0; i < 3; ++i) colour[i] = luminance_of(wide, gamut_[i]);
    const double luminance = luminance_of(colour, weights_);
    const double least = std::min({colour[0], colour[1], colour[2], 0.0});
    const double keep = least < 0 ? luminance / (luminance - least) : 1;
    for (double& light : colour) light = luminance + (light - luminance) * keep;
    return colour;
  }

  [[nodiscard]] Shade shade_of(double light) const {
    const double root = std::sqrt(std::clamp(light, 0.0, 1.0)) * kRoots;
    const auto below = static_cast<std::size_t>(root);
    const auto part = static_cast<float>(root - static_cast<double>(below));
    const Shade& a = shade_[below];
    const Shade& b = shade_[std::min(below + 1, shade_.size() - 1)];
    return {a.as_it_was + part * (b.as_it_was - a.as_it_was), a.rolled_off + part * (b.rolled_off - a.rolled_off)};
  }

  static constexpr int kRoots = 4096;  // light is looked up by its square root: finer where it is dark

  bool is_hlg_;
  double peak_nits_;
  tone::RollOff roll_off_;
  Colour source_weights_, weights_;
  tone::Matrix3 gamut_;
  std::vector<float> light_ = std::vector<float>(65536);
  std::vector<Shade> shade_ = std::vector<Shade>(kRoots + 1);
};

template <class Sample>
void map_region(VipsRegion* from, VipsRegion* to, const ToneStill& tone) {
  const VipsRect& area = to->valid;
  for (int y = area.top; y < area.top + area.height; ++y) {
    const auto* in = reinterpret_cast<const Sample*>(VIPS_REGION_ADDR(from, area.left, y));
    auto* out = VIPS_REGION_ADDR(to, area.left, y);
    for (int x = 0; x < area.width; ++x) tone.map(in + 3 * x, out + 3 * x);
  }
}

/// Called by libvips, possibly from several threads, for each piece of the result.
int generate(VipsRegion* to, void* sequence, void*, void* client, gboolean*) {
  auto* from = static_cast<VipsRegion*>(sequence);
  if (vips_region_prepare(from, &to->valid) != 0) return -1;
  const auto& tone = *static_cast<const ToneStill*>(client);
  if (from->im->BandFmt == VIPS_FORMAT_UCHAR) {
    map_region<std::uint8_t>(from, to, tone);
  } else {
    map_region<std::uint16_t>(from, to, tone);
  }
  return 0;
}

void drop_tone(gpointer tone) { delete static_cast<ToneStill*>(tone); }

}  // namespace

bool in_whole_numbers(const VImage& image) {
  return image.format() == VIPS_FORMAT_UCHAR || image.format() == VIPS_FORMAT_USHORT;
}

bool can_tone_map(const VImage& image) {
  switch (image.interpretation()) {
    case VIPS_INTERPRETATION_sRGB:
    case VIPS_INTERPRETATION_RGB:
    case VIPS_INTERPRETATION_RGB16:
    case VIPS_INTERPRETATION_B_W:
    case VIPS_INTERPRETATION_GREY16:
      return in_whole_numbers(image);
    default:
      return false;
  }
}

VImage tone_mapped(const VImage& colours, const ColourSignal& signal) {
  const VImage source = colours.bands() == 1 ? colours.bandjoin(colours).bandjoin(colours) : colours;
  const int full_code = source.format() == VIPS_FORMAT_UCHAR ? 255 : signal.full_code;
  auto tone = std::make_unique<ToneStill>(signal, full_code);
  VImage result(vips_image_new());
  VipsImage* out = result.get_image();
  if (vips_image_pipelinev(out, VIPS_DEMAND_STYLE_THINSTRIP, source.get_image(), nullptr) != 0) throw vips::VError();
  out->BandFmt = VIPS_FORMAT_UCHAR;
  out->Type = VIPS_INTERPRETATION_sRGB;
  out->Coding = VIPS_CODING_NONE;
  // A pipeline does not hold what it is fed by: both live as long as the picture.
  g_object_set_data_full(G_OBJECT(out), "tokprep-source", g_object_ref(source.get_image()), g_object_unref);
  ToneStill* client = tone.release();
  g_object_set_data_full(G_OBJECT(out), "tokprep-tone", client, drop_tone);
  if (vips_image_generate(out, vips_start_one, generate, vips_stop_one, source.get_image(), client) != 0) {
    throw vips::VError();
  }
  result.remove(VIPS_META_ICC_NAME);
  return result;
}

}  // namespace tokprep::still
