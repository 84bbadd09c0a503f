#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "codecs/mp4/mp4_index.h"

namespace tokprep::mp4 {

/// The bytes that some tracks' samples occupy in their file, as long stretches in file order, and where each chunk
/// stands once nothing but these stretches is left, one behind the other.
struct ChunkLayout {
  std::vector<Extent> stretches;
  std::uint64_t size_bytes = 0;
  std::vector<std::vector<std::uint64_t>> chunk_offsets;  ///< by track, from the start of the first stretch
};

/// Tracks keep their interleaving. Errors: kUnsupportedInput, saying why: chunks and samples that do not add up,
/// chunks outside of `media_data` (the mdat boxes), chunks that share bytes.
Result<ChunkLayout> lay_out_chunks(const std::vector<const SampleTable*>& tables,
                                   const std::vector<Extent>& media_data);

}  // namespace tokprep::mp4
