#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "base/result.h"

namespace tokprep::still {

/// The compressed bytes of a PNG: what its IDAT chunks hold, end to end, each chunk's checksum judged as it is left.
/// The file is read in stretches; movable, for one thread at a time.
class PngData {
 public:
  /// `first_at` is the offset of the first IDAT chunk. Errors: kInputUnreadable.
  static Result<PngData> open(const std::string& path, std::uint64_t first_at);

  /// Fills `out` as far as there are bytes; 0 once the chunks are used up.
  /// Errors: kCorruptInput (a chunk cut short, or with a wrong checksum); kIo.
  Result<std::size_t> read(std::uint8_t* out, std::size_t size);

  /// Reads what is left, so that all of it is judged. Errors as `read`.
  Status finish();

 private:
  PngData(FileDescriptor file, std::uint64_t at) : file_(std::move(file)), at_(at) {}

  Status enter_next_chunk();
  Status leave_chunk();
  /// At most `size` bytes from the file, fewer only at its end.
  Result<std::size_t> take(std::uint8_t* out, std::size_t size);
  Status refill();

  FileDescriptor file_;
  std::uint64_t at_;  // of what follows `stretch_` in the file
  std::vector<std::uint8_t> stretch_;
  std::size_t used_ = 0;  // of `stretch_`
  std::uint32_t left_in_chunk_ = 0;
  std::uint32_t checksum_ = 0;
  bool in_chunk_ = false;
  bool ended_ = false;
};

}  // namespace tokprep::still
