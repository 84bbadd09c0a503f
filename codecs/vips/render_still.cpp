#include "codecs/vips/render_still.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "codecs/vips/colour.h"
#include "codecs/vips/copyright.h"
#include "codecs/vips/still_canvas.h"
#include "codecs/vips/tone_still.h"
#include "codecs/vips/vips_call.h"

namespace tokprep::still {
namespace {

using vips::VImage;

/// A stop ends the pipeline that `image` feeds at its next tile.
class KillOnStop {
 public:
  KillOnStop(const RunContext& run, const VImage& image)
      : image_(image), callback_(run.stop, Kill{image_.get_image()}) {}

 private:
  struct Kill {
    VipsImage* image;
    void operator()() const { vips_image_set_kill(image, TRUE); }
  };
  VImage image_;  // above the callback, which uses it
  std::stop_callback<Kill> callback_;
};

Size turned(Size size, int orientation) { return orientation >= 5 ? Size{size.height_px, size.width_px} : size; }

/// JPEG decodes to a half, a quarter or an eighth almost for free. At least a factor of 2 is left to the better filter.
int jpeg_shrink_for(Size coded, Size target) {
  const double shrink = std::min(static_cast<double>(coded.width_px) / target.width_px,
                                 static_cast<double>(coded.height_px) / target.height_px);
  if (shrink >= 16) return 8;
  if (shrink >= 8) return 4;
  return shrink >= 4 ? 2 : 1;
}

VImage scaled(const VImage& image, Size target) {
  if (image.width() == target.width_px && image.height() == target.height_px) return image;
  const double across = static_cast<double>(target.width_px) / image.width();
  const double down = static_cast<double>(target.height_px) / image.height();
  auto* options = VImage::option()->set("vscale", down);
  if (!image.has_alpha()) return image.resize(across, options);
  // Colour under transparent pixels must not bleed into the edges, so each pixel counts as much as it covers.
  const VImage resized = image.premultiply().resize(across, options).unpremultiply();
  const bool whole_numbers = vips_band_format_isint(image.format()) != 0;
  return (whole_numbers ? resized.rint() : resized).cast(image.format());
}

VImage flattened(const VImage& image, const Rgb& background) {
  if (!image.has_alpha()) return image;
  const double unit = image.format() == VIPS_FORMAT_USHORT ? 257 : 1;
  const std::vector<double> colour{background.r * unit, background.g * unit, background.b * unit};
  return image.flatten(VImage::option()->set("background", colour));
}

/// The background is given in sRGB. A picture that is in sRGB too can be laid over it before all else, and needs no
/// weighing of its pixels while it is scaled: several times faster.
VImage flattened_early(const VImage& image, const ColourSignal& signal, const Rgb& background) {
  const bool whole_numbers = image.format() == VIPS_FORMAT_UCHAR || image.format() == VIPS_FORMAT_USHORT;
  return whole_numbers && means_srgb(image, signal) ? flattened(image, background) : image;
}

/// A picture with no past: what stands in its header beside the picture itself goes. The savers' own option to leave
/// metadata out is not enough: WebP's writes it all the same.
VImage pixels_only(const VImage& image) {
  VImage bare = image.copy();
  const std::unique_ptr<gchar*, decltype(&g_strfreev)> fields(vips_image_get_fields(bare.get_image()), g_strfreev);
  // Fields of the header proper cannot be removed, and say nothing but what the pixels are.
  for (gchar** field = fields.get(); *field != nullptr; ++field) vips_image_remove(bare.get_image(), *field);
  return bare;
}

/// True for a block of Exif that begins as one; libvips' savers write what they are given.
bool is_exif(std::string_view block) {
  using namespace std::string_view_literals;
  if (block.starts_with("Exif\0\0"sv)) block.remove_prefix("Exif\0\0"sv.size());
  return block.starts_with("II*\0"sv) || block.starts_with("MM\0*"sv);
}

/// The picture with blocks of metadata that are its own. Those that libvips' heifload hands on die with the picture it
/// made, though pictures made of that one still name them; damaged Exif goes. Setting Exif reads its tags anew, and
/// with them the orientation of a picture that has been turned since.
VImage with_own_metadata(const VImage& image) {
  VImage owner = image.copy();
  const std::unique_ptr<gchar*, decltype(&g_strfreev)> fields(vips_image_get_fields(owner.get_image()), g_strfreev);
  for (gchar** field = fields.get(); *field != nullptr; ++field) {
    if (owner.get_typeof(*field) != VIPS_TYPE_BLOB) continue;
    std::size_t size_bytes = 0;
    const auto* block = static_cast<const char*>(owner.get_blob(*field, &size_bytes));
    const std::string own(block, size_bytes);
    if (*field == std::string_view(VIPS_META_EXIF_NAME) && !is_exif(own)) vips_image_remove(owner.get_image(), *field);
    else vips_image_set_blob_copy(owner.get_image(), *field, own.data(), own.size());
  }
  vips_autorot_remove_angle(owner.get_image());
  return owner;
}

tl::unexpected<Error> cannot_render(const StillFile& still, std::string rule, std::string why, std::string fix) {
  Error error;
  error.rule = std::move(rule);
  error.code = ErrorCode::kUnsupportedInput;
  error.message = fmt::format("{} {}", still.path, why);
  error.file = still.path;
  error.fix = std::move(fix);
  return fail(std::move(error));
}

Status check_renderable(const StillFile& still, const VImage& image, const ColourSignal& signal) {
  if (signal.hdr != HdrKind::kSdr && !can_tone_map(image)) {
    return cannot_render(still, "image.sdr",
                         fmt::format("is an HDR still ({}) with {} samples as {}, which are not tone-mapped here",
                                     name_of(signal.hdr), vips_enum_nick(VIPS_TYPE_BAND_FORMAT, image.format()),
                                     vips_enum_nick(VIPS_TYPE_INTERPRETATION, image.interpretation())),
                         "export it as SDR, or as HDR in whole numbers (AVIF, HEIC, PNG)");
  }
  if (!has_known_colours(image)) {
    return cannot_render(still, "image.colour",
                         fmt::format("holds {} channels of {} as {}, which is no picture for the screen", image.bands(),
                                     vips_enum_nick(VIPS_TYPE_BAND_FORMAT, image.format()),
                                     vips_enum_nick(VIPS_TYPE_INTERPRETATION, image.interpretation())),
                         "export it as 8- or 16-bit RGB");
  }
  return {};
}

void note_pages(const StillFile& still, const VImage& image, std::vector<std::string>& notes) {
  const int pages = image.get_typeof(VIPS_META_N_PAGES) == 0 ? still.png.frames : image.get_int(VIPS_META_N_PAGES);
  if (pages > 1) notes.push_back(fmt::format("first of {} {}", pages, still.format == "tiff" ? "pages" : "frames"));
}

/// Scaling comes first: colours are converted, and the picture is turned, at the final size. Only then is it held
/// in memory, so that a large source streams through.
RenderedStill render(const StillFile& still, const VImage& source, const ColourSignal& signal, Size coded_target,
                     const ImageJob& job) {
  RenderedStill result;
  result.copyright = copyright_of(still, source);
  note_pages(still, source, result.notes);
  const VImage early = flattened_early(without_extra_bands(source), signal, job.background);
  const VImage srgb = to_srgb(scaled(early, coded_target), signal, result.notes);
  if (source.has_alpha()) {
    result.notes.push_back(
        fmt::format("flattened on #{:02x}{:02x}{:02x}", job.background.r, job.background.g, job.background.b));
  }
  const VImage opaque = flattened(srgb, job.background).copy_memory();
  const bool lies = !still.is_heif() && orientation_of(source) != 1;
  const VImage upright = lies ? opaque.autorot().copy_memory() : opaque;
  const VImage placed = job.canvas ? on_canvas(upright, job).copy_memory() : upright;
  result.picture = job.keep_metadata ? with_own_metadata(placed) : pixels_only(placed);
  return result;
}

Size target_size(Size upright, const ImageJob& job) {
  return job.canvas ? size_on_canvas(upright, *job.canvas, job.fit) : fitted_size(upright, job.max_size, job.min_size);
}

}  // namespace

Size fitted_size(Size source, Size max_size, Size min_size) {
  const auto ratio = [&](Size box, auto choose) {
    return choose(static_cast<double>(box.width_px) / source.width_px,
                  static_cast<double>(box.height_px) / source.height_px);
  };
  const double largest = ratio(max_size, [](double a, double b) { return std::min(a, b); });
  const double smallest = ratio(min_size, [](double a, double b) { return std::max(a, b); });
  const double factor = std::min(std::max(1.0, smallest), largest);
  const auto side = [&](int length_px, int most_px) {
    return std::clamp(static_cast<int>(std::lround(length_px * factor)), 1, std::max(most_px, 1));
  };
  return {side(source.width_px, max_size.width_px), side(source.height_px, max_size.height_px)};
}

Result<RenderedStill> render_still(const StillFile& still, const ImageJob& job, const RunContext& run) {
  TOKPREP_ASSIGN(VImage source, load_still(still, run));
  const ColourSignal signal = colour_signal_of(still, source);
  TOKPREP_TRY(check_renderable(still, source, signal));

  const int orientation = still.is_heif() ? 1 : orientation_of(source);
  const Size coded{source.width(), source.height()};
  const Size target = target_size(turned(coded, orientation), job);
  const Size coded_target = turned(target, orientation);  // turning twice is turning back
  if (still.format == "jpeg") {
    const int shrink = jpeg_shrink_for(coded, coded_target);
    if (shrink > 1) {
      TOKPREP_ASSIGN(source, load_still(still, run, shrink));
    }
  }
  const KillOnStop killer(run, source);
  TOKPREP_ASSIGN(RenderedStill rendered, vips_call(run, ErrorCode::kCorruptInput, "cannot decode", still.path,
                                                   [&] { return render(still, source, signal, coded_target, job); }));
  return rendered;
}

}  // namespace tokprep::still
