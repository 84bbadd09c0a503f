#include "codecs/vips/encode_still.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/units.h"
#include "codecs/vips/still_encoder.h"
#include "codecs/vips/vips_call.h"

namespace tokprep::still {
namespace {

using vips::VImage;

constexpr int kLowestQuality = 40;      // below this, fewer pixels look better than worse ones
constexpr double kUsualGrowth = 0.035;  // of the logarithm of the size, for each step of quality
constexpr double kAimedAt = 0.97;       // of the limit: a little to spare saves an encode
constexpr double kCloseEnough = 0.94;   // of the limit: more encodes would not be seen
constexpr int kShortestSidePx = 64;
constexpr double kCloseScales = 1.01;  // nothing is looked for between these

double log_size(const EncodedStill& encoded) { return std::log(static_cast<double>(encoded.bytes.size())); }

/// What is known while the quality is searched: the best that fits and the least that does not.
struct Bounds {
  std::optional<EncodedStill> fits;
  EncodedStill too_large;
  [[nodiscard]] int lowest() const { return fits ? fits->quality + 1 : kLowestQuality; }
  [[nodiscard]] int highest() const { return too_large.quality - 1; }
};

/// Size grows about exponentially with quality, so the logarithm is interpolated; below the first encode, by how it
/// grows in most pictures. Halves what is left where that does not come to the point.
int next_quality(const Bounds& bounds, int probe, std::uint64_t max_bytes) {
  constexpr int kInterpolated = 4;
  if (probe >= kInterpolated) return (bounds.lowest() + bounds.highest()) / 2;
  double growth = kUsualGrowth;
  if (bounds.fits) {
    growth = (log_size(bounds.too_large) - log_size(*bounds.fits)) / (bounds.too_large.quality - bounds.fits->quality);
  }
  const double excess = log_size(bounds.too_large) - std::log(kAimedAt * static_cast<double>(max_bytes));
  const double step = growth > 0 ? std::ceil(excess / growth) : 1;
  return std::clamp(bounds.too_large.quality - static_cast<int>(std::min(step, 100.0)), bounds.lowest(),
                    bounds.highest());
}

/// The best that fits at this size; nothing where even the lowest quality is too large, and then `smallest_bytes`
/// says how large that was.
Result<std::optional<EncodedStill>> best_quality(const StillEncoder& encoder, int quality, std::uint64_t max_bytes,
                                                 std::uint64_t& smallest_bytes) {
  Bounds bounds;
  TOKPREP_ASSIGN(bounds.too_large, encoder.encode(quality));
  if (bounds.too_large.bytes.size() <= max_bytes) return std::optional(std::move(bounds.too_large));
  for (int probe = 0; bounds.lowest() <= bounds.highest(); ++probe) {
    TOKPREP_ASSIGN(EncodedStill tried, encoder.encode(next_quality(bounds, probe, max_bytes)));
    if (tried.bytes.size() > max_bytes) {
      bounds.too_large = std::move(tried);
      continue;
    }
    bounds.fits = std::move(tried);
    if (static_cast<double>(bounds.fits->bytes.size()) >= kCloseEnough * static_cast<double>(max_bytes)) break;
  }
  smallest_bytes = bounds.too_large.bytes.size();
  return std::move(bounds.fits);
}

/// Of a drawing, WebP's lossless form where it fits and is no larger than the lossy one: every pixel as it was, for
/// less.
Status prefer_lossless(const StillEncoder& encoder, std::uint64_t max_bytes, std::optional<EncodedStill>& best) {
  TOKPREP_ASSIGN(EncodedStill lossless, encoder.encode(StillEncoder::kLossless));
  const std::size_t size = lossless.bytes.size();
  const bool smaller = !best || size <= best->bytes.size();
  if (size <= max_bytes && smaller) best = std::move(lossless);
  return {};
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
  return std::clamp(std::sqrt(ratio * kAimedAt), 0.1, 0.95);
}

bool may_be(const VImage& picture, double scale, const ImageJob& job) {
  const double width_px = picture.width() * scale;
  const double height_px = picture.height() * scale;
  return std::max(width_px, height_px) >= kShortestSidePx && width_px >= std::max(1, job.min_size.width_px) &&
         height_px >= std::max(1, job.min_size.height_px);
}

/// The best that fits at the size of `picture`.
Result<std::optional<EncodedStill>> best_at_size(const VImage& picture, const ImageJob& job, const RunContext& run,
                                                 std::uint64_t& smallest_bytes) {
  const StillEncoder encoder(picture, job, run);
  TOKPREP_ASSIGN(auto best, best_quality(encoder, std::clamp(job.quality, 1, 100), job.max_bytes, smallest_bytes));
  if (job.format == ImageFormat::kWebp && encoder.is_drawing()) {
    TOKPREP_TRY(prefer_lossless(encoder, job.max_bytes, best));
  }
  return best;
}

/// Full quality and bytes to spare: after scaling down, a sign that less scaling would have done.
bool leaves_room(const EncodedStill& encoded, const ImageJob& job) {
  return encoded.quality >= job.quality &&
         static_cast<double>(encoded.bytes.size()) < kCloseEnough * static_cast<double>(job.max_bytes);
}

/// What does not fit at its own size, scaled down as little as will do.
Result<EncodedStill> encode_smaller(const VImage& picture, const ImageJob& job, const RunContext& run,
                                    std::uint64_t smallest_bytes) {
  std::optional<EncodedStill> best;
  double too_large = 1, fits = 0;  // scales
  double scale = shrink_for(smallest_bytes, job.max_bytes);
  while (may_be(picture, scale, job)) {
    TOKPREP_ASSIGN(const VImage smaller, vips_call(run, ErrorCode::kInternal, "cannot scale", job.input,
                                                   [&] { return picture.resize(scale).copy_memory(); }));
    TOKPREP_ASSIGN(auto encoded, best_at_size(smaller, job, run, smallest_bytes));
    if (encoded) {
      fits = scale;
      best = std::move(encoded);
      best->made_smaller = true;
      if (!leaves_room(*best, job)) break;
    } else {
      too_large = scale;
    }
    if (best && too_large < fits * kCloseScales) break;
    scale = best ? std::sqrt(fits * too_large) : scale * shrink_for(smallest_bytes, job.max_bytes);
  }
  if (!best) return does_not_fit(job, smallest_bytes);
  return std::move(*best);
}

}  // namespace

Result<EncodedStill> encode_still(const VImage& picture, const ImageJob& job, const RunContext& run) {
  std::uint64_t smallest_bytes = 0;
  TOKPREP_ASSIGN(auto encoded, best_at_size(picture, job, run, smallest_bytes));
  if (encoded) return std::move(*encoded);
  return encode_smaller(picture, job, run, smallest_bytes);
}

}  // namespace tokprep::still
