#pragma once

#include <cstdint>
#include <future>
#include <memory>
#include <string>

#include "base/result.h"
#include "codecs/vips/png_layout.h"
#include "codecs/vips/png_samples.h"
#include "codecs/vips/png_unpack.h"

namespace tokprep::still {

/// The rows of a PNG that is not interlaced, from top to bottom, as libpng would give them to libvips.
///
/// Nothing is held but a stretch of the file and two of rows: while one is handed out, a second thread makes the next.
/// Every chunk of pixels is judged: a wrong checksum, packed data that is damaged or ends too early, or an unknown
/// filter is an error, if need be that of the last row. What follows the pixels in the file is not looked at.
/// Movable, for one thread at a time.
class PngRows {
 public:
  /// Errors: kInputUnreadable.
  static Result<PngRows> open(const std::string& path, const PngLayout& layout);

  [[nodiscard]] const PngSamples& samples() const { return samples_; }
  /// How many rows were given.
  [[nodiscard]] int row() const { return row_; }

  /// The next row, `width_px * samples().pixel_bytes()` bytes into `out`; at most `height_px` times, and not after an
  /// error. Errors: kCorruptInput, kIo.
  Status next(std::uint8_t* out);

 private:
  PngRows(const PngLayout& layout, PngInflate inflate);

  Status next_stretch();

  std::unique_ptr<PngUnpack> unpack_;  // above the future, whose thread works with it
  std::future<Result<PngStretch>> coming_;
  PngSamples samples_;
  PngStretch stretch_;
  int given_ = 0;  // of the stretch
  int row_ = 0;
};

}  // namespace tokprep::still
