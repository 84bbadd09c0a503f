#include "pipeline/cli/values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "pipeline/rules/shapes.h"

namespace tokprep::cli {
namespace {

struct NamedColour {
  std::string_view name;
  Rgb colour;
};

constexpr std::array kColours = {
    NamedColour{"black", {0, 0, 0}},      NamedColour{"white", {255, 255, 255}}, NamedColour{"gray", {128, 128, 128}},
    NamedColour{"grey", {128, 128, 128}}, NamedColour{"red", {255, 0, 0}},       NamedColour{"green", {0, 128, 0}},
    NamedColour{"blue", {0, 0, 255}},     NamedColour{"yellow", {255, 255, 0}},
};

/// The number that all of `text` is; `format` is a base for whole numbers, a std::chars_format for others.
template <class T, class Format>
std::optional<T> number_of(std::string_view text, Format format) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, format);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "abc" as "aabbcc"; anything else as it is.
std::string six_digits(std::string_view digits) {
  std::string six;
  for (const char digit : digits) six.append(digits.size() == 3 ? 2 : 1, digit);
  return six;
}

}  // namespace

std::vector<std::string_view> colour_names() {
  std::vector<std::string_view> names;
  for (const NamedColour& row : kColours) names.push_back(row.name);
  return names;
}

Result<bool> parse_bool(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is neither true nor false", text));
}

Result<int> parse_whole(std::string_view text, int least, int most) {
  const auto value = number_of<int>(text, 10);
  if (value && *value >= least && *value <= most) return *value;
  return fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is not a whole number from {} to {}", text, least, most));
}

Result<int> parse_jobs(std::string_view text) {
  constexpr int kMostJobs = 1024;
  if (text == "auto") return 0;
  if (auto jobs = parse_whole(text, 1, kMostJobs)) return jobs;
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("'{}' is neither 'auto' nor a whole number from 1 to {}", text, kMostJobs));
}

Result<Rgb> parse_colour(std::string_view text) {
  const auto refuse = [&](std::string_view hint) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is not a colour; {}", text, hint));
  };
  const std::string lower = to_lower(text);
  const auto* named = std::ranges::find(kColours, lower, &NamedColour::name);
  if (named != kColours.end()) return named->colour;
  const auto names = colour_names();
  if (!lower.starts_with('#')) {
    if (const auto near = nearest(lower, names)) return refuse(fmt::format("did you mean '{}'?", *near));
    return refuse(fmt::format("write #rrggbb or one of {}", fmt::join(names, ", ")));
  }
  const std::string digits = six_digits(lower.substr(1));
  const auto value = number_of<unsigned>(digits, 16);
  if (digits.size() != 6 || !value) return refuse("write #rgb or #rrggbb");
  return Rgb{static_cast<int>(*value >> 16), static_cast<int>(*value >> 8 & 0xFF), static_cast<int>(*value & 0xFF)};
}

Result<Size> parse_size(std::string_view text) {
  if (const auto size = parse_box(text)) return *size;
  return fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is not a size such as 1080x1920", text));
}

Result<double> parse_lufs(std::string_view text) {
  const auto value = number_of<double>(text, std::chars_format::fixed);
  if (value && *value >= -70 && *value < 0) return *value;
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("'{}' is neither off nor a loudness in LUFS, from -70 to below 0, such as -14", text));
}

Result<double> parse_share(std::string_view text) {
  const auto value = number_of<double>(text, std::chars_format::fixed);
  if (value && *value > 0 && *value <= 1) return *value;
  return fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is no number above 0 and up to 1, such as 0.98", text));
}

Result<MaxLoss> parse_max_loss(std::string_view text) {
  MaxLoss loss{0, 0};
  std::string_view rest = text;
  while (true) {
    const std::string_view part = rest.substr(0, rest.find(','));
    const bool percent = part.ends_with('%');
    const auto value = number_of<double>(part.substr(0, part.size() - (percent ? 1 : 0)), std::chars_format::fixed);
    if (!value || *value < 0 || (percent && *value > 100)) {
      return fail(
          ErrorCode::kInvalidArgument,
          fmt::format("'{}' is neither seconds such as 0.5, nor a percentage such as 2%, nor both: 0.5,2%", text));
    }
    (percent ? loss.share : loss.seconds) = percent ? *value / 100 : *value;
    if (part.size() == rest.size()) return loss;
    rest.remove_prefix(part.size() + 1);
  }
}

Result<std::int64_t> parse_ms(std::string_view text) {
  TOKPREP_ASSIGN(const auto duration, parse_duration(text));
  return duration.count();
}

}  // namespace tokprep::cli
