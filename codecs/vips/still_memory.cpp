#include "codecs/vips/still_memory.h"

#include <algorithm>

#include "codecs/vips/tiff_tags.h"

namespace tokprep::still {
namespace {

constexpr std::uint8_t kProgressive = 0xc2;
constexpr std::uint8_t kProgressiveArithmetic = 0xca;

/// Coefficients of 16 bits for every sample, of all scans together.
double jpeg_bytes_per_pixel(const StillFile& still) {
  const bool held = still.jpeg.process == kProgressive || still.jpeg.process == kProgressiveArithmetic;
  return held ? 2 * still.jpeg.samples_per_pixel : 0;
}

/// An interlaced picture is put together in memory; its header's last byte says whether it is one.
double png_bytes_per_pixel(const StillFile& still) {
  constexpr std::size_t kColourType = 25;
  constexpr std::size_t kInterlace = 28;
  if (still.head.size() <= kInterlace || still.head[kInterlace] == 0) return 0;
  const int type = still.head[kColourType];
  const int channels = type == 6 ? 4 : type == 2 || type == 3 ? 3 : type == 4 ? 2 : 1;
  return channels * (still.png.bit_depth.value_or(8) > 8 ? 2 : 1);
}

/// The coded planes, up to full chroma, and the interleaved picture made of them.
double heif_bytes_per_pixel(const StillFile& still) { return still.heif.bit_depth.value_or(8) > 8 ? 14 : 7; }

/// A strip is unpacked as one; files may declare a single one for all of the picture.
double tiff_strip_bytes(const StillFile& still, int width_px, int height_px) {
  const auto tag = [&](std::uint16_t id, std::uint64_t otherwise) {
    const auto found = still.tiff_tags.find(id);
    return found == still.tiff_tags.end() || found->second == 0 ? otherwise : found->second;
  };
  const auto height = static_cast<std::uint64_t>(height_px);
  const std::uint64_t rows = std::min(tag(tiff::kRowsPerStrip, height), height);
  const double bytes_per_pixel =
      static_cast<double>(tag(tiff::kSamplesPerPixel, 1)) * static_cast<double>(tag(tiff::kBitsPerSample, 1)) / 8;
  return static_cast<double>(rows) * width_px * bytes_per_pixel;
}

double bytes_per_pixel(const StillFile& still) {
  // The canvas with alpha, the one before it for frames that give it back, and libvips' own copy.
  constexpr double kGif = 12;
  constexpr double kWebp = 6;  // the planes and the picture
  constexpr double kJxl = 20;  // four floats, and the picture
  if (still.format == "jpeg") return jpeg_bytes_per_pixel(still);
  if (still.format == "png") return png_bytes_per_pixel(still);
  if (still.format == "gif") return kGif;
  if (still.format == "webp") return kWebp;
  if (still.format == "jxl") return kJxl;
  return still.is_heif() ? heif_bytes_per_pixel(still) : 0;
}

}  // namespace

std::int64_t decoder_memory_bytes(const StillFile& still, int width_px, int height_px) {
  if (still.format == "tiff") return static_cast<std::int64_t>(tiff_strip_bytes(still, width_px, height_px));
  return static_cast<std::int64_t>(bytes_per_pixel(still) * width_px * height_px);
}

}  // namespace tokprep::still
