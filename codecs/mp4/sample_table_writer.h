#pragma once

#include <cstdint>
#include <string_view>

#include "codecs/mp4/box_writer.h"
#include "codecs/mp4/sample_table.h"

namespace tokprep::mp4 {

/// Writes a stbl box around one sample entry. Chunk offsets of `table` count from `data_offset`, and take 64 bits
/// each with `wide_offsets`. Composition offsets must not be negative.
void write_sample_table(BoxWriter& out, const SampleTable& table, std::string_view sample_entry,
                        std::uint64_t data_offset, bool wide_offsets);

}  // namespace tokprep::mp4
