#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "codecs/vips/byte_reader.h"

namespace tokprep::still {

struct PngChunk {
  std::string_view type;  ///< four letters
  std::string_view data;  ///< empty where `head` ends within it
  std::size_t at = 0;     ///< offset of the chunk in the file: its length, type, data and checksum follow
};

/// The chunks in front of a PNG's pixels, one after the other. Checksums are not judged here: the decoder does that.
class PngChunkWalk {
 public:
  explicit PngChunkWalk(std::string_view head);

  /// The next chunk; the first IDAT is given with empty data. Nothing where `head` ends.
  std::optional<PngChunk> next();

 private:
  ByteReader reader_;
};

/// What the chunks in front of a PNG's pixels say, where libvips does not.
struct PngFacts {
  std::optional<int> bit_depth;       ///< per channel as coded: 1 2 4 8 16
  int frames = 1;                     ///< more for an animated PNG
  std::optional<int> cicp_primaries;  ///< H.273
  std::optional<int> cicp_transfer;   ///< H.273: 16 is PQ, 18 HLG
  double peak_nits = 0;               ///< brightest light, of `cLLI`; 0 where it does not say
};

/// Pure and bounded: stops at the pixels, or where `head` ends.
PngFacts read_png_chunks(std::string_view head);

/// What is wrong with the chunks in front of the pixels, for people: "the chunk pHYs at byte 54 has a wrong checksum".
/// Empty where they are sound as far as `head` goes. Pure.
std::string png_fault(std::string_view head);

}  // namespace tokprep::still
