#include "pipeline/time_range.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "base/units.h"
#include "pipeline/rules/judge.h"

namespace tokprep {
namespace {

constexpr double kTrimMargin_s = 0.1;  // more than a frame at 23 fps and an AAC packet together

double seconds_of(std::int64_t time_us) { return static_cast<double>(time_us) / 1e6; }
std::int64_t us_of(double seconds) { return std::llround(seconds * 1e6); }
std::string text_of(double seconds) { return format_number(seconds) + " s"; }

double trimmed_length_s(const Rules& rules) { return rules.number("video.duration_max") - kTrimMargin_s; }

/// The first whole number of frames that is at least one frame longer than the least length.
double held_length_s(Rational frame_rate, const Rules& rules) {
  const double frames = std::ceil(rules.number("video.duration_min") * frame_rate.value() - 1e-6) + 1;
  return frames / frame_rate.value();
}

Error about_length(ErrorCode code, const Rules& rules, const char* rule, std::optional<double> seconds,
                   std::string message, std::string fix) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  error.rule = rule;
  if (seconds) error.measured = scalar_of(*seconds);
  error.limit = scalar_of(rules.number(rule));
  error.unit = "s";
  error.fix = std::move(fix);
  return error;
}

Result<TimeRange> lengthened(double seconds, Rational frame_rate, const Rules& rules, TooShort choice) {
  constexpr const char* kRule = "video.duration_min";
  const std::string fact =
      fmt::format("lasts {}, and the shortest allowed is {}", text_of(seconds), text_of(rules.number(kRule)));
  if (choice == TooShort::kRefuse) {
    return fail(about_length(ErrorCode::kNotCompliant, rules, kRule, seconds, "the video " + fact, "--too-short hold"));
  }
  if (choice == TooShort::kLoop) {
    return fail(about_length(ErrorCode::kUnsupportedInput, rules, kRule, seconds,
                             "--too-short loop is not available yet; the video " + fact, "--too-short hold"));
  }
  const double held = held_length_s(frame_rate, rules);
  return TimeRange{{},
                   us_of(held),
                   us_of(held),
                   fmt::format("the last frame is held, from {} to {}", text_of(seconds), text_of(held))};
}

Result<TimeRange> shortened(double seconds, const Rules& rules, TooLong choice) {
  constexpr const char* kRule = "video.duration_max";
  const std::string fact =
      fmt::format("lasts {}, and the longest allowed is {}", text_of(seconds), text_of(rules.number(kRule)));
  if (choice == TooLong::kRefuse) {
    return fail(about_length(ErrorCode::kNotCompliant, rules, kRule, seconds, "the video " + fact, "--too-long trim"));
  }
  if (choice == TooLong::kSplit) {
    return fail(about_length(ErrorCode::kUnsupportedInput, rules, kRule, seconds,
                             "--too-long split is not available yet; the video " + fact, "--too-long trim"));
  }
  const double end = trimmed_length_s(rules);
  return TimeRange{us_of(end), {}, us_of(end), fmt::format("trimmed from {} to {}", text_of(seconds), text_of(end))};
}

}  // namespace

Result<TimeRange> time_range(std::optional<std::int64_t> duration_us, Rational frame_rate, const Rules& rules,
                             const ConvertOptions& options) {
  if (!duration_us) {
    return fail(about_length(ErrorCode::kNotCompliant, rules, "video.duration_min", {},
                             "the length of the video could not be measured", "remux it with another program first"));
  }
  const double seconds = seconds_of(*duration_us);
  if (seconds < rules.number("video.duration_min")) {
    return lengthened(seconds, frame_rate, rules, options.too_short);
  }
  if (seconds > rules.number("video.duration_max")) return shortened(seconds, rules, options.too_long);
  return TimeRange{{}, {}, *duration_us, {}};
}

TimeRange kept_off_the_limits(TimeRange range, Rational frame_rate, const Rules& rules) {
  if (range.changes()) return range;
  const double seconds = seconds_of(range.output_duration_us);
  const double least = rules.number("video.duration_min") + 1 / frame_rate.value();
  if (seconds < least) {
    const double held = held_length_s(frame_rate, rules);
    return {{}, us_of(held), us_of(held), fmt::format("the last frame is held to {}", text_of(held))};
  }
  if (seconds > trimmed_length_s(rules)) {
    const double end = trimmed_length_s(rules);
    return {us_of(end), {}, us_of(end), fmt::format("ends at {}, safely inside the limit", text_of(end))};
  }
  return range;
}

}  // namespace tokprep
