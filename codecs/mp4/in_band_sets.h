#pragma once

#include <filesystem>

#include "base/result.h"
#include "codecs/mp4/sample_table.h"

namespace tokprep::mp4 {

/// Looks into every sample of an HEVC track for parameter sets, as far as the first slice: they stand before it.
/// Reads a few bytes a sample. `length_bytes`: of the size before each NAL unit.
/// Errors: kUnsupportedInput where there are some, or the samples are damaged; kInputUnreadable; kIo.
Status require_no_in_band_sets(const std::filesystem::path& source, const SampleTable& table, unsigned length_bytes);

}  // namespace tokprep::mp4
