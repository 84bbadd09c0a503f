#include "codecs/vips/encode_still.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

#include "base/units.h"
#include "codecs/vips/chroma_detail.h"
#include "codecs/vips/vips_call.h"
#include "codecs/vips/webp_strip.h"

namespace tokprep::still {
namespace {

using vips::VImage;

constexpr int kLowestQuality = 40;     // below this, fewer pixels look better than worse ones
constexpr int kSmallerQuality = 75;    // where the search starts once pixels have been given up
constexpr int kMostProbes = 5;         // encodes between the two ends of one search
constexpr double kCloseEnough = 0.97;  // of the limit: more probes would not be seen
constexpr int kShortestSidePx = 64;
constexpr int kWebpEffort = 2;  // of 6; more is several times slower for a few per cent
constexpr int kFullChromaQuality = 95;

struct BlobFree {
  void operator()(VipsBlob* blob) const { vips_area_unref(VIPS_AREA(blob)); }
};
using BlobPtr = std::unique_ptr<VipsBlob, BlobFree>;

bool wants_full_chroma(const VImage& picture, int quality) {
  if (quality >= kFullChromaQuality) return true;
  std::size_t size = 0;
  const std::unique_ptr<void, decltype(&g_free)> pixels(picture.write_to_memory(&size), g_free);
  return has_sharp_colours({static_cast<const std::uint8_t*>(pixels.get()), size},
                           static_cast<std::size_t>(picture.width()), static_cast<std::size_t>(picture.height()));
}

/// Nothing but the picture is written, unless metadata is kept: then Exif, XMP and an sRGB profile go along.
vips::VOption* common_options(const ImageJob& job, int quality) {
  auto* options = VImage::option()->set("Q", quality)->set("strip", !job.keep_metadata);
  if (job.keep_metadata) options->set("profile", "srgb");
  return options;
}

/// One picture at one size, encoded at any quality.
class Encoder {
 public:
  Encoder(VImage picture, const ImageJob& job, const RunContext& run)
      : picture_(std::move(picture)), job_(job), run_(run), full_chroma_(wants_full_chroma(picture_, job.quality)) {}

  Result<EncodedStill> encode(int quality) const {
    TOKPREP_TRY(run_.check_stop());
    return vips_call(run_, ErrorCode::kInternal, "cannot encode", job_.output, [&] {
      const BlobPtr blob(job_.format == ImageFormat::kJpeg ? jpeg(quality) : webp(quality));
      std::size_t size = 0;
      const void* bytes = vips_blob_get(blob.get(), &size);
      std::string encoded(static_cast<const char*>(bytes), size);
      if (job_.format == ImageFormat::kWebp && !job_.keep_metadata) encoded = bare_webp(encoded);
      return EncodedStill{std::move(encoded), quality, {picture_.width(), picture_.height()}, false};
    });
  }

 private:
  [[nodiscard]] VipsBlob* jpeg(int quality) const {
    const auto chroma = full_chroma_ ? VIPS_FOREIGN_SUBSAMPLE_OFF : VIPS_FOREIGN_SUBSAMPLE_ON;
    return picture_.jpegsave_buffer(
        common_options(job_, quality)->set("optimize_coding", true)->set("subsample_mode", chroma));
  }
  [[nodiscard]] VipsBlob* webp(int quality) const {
    return picture_.webpsave_buffer(
        common_options(job_, quality)->set("effort", kWebpEffort)->set("smart_subsample", full_chroma_));
  }

