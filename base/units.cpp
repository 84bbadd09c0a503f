#include "base/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>

namespace tokprep {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array kSizeUnits = {
    Unit{"", 1},     Unit{"b", 1},        Unit{"kb", 1e3},        Unit{"mb", 1e6},
    Unit{"gb", 1e9}, Unit{"kib", 1024.0}, Unit{"mib", 1048576.0}, Unit{"gib", 1073741824.0},
};
constexpr std::array kTimeUnits = {
    Unit{"", 1}, Unit{"ms", 1}, Unit{"s", 1e3}, Unit{"min", 6e4}, Unit{"h", 3.6e6},
};

/// Number and unit of "1.5 s", the number scaled to the table's base unit.
template <std::size_t N>
Result<double> parse_with_unit(std::string_view text, const std::array<Unit, N>& units, const char* what) {
  const auto refuse = [&] { return fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is not a {}", text, what)); };
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc{} || !std::isfinite(number) || number < 0) return refuse();
  std::string unit(end, text.data() + text.size());
  std::erase(unit, ' ');
  std::ranges::transform(unit, unit.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto found = std::ranges::find(units, unit, &Unit::name);
  if (found == units.end()) return refuse();
  const double value = number * found->factor;
  if (value >= static_cast<double>(std::numeric_limits<std::int64_t>::max())) return refuse();
  return value;
}

}  // namespace

Result<std::uint64_t> parse_size_bytes(std::string_view text) {
  TOKPREP_ASSIGN(const double bytes, parse_with_unit(text, kSizeUnits, "size such as 20MB"));
  return static_cast<std::uint64_t>(std::llround(bytes));
}

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  TOKPREP_ASSIGN(const double ms, parse_with_unit(text, kTimeUnits, "time such as 1500ms or 1.5s"));
  return std::chrono::milliseconds(std::llround(ms));
}

std::string format_size(std::uint64_t size_bytes) {
  static constexpr std::array kNames = {"kB", "MB", "GB", "TB"};
  if (size_bytes < 1000) return fmt::format("{} B", size_bytes);
  double value = static_cast<double>(size_bytes) / 1000.0;
  std::size_t step = 0;
  while (value >= 999.5 && step + 1 < kNames.size()) {
    value /= 1000.0;
    ++step;
  }
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f} {}", value, decimals, kNames[step]);
}

std::string format_duration(std::chrono::microseconds duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  if (std::abs(seconds) < 60) return format_number(seconds) + " s";
  const auto whole = std::llround(seconds);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::string format_number(double value) {
  std::string text = fmt::format("{:.3f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

}  // namespace tokprep
