#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "codecs/vips/png_inflate.h"
#include "codecs/vips/png_layout.h"

namespace tokprep::still {

/// Some rows of a PNG that follow each other, unpacked and unfiltered, as the file stores them.
struct PngStretch {
  int rows = 0;
  std::size_t row_bytes = 0;
  std::vector<std::uint8_t> bytes;  ///< in front of each row stands the byte that named its filter

  [[nodiscard]] const std::uint8_t* row(int index) const {
    return bytes.data() + static_cast<std::size_t>(index) * (row_bytes + 1) + 1;
  }
};

/// Unpacks a PNG's rows stretch by stretch, from top to bottom. For one thread at a time.
class PngUnpack {
 public:
  PngUnpack(const PngLayout& layout, PngInflate inflate);

  /// The rows that come next, about a megabyte of them, in the memory of `stretch`; no rows after the last. With the
  /// last ones, the end of the data was judged too. Errors: kCorruptInput, kIo; after one there is no going on.
  Result<PngStretch> next(PngStretch stretch);

 private:
  Status undo_filters(PngStretch& stretch);

  PngInflate inflate_;
  std::size_t row_bytes_;
  std::size_t filter_step_;
  int rows_left_;
  int most_rows_;
  std::vector<std::uint8_t> above_;  // the row in front of those that come next
};

}  // namespace tokprep::still
