#pragma once

#if defined(__SSE2__) && defined(__x86_64__)
#define TOKPREP_PNG_SSE2

#include <emmintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

/// The filters that look to the left, where each pixel waits for the one before it: all of a pixel's bytes at once.
namespace tokprep::still::sse2 {

/// The bytes of one pixel, in the low half, with what lies behind it up to 4 or 8 bytes: no other sample sees that.
template <std::size_t kStep>
__m128i load(const std::uint8_t* pixel) {
  std::conditional_t<kStep <= 4, std::uint32_t, std::uint64_t> bits = 0;
  std::memcpy(&bits, pixel, sizeof bits);
  return _mm_cvtsi64_si128(static_cast<long long>(bits));
}

template <std::size_t kStep>
void store(std::uint8_t* pixel, __m128i bytes) {
  const auto bits = static_cast<std::uint64_t>(_mm_cvtsi128_si64(bytes));
  std::memcpy(pixel, &bits, kStep);
}

inline __m128i widened(__m128i bytes) { return _mm_unpacklo_epi8(bytes, _mm_setzero_si128()); }
inline __m128i chosen(__m128i where, __m128i yes, __m128i no) {
  return _mm_or_si128(_mm_and_si128(where, yes), _mm_andnot_si128(where, no));
}

template <std::size_t kStep>
void undo_sub(std::uint8_t* row, std::size_t size) {
  __m128i left = _mm_setzero_si128();
  for (std::size_t i = 0; i < size; i += kStep) {
    left = _mm_add_epi8(load<kStep>(row + i), left);
    store<kStep>(row + i, left);
  }
}

/// The processor's average rounds up where the filter's rounds down. With all bits turned over the two are the same,
/// and only two steps are left between one pixel and the next.
template <std::size_t kStep>
void undo_average(std::uint8_t* row, const std::uint8_t* above, std::size_t size) {
  const __m128i ones = _mm_set1_epi8(-1);
  __m128i turned_left = ones;
  for (std::size_t i = 0; i < size; i += kStep) {
    const __m128i turned_up = _mm_xor_si128(load<kStep>(above + i), ones);
    turned_left = _mm_sub_epi8(_mm_avg_epu8(turned_left, turned_up), load<kStep>(row + i));
    store<kStep>(row + i, _mm_xor_si128(turned_left, ones));
  }
}

/// The neighbour nearest to left + up - corner, without measuring distances: the higher of left and up where `mirror`,
/// 3 * corner - left - up, is not above the lower; the lower where it is not below the higher; else the corner.
template <std::size_t kStep>
void undo_paeth(std::uint8_t* row, const std::uint8_t* above, std::size_t size) {
  __m128i left = _mm_setzero_si128();  // samples widened to words, as all below
  __m128i corner = _mm_setzero_si128();
  for (std::size_t i = 0; i < size; i += kStep) {
    const __m128i up = widened(load<kStep>(above + i));
    const __m128i three_corners = _mm_add_epi16(_mm_add_epi16(corner, corner), corner);
    const __m128i mirror = _mm_sub_epi16(_mm_sub_epi16(three_corners, up), left);
    const __m128i lower = _mm_min_epi16(left, up);
    const __m128i higher = _mm_max_epi16(left, up);
    const __m128i lower_or_corner = chosen(_mm_cmpgt_epi16(higher, mirror), corner, lower);
    const __m128i guess = chosen(_mm_cmpgt_epi16(mirror, lower), lower_or_corner, higher);
    left = _mm_add_epi8(widened(load<kStep>(row + i)), guess);  // high bytes are zero and stay so
    store<kStep>(row + i, _mm_packus_epi16(left, left));
    corner = up;
  }
}

/// `size` is a multiple of `kStep`. False where there is nothing to gain here over the plain way.
template <std::size_t kStep>
bool undo_filter(int filter, std::uint8_t* row, const std::uint8_t* above, std::size_t size) {
  switch (filter) {
    case 1:
      undo_sub<kStep>(row, size);
      return true;
    case 3:
      undo_average<kStep>(row, above, size);
      return true;
    case 4:
      undo_paeth<kStep>(row, above, size);
      return true;
    default:
      return false;
  }
}

}  // namespace tokprep::still::sse2

#endif
