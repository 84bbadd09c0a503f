#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "codecs/vips/bmp_layout.h"

namespace tokprep::still {

/// One step of a run-length packed bitmap.
struct RleStep {
  enum class Kind { kRun, kLiteral, kLineEnd, kMove, kPictureEnd, kCut };
  Kind kind = Kind::kCut;
  int count = 0;                  ///< pixels of a run or literal
  std::string_view indices = {};  ///< a run's one byte, or a literal's bytes; valid until the next step
  int right = 0, down = 0;        ///< of a move
};

/// Walks the steps of a packed bitmap in an open file, through a small buffer. `kCut` where the file ends or cannot be
/// read.
class RleWalk {
 public:
  RleWalk(int file, BmpCoding coding, std::uint64_t at) : file_(file), coding_(coding), buffer_at_(at) {}

  RleStep next();

  /// Offset in the file of the step that comes next.
  [[nodiscard]] std::uint64_t at() const { return buffer_at_ + used_; }

 private:
  /// The next `size` bytes, at most 256; empty where there are fewer.
  std::string_view take(std::size_t size);

  int file_;
  BmpCoding coding_;
  std::string buffer_;
  std::uint64_t buffer_at_;  // where `buffer_` stands in the file
  std::size_t used_ = 0;     // of `buffer_`
};

}  // namespace tokprep::still
