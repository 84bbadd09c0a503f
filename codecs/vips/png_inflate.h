#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "codecs/vips/png_data.h"

struct inflate_state;  // of ISA-L

namespace tokprep::still {

/// The bytes that a PNG's pixels unpack to, a stretch at a time. Movable, for one thread at a time.
class PngInflate {
 public:
  /// `data` begins with the two bytes that open a zlib stream, which the layout has judged.
  explicit PngInflate(PngData data);
  PngInflate(PngInflate&&) noexcept;
  PngInflate& operator=(PngInflate&&) noexcept;
  ~PngInflate();

  /// Fills all of `out`. Errors: kCorruptInput (no sound zlib stream, or it ends too early; what PngData finds); kIo.
  Status read(std::uint8_t* out, std::size_t size);

  /// After the last row: the stream must come to its end, and its chunks must be sound. What it may hold beyond the
  /// picture is unpacked and dropped. The checksum of what was unpacked is not judged, as nowhere: encoders get it
  /// wrong, and the chunks have theirs. Errors as `read`.
  Status finish();

 private:
  [[nodiscard]] bool at_end() const;
  /// Unpacks into `out`; how much is 0 only at the end of the stream.
  Result<std::size_t> unpack(std::uint8_t* out, std::size_t size);
  Status feed();

  PngData data_;
  std::vector<std::uint8_t> packed_;
  bool opened_ = false;
  std::unique_ptr<inflate_state> state_;
};

}  // namespace tokprep::still
