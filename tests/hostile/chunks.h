#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tokprep::hostile {

/// A stretch of a file that says how long it is: a box of MP4 or HEIF, a chunk of PNG or RIFF.
struct Chunk {
  enum class Form { kBox, kPng, kRiff };
  Form form = Form::kBox;
  std::size_t begin = 0;
  std::size_t size_bytes = 0;  ///< with its header, and its check sum where it has one; ends inside the file

  /// Where its four bytes of length stand.
  [[nodiscard]] std::size_t length_at() const { return form == Form::kRiff ? begin + 4 : begin; }
};

/// Everything in the file that looks like a chunk, nested ones too, in the order of their beginnings. What only looks
/// like one does no harm: the file is to be damaged.
std::vector<Chunk> find_chunks(std::string_view bytes);

/// Four bytes at `at`, which must be there.
std::uint32_t read_u32(std::string_view bytes, std::size_t at, bool big_endian);
void write_u32(std::string& bytes, std::size_t at, std::uint32_t value, bool big_endian);

}  // namespace tokprep::hostile
