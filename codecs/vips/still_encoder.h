#pragma once

#include <string>
#include <vips/vips8>

#include "base/result.h"
#include "base/run_context.h"
#include "codecs/jobs.h"

namespace tokprep::still {

struct EncodedStill {
  std::string bytes;
  int quality = 0;
  Size size;
  bool lossless = false;      ///< WebP only; `quality` is 100 then
  bool made_smaller = false;  ///< no quality was enough: the picture itself was scaled down
};

/// One picture at one size, to be encoded at any quality, as often as it takes. `job` and `run` must outlive it.
///
/// JPEG has full chroma at high quality and where halving it would show, WebP the better way to halve it.
class StillEncoder {
 public:
  static constexpr int kLossless = 101;  ///< a quality beyond all others, of WebP alone

  /// `picture`: 8-bit sRGB, three channels, in memory.
  StillEncoder(vips::VImage picture, const ImageJob& job, const RunContext& run);

  /// At a quality of 1 to 100, or `kLossless`. Errors: kInternal, kCancelled.
  [[nodiscard]] Result<EncodedStill> encode(int quality) const;

  /// A drawing, screenshot or text rather than a photograph.
  [[nodiscard]] bool is_drawing() const;

 private:
  [[nodiscard]] VipsBlob* jpeg(int quality) const;
  [[nodiscard]] VipsBlob* webp(int quality) const;

  vips::VImage picture_;
  const ImageJob& job_;
  const RunContext& run_;
  bool full_chroma_;
};

}  // namespace tokprep::still