  VImage picture_;
  const ImageJob& job_;
  const RunContext& run_;
  bool full_chroma_;
};

double log_size(const EncodedStill& encoded) { return std::log(static_cast<double>(encoded.bytes.size())); }

/// Size grows about exponentially with quality, so the logarithm is interpolated.
int quality_between(const EncodedStill& fits, const EncodedStill& too_large, std::uint64_t max_bytes) {
  const double wanted = std::log(static_cast<double>(max_bytes)) - log_size(fits);
  const double span = log_size(too_large) - log_size(fits);
  const int step = static_cast<int>((too_large.quality - fits.quality) * (span > 0 ? wanted / span : 0.5));
  return std::clamp(fits.quality + step, fits.quality + 1, too_large.quality - 1);
}

/// The best that fits at this size; nothing where even the lowest quality is too large, and then `smallest_bytes`
/// says how large that was.
Result<std::optional<EncodedStill>> best_quality(const Encoder& encoder, int quality, std::uint64_t max_bytes,
                                                 std::uint64_t& smallest_bytes) {
  TOKPREP_ASSIGN(EncodedStill too_large, encoder.encode(quality));
  smallest_bytes = too_large.bytes.size();
  if (smallest_bytes <= max_bytes) return std::optional(std::move(too_large));
  if (quality <= kLowestQuality) return std::nullopt;
  TOKPREP_ASSIGN(EncodedStill fits, encoder.encode(kLowestQuality));
  smallest_bytes = fits.bytes.size();
  if (smallest_bytes > max_bytes) return std::nullopt;
  for (int probe = 0; probe < kMostProbes && too_large.quality - fits.quality > 1; ++probe) {
    if (static_cast<double>(fits.bytes.size()) >= kCloseEnough * static_cast<double>(max_bytes)) break;
    TOKPREP_ASSIGN(EncodedStill middle, encoder.encode(quality_between(fits, too_large, max_bytes)));
    (middle.bytes.size() <= max_bytes ? fits : too_large) = std::move(middle);
  }
  return std::optional(std::move(fits));
}

tl::unexpected<Error> does_not_fit(const ImageJob& job, std::uint64_t smallest_bytes) {
  Error error;
  error.code = ErrorCode::kNotCompliant;
  error.message = fmt::format("{} does not fit into {}: at the lowest quality and size it still takes {}", job.input,
                              format_size(job.max_bytes), format_size(smallest_bytes));
  error.file = job.input;
  error.rule = "image.size_max";
  error.measured = static_cast<std::int64_t>(smallest_bytes);
  error.limit = static_cast<std::int64_t>(job.max_bytes);
  error.unit = "bytes";
  error.fix = "allow more bytes or hand in a simpler picture";
  return fail(std::move(error));
}

/// How much smaller the sides must be for the bytes to fit, with a little to spare.
double shrink_for(std::uint64_t smallest_bytes, std::uint64_t max_bytes) {
  const double ratio = static_cast<double>(max_bytes) / static_cast<double>(smallest_bytes);
  return std::clamp(std::sqrt(ratio) * kCloseEnough, 0.1, 0.95);
}

bool may_be(const VImage& picture, double shrink, const ImageJob& job) {
  const double width_px = picture.width() * shrink;
  const double height_px = picture.height() * shrink;
  return std::max(width_px, height_px) >= kShortestSidePx && width_px >= std::max(1, job.min_size.width_px) &&
         height_px >= std::max(1, job.min_size.height_px);
}

}  // namespace

Result<EncodedStill> encode_still(const VImage& picture, const ImageJob& job, const RunContext& run) {
  VImage current = picture;
  int quality = std::clamp(job.quality, 1, 100);
  for (bool smaller = false;; smaller = true) {
    const Encoder encoder(current, job, run);
    std::uint64_t smallest_bytes = 0;
    TOKPREP_ASSIGN(auto encoded, best_quality(encoder, quality, job.max_bytes, smallest_bytes));
    if (encoded) {
      encoded->made_smaller = smaller;
      return std::move(*encoded);
    }
    const double shrink = shrink_for(smallest_bytes, job.max_bytes);
    if (!may_be(current, shrink, job)) return does_not_fit(job, smallest_bytes);
    TOKPREP_ASSIGN(current, vips_call(run, ErrorCode::kInternal, "cannot scale", job.input,
                                      [&] { return current.resize(shrink).copy_memory(); }));
    quality = std::min(quality, kSmallerQuality);
  }
}

}  // namespace tokprep::still
