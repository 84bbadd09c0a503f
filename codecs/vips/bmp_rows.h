#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "base/result.h"
#include "codecs/vips/bmp_layout.h"

namespace tokprep::still {

/// The rows of a bitmap, decoded one at a time in any order: nothing but the row at hand is held.
///
/// Run-length packed pictures are walked through once when opened, to learn where each row begins. Movable; rows may
/// be read from several threads at once.
class BmpRows {
 public:
  /// Errors: kCorruptInput where rows are missing (a truncated file is refused, never filled up); kInputUnreadable;
  /// kIo.
  static Result<BmpRows> open(const std::string& path, BmpLayout layout, std::uint64_t size_bytes);

  [[nodiscard]] const BmpLayout& layout() const { return layout_; }
  [[nodiscard]] int channels() const { return layout_.has_alpha() ? 4 : 3; }

  /// Row `y`, counted from the top, as `width_px * channels()` bytes into `out`. False where the file cannot be read.
  bool read(int y, std::uint8_t* out) const;

  /// The embedded ICC profile; empty where there is none.
  [[nodiscard]] std::string profile() const;

 private:
  /// Where a run-length packed row begins.
  struct RowStart {
    std::uint64_t at = 0;  // 0: nothing was written to this row
    int x = 0;
  };

  BmpRows(FileDescriptor file, BmpLayout layout) : file_(std::move(file)), layout_(std::move(layout)) {}

  Status find_rows(const std::string& path);
  [[nodiscard]] int stored_row(int y) const { return layout_.top_down ? y : layout_.height_px - 1 - y; }
  [[nodiscard]] std::string bytes_at(std::uint64_t offset, std::size_t size) const;
  void unpack(RowStart start, std::uint8_t* out) const;
  void colour(std::string_view bytes, std::uint8_t* out) const;
  void look_up(std::size_t index, std::uint8_t* out) const;

  FileDescriptor file_;
  BmpLayout layout_;
  std::vector<RowStart> starts_;  // of packed pictures, in stored order
};

}  // namespace tokprep::still
