#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vips/vips8>

#include "base/result.h"
#include "base/run_context.h"
#include "codecs/jobs.h"
#include "codecs/media_info.h"
#include "codecs/vips/bmp_layout.h"
#include "codecs/vips/heif_boxes.h"
#include "codecs/vips/icc_profile.h"
#include "codecs/vips/png_chunks.h"

namespace tokprep::still {

/// How the coded numbers are meant, by H.273 and by the ICC profile.
struct ColourSignal {
  IccFacts icc;
  std::optional<int> primaries;
  std::optional<int> transfer;
  HdrKind hdr = HdrKind::kSdr;
  double peak_nits = 0;   ///< the brightest light the file states; 0 where it does not
  int full_code = 65535;  ///< what stands for 1 where channels have 16 bits; less for 10 bits moved up by 6
};

/// What the frame header of a JPEG tells of how it is decoded.
struct JpegFrame {
  std::uint8_t process = 0;  ///< its marker: 0xc0 baseline, 0xc2 progressive …
  double samples_per_pixel = 0;
};

/// A still that was recognised by its first bytes, with what its structure says beside libvips.
struct StillFile {
  std::string path;
  std::string format;  ///< jpeg png webp gif tiff heic avif jxl bmp
  std::string head;    ///< the front of the file
  std::uint64_t size_bytes = 0;
  StillLimits limits;
  JpegFrame jpeg;                                    ///< jpeg
  HeifFacts heif;                                    ///< heic and avif
  PngFacts png;                                      ///< png
  BmpLayout bmp;                                     ///< bmp
  std::map<std::uint16_t, std::uint64_t> tiff_tags;  ///< tiff

  [[nodiscard]] bool is_heif() const { return format == "heic" || format == "avif"; }
};

/// Errors: kInputUnreadable, kIo; kUnsupportedInput (no picture, or a kind nobody here opens, with what to do);
/// kCorruptInput (empty); kNotCompliant where the front already shows that a limit is passed.
Result<StillFile> open_still(const std::string& path, const StillLimits& limits = {});

/// The first page of a still, its header read and nothing decoded; decodes strictly, in one pass from top to bottom.
/// `jpeg_shrink` of 2, 4 or 8 lets a JPEG decode to that part of its size.
/// Errors: kCorruptInput, kCancelled; kNotCompliant "image.pixels_max", "image.frames_max" or "image.memory_max".
Result<vips::VImage> load_still(const StillFile& still, const RunContext& run, int jpeg_shrink = 1);

/// `image` is what `load_still` gave.
ColourSignal colour_signal_of(const StillFile& still, const vips::VImage& image);

/// EXIF orientation 1 to 8; 1 where there is none.
int orientation_of(const vips::VImage& image);

}  // namespace tokprep::still
