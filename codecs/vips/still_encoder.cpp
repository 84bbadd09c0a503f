#include "codecs/vips/still_encoder.h"

#include <algorithm>
#include <memory>
#include <span>

#include "codecs/vips/chroma_detail.h"
#include "codecs/vips/vips_call.h"
#include "codecs/vips/webp_strip.h"

namespace tokprep::still {
namespace {

using vips::VImage;

constexpr int kWebpEffort = 2;  // of 6; more is several times slower for a few per cent
constexpr int kFullChromaQuality = 95;

struct BlobFree {
  void operator()(VipsBlob* blob) const { vips_area_unref(VIPS_AREA(blob)); }
};
using BlobPtr = std::unique_ptr<VipsBlob, BlobFree>;

/// The samples of a picture that is already in memory.
std::span<const std::uint8_t> samples_of(const VImage& picture) {
  const auto width = static_cast<std::size_t>(picture.width()), height = static_cast<std::size_t>(picture.height());
  return {static_cast<const std::uint8_t*>(picture.data()), width * height * 3};
}

bool wants_full_chroma(const VImage& picture, int quality) {
  if (quality >= kFullChromaQuality) return true;
  return has_sharp_colours(samples_of(picture), static_cast<std::size_t>(picture.width()),
                           static_cast<std::size_t>(picture.height()));
}

/// Nothing but the picture is written, unless metadata is kept: then Exif, XMP and an sRGB profile go along.
vips::VOption* common_options(const ImageJob& job, int quality) {
  auto* options = VImage::option()->set("Q", quality)->set("strip", !job.keep_metadata);
  if (job.keep_metadata) options->set("profile", "srgb");
  return options;
}

}  // namespace

StillEncoder::StillEncoder(VImage picture, const ImageJob& job, const RunContext& run)
    : picture_(std::move(picture)), job_(job), run_(run), full_chroma_(wants_full_chroma(picture_, job.quality)) {}

Result<EncodedStill> StillEncoder::encode(int quality) const {
  TOKPREP_TRY(run_.check_stop());
  return vips_call(run_, ErrorCode::kInternal, "cannot encode", job_.output, [&] {
    const BlobPtr blob(job_.format == ImageFormat::kJpeg ? jpeg(quality) : webp(quality));
    std::size_t size = 0;
    const void* bytes = vips_blob_get(blob.get(), &size);
    std::string encoded(static_cast<const char*>(bytes), size);
    if (job_.format == ImageFormat::kWebp)
      encoded = job_.keep_metadata ? webp_with_plain_exif(encoded) : bare_webp(encoded);
    const Size dimensions{picture_.width(), picture_.height()};
    return EncodedStill{std::move(encoded), std::min(quality, 100), dimensions, quality == kLossless, false};
  });
}

bool StillEncoder::is_drawing() const { return still::is_drawing(samples_of(picture_)); }

VipsBlob* StillEncoder::jpeg(int quality) const {
  const auto chroma = full_chroma_ ? VIPS_FOREIGN_SUBSAMPLE_OFF : VIPS_FOREIGN_SUBSAMPLE_ON;
  return picture_.jpegsave_buffer(
      common_options(job_, quality)->set("optimize_coding", true)->set("subsample_mode", chroma));
}

VipsBlob* StillEncoder::webp(int quality) const {
  auto* options = common_options(job_, std::min(quality, 100))->set("effort", kWebpEffort);
  return picture_.webpsave_buffer(quality == kLossless ? options->set("lossless", true)
                                                       : options->set("smart_subsample", full_chroma_));
}

}  // namespace tokprep::still
