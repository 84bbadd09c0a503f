#pragma once

#include <cstddef>
#include <cstdint>

namespace tokprep::still {

/// This many bytes behind a row must be readable; what they hold does not matter.
inline constexpr std::size_t kRowSlackBytes = 8;

/// Undoes the filter of one row in place. `above` is the finished row above, all zero for the first; `step` is how many
/// bytes to the left a pixel's neighbour lies: 1 2 3 4 6 8. False where `filter` is none of the five (0 to 4).
///
/// Source: PNG Specification (Third Edition, W3C), section 9.
bool undo_filter(int filter, std::uint8_t* row, const std::uint8_t* above, std::size_t size, std::size_t step);

/// The same, byte by byte: what `undo_filter` does on processors it has no quicker way for.
bool undo_filter_bytewise(int filter, std::uint8_t* row, const std::uint8_t* above, std::size_t size, std::size_t step);

}  // namespace tokprep::still
