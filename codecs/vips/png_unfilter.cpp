#include "codecs/vips/png_unfilter.h"

#include <algorithm>
#include <cstdlib>

#include "codecs/vips/png_unfilter_sse2.h"

namespace tokprep::still {
namespace {

enum Filter { kNone, kSub, kUp, kAverage, kPaeth };

std::uint8_t sum(int a, int b) { return static_cast<std::uint8_t>(a + b); }

/// Of left, above and above left: the one nearest to left + above - above left.
int paeth(int left, int above, int corner) {
  const int to_left = std::abs(above - corner);
  const int to_above = std::abs(left - corner);
  const int to_corner = std::abs(left + above - 2 * corner);
  if (to_left <= to_above && to_left <= to_corner) return left;
  return to_above <= to_corner ? above : corner;
}

void undo_sub(std::uint8_t* row, std::size_t size, std::size_t step) {
  for (std::size_t i = step; i < size; ++i) row[i] = sum(row[i], row[i - step]);
}

void undo_up(std::uint8_t* row, const std::uint8_t* above, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) row[i] = sum(row[i], above[i]);
}

void undo_average(std::uint8_t* row, const std::uint8_t* above, std::size_t size, std::size_t step) {
  const std::size_t first = std::min(size, step);
  for (std::size_t i = 0; i < first; ++i) row[i] = sum(row[i], above[i] / 2);
  for (std::size_t i = first; i < size; ++i) row[i] = sum(row[i], (row[i - step] + above[i]) / 2);
}

void undo_paeth(std::uint8_t* row, const std::uint8_t* above, std::size_t size, std::size_t step) {
  const std::size_t first = std::min(size, step);
  for (std::size_t i = 0; i < first; ++i) row[i] = sum(row[i], above[i]);
  for (std::size_t i = first; i < size; ++i) row[i] = sum(row[i], paeth(row[i - step], above[i], above[i - step]));
}

}  // namespace

bool undo_filter_bytewise(int filter, std::uint8_t* row, const std::uint8_t* above, std::size_t size,
                          std::size_t step) {
  switch (filter) {
    case kNone:
      return true;
    case kSub:
      undo_sub(row, size, step);
      return true;
    case kUp:
      undo_up(row, above, size);
      return true;
    case kAverage:
      undo_average(row, above, size, step);
      return true;
    case kPaeth:
      undo_paeth(row, above, size, step);
      return true;
    default:
      return false;
  }
}

#ifdef TOKPREP_PNG_SSE2

bool undo_filter(int filter, std::uint8_t* row, const std::uint8_t* above, std::size_t size, std::size_t step) {
  switch (step) {
    case 3:
      if (sse2::undo_filter<3>(filter, row, above, size)) return true;
      break;
    case 4:
      if (sse2::undo_filter<4>(filter, row, above, size)) return true;
      break;
    case 6:
      if (sse2::undo_filter<6>(filter, row, above, size)) return true;
      break;
    case 8:
      if (sse2::undo_filter<8>(filter, row, above, size)) return true;
      break;
    default:
      break;
  }
  return undo_filter_bytewise(filter, row, above, size, step);
}

#else

bool undo_filter(int filter, std::uint8_t* row, const std::uint8_t* above, std::size_t size, std::size_t step) {
  return undo_filter_bytewise(filter, row, above, size, step);
}

#endif

}  // namespace tokprep::still
