#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tokprep::test {

/// A PNG of random samples whose every choice is ours, where an encoder's would be its own.
struct MadePng {
  int width_px = 24;
  int height_px = 16;
  int bit_depth = 8;
  int colour = 2;   ///< the specification's number: 0 gray, 2 RGB, 3 palette, 4 gray with alpha, 6 RGB with alpha
  int filter = -1;  ///< of every row; -1: each row another
  bool interlaced = false;
  std::string palette = {};
  std::optional<std::string> transparency = {};
  std::string extra_chunks = {};  ///< whole chunks in front of the pixels
  std::size_t idat_bytes = 8192;  ///< that a chunk holds of the packed pixels
  bool empty_idats = false;       ///< also chunks that hold nothing
  std::string behind_rows = {};   ///< packed with the rows, behind the last
  unsigned seed = 1;

  /// The whole file.
  [[nodiscard]] std::string bytes() const;
  /// The file with `packed` in place of its packed pixels.
  [[nodiscard]] std::string bytes_with(const std::string& packed) const;
  /// The rows, filtered and each behind the byte that names its filter.
  [[nodiscard]] std::string rows() const;
  [[nodiscard]] std::size_t row_bytes() const;
};

/// `value` in `width` bytes, the highest first.
std::string big_endian(std::uint64_t value, std::size_t width);
std::string png_chunk(std::string_view type, std::string_view data);
/// As a zlib stream, by zlib.
std::string packed_by_zlib(const std::string& bytes, int window_bits = 15);
/// Gives every chunk the checksum that fits what it holds, as far as chunks can be made out.
std::string with_right_checksums(std::string png);
/// Whether all IDAT chunks are whole and hold one whole zlib stream, by zlib's own judgement; but for the stream's
/// checksum of what it unpacks to.
bool has_sound_pixels(const std::string& png);

}  // namespace tokprep::test
