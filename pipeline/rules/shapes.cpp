#include "pipeline/rules/shapes.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <numeric>
#include <utility>

namespace tokprep {
namespace {

constexpr int kLargestTerm = 100'000;

/// "A<separator>B" with two positive numbers and nothing else.
std::optional<std::pair<int, int>> parse_pair(std::string_view text, char separator) {
  const char* const end = text.data() + text.size();
  std::pair<int, int> pair;
  const auto first = std::from_chars(text.data(), end, pair.first);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != separator) return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, pair.second);
  if (second.ec != std::errc{} || second.ptr != end) return std::nullopt;
  const auto sensible = [](int term) { return term > 0 && term <= kLargestTerm; };
  if (!sensible(pair.first) || !sensible(pair.second)) return std::nullopt;
  return pair;
}

}  // namespace

std::optional<Ratio> parse_ratio(std::string_view text) {
  const auto pair = parse_pair(text, ':');
  if (!pair) return std::nullopt;
  const int divisor = std::gcd(pair->first, pair->second);
  return Ratio{pair->first / divisor, pair->second / divisor};
}

std::optional<Size> parse_box(std::string_view text) {
  const auto pair = parse_pair(text, 'x');
  if (!pair) return std::nullopt;
  return Size{pair->first, pair->second};
}

bool has_ratio(Size size, Ratio ratio) {
  if (size.width_px <= 0 || size.height_px <= 0) return false;
  const double shape = static_cast<double>(size.width_px) / size.height_px;
  return std::abs(shape / ratio.value() - 1.0) <= kAspectTolerance;
}

bool fits_inside(Size size, Size box) { return size.width_px <= box.width_px && size.height_px <= box.height_px; }

std::string to_text(Size size) { return fmt::format("{}x{}", size.width_px, size.height_px); }

}  // namespace tokprep
