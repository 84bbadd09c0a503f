#include "pipeline/time_range.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
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
  const double held = held_length_s(frame_rate, rules);
  TimeRange range;
  if (choice == TooShort::kHold) {
    range.hold_to_us = range.output_duration_us = us_of(held);
    range.note = fmt::format("the last frame is held, from {} to {}", text_of(seconds), text_of(held));
    return range;
  }
  if (seconds <= 0) {
    return fail(about_length(ErrorCode::kNotCompliant, rules, kRule, seconds, "the video " + fact + ": nothing to loop",
                             "--too-short hold"));
  }
  const double turns = std::ceil(held / seconds);
  range.loop_to_us = range.output_duration_us = us_of(turns * seconds);
  range.note = fmt::format("played {} times, from {} to {}", turns, text_of(seconds), text_of(turns * seconds));
  return range;
}

/// As few parts as the limit allows, all of one length, in whole frames of the output.
std::vector<TimePart> even_parts(double seconds, Rational frame_rate, const Rules& rules) {
  const double count = std::ceil(seconds / trimmed_length_s(rules));
  const double frames = std::ceil(seconds * frame_rate.value() / count);
  const double length = frames / frame_rate.value();
  std::vector<TimePart> parts;
  for (double i = 0; i < count; ++i) {
    parts.push_back({us_of(i * length), us_of(std::min((i + 1) * length, seconds))});
  }
  return parts;
}

Result<TimeRange> shortened(double seconds, Rational frame_rate, const Rules& rules, TooLong choice) {
  constexpr const char* kRule = "video.duration_max";
  const std::string fact =
      fmt::format("lasts {}, and the longest allowed is {}", text_of(seconds), text_of(rules.number(kRule)));
  if (choice == TooLong::kRefuse) {
    return fail(about_length(ErrorCode::kNotCompliant, rules, kRule, seconds, "the video " + fact,
                             "--too-long trim or --too-long split"));
  }
  TimeRange range;
  if (choice == TooLong::kSplit) {
    range.parts = even_parts(seconds, frame_rate, rules);
    range.output_duration_us = us_of(seconds);
    range.note = fmt::format("split into {} parts", range.parts.size());
    return range;
  }
  const double end = trimmed_length_s(rules);
  range.end_us = range.output_duration_us = us_of(end);
  range.note = fmt::format("trimmed from {} to {}", text_of(seconds), text_of(end));
  return range;
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
  if (seconds > rules.number("video.duration_max")) return shortened(seconds, frame_rate, rules, options.too_long);
  TimeRange whole;
  whole.output_duration_us = *duration_us;
  return whole;
}

std::int64_t longest_part_us(const Rules& rules) { return us_of(trimmed_length_s(rules)); }

std::vector<TimePart> parts_at(const std::vector<std::int64_t>& clean_starts_us, std::int64_t duration_us,
                               std::int64_t shortest_us, std::int64_t longest_us) {
  const std::int64_t count = (duration_us + longest_us - 1) / std::max<std::int64_t>(longest_us, 1);
  // Key frames rarely stand where even parts would end: a part or two more leaves room.
  for (std::int64_t tries = count; tries <= count + 2; ++tries) {
    std::vector<TimePart> parts;
    std::int64_t start = 0;
    for (std::int64_t i = 1; i < tries; ++i) {
      const std::int64_t wanted = duration_us * i / tries;
      const auto inside = [&](std::int64_t at) { return at - start >= shortest_us && at - start <= longest_us; };
      std::optional<std::int64_t> best;
      for (const std::int64_t at : clean_starts_us) {
        if (inside(at) && (!best || std::abs(at - wanted) < std::abs(*best - wanted))) best = at;
      }
      if (!best) break;
      parts.push_back({start, *best});
      start = *best;
    }
    parts.push_back({start, duration_us});
    const std::int64_t last = duration_us - start;
    if (static_cast<std::int64_t>(parts.size()) == tries && last >= shortest_us && last <= longest_us) return parts;
  }
  return {};
}

TimeRange kept_off_the_limits(TimeRange range, Rational frame_rate, const Rules& rules) {
  if (range.lengthens() || range.cuts()) return range;
  const double seconds = seconds_of(range.output_duration_us);
  const double least = rules.number("video.duration_min") + 1 / frame_rate.value();
  if (seconds < least) {
    const double held = held_length_s(frame_rate, rules);
    range.hold_to_us = range.output_duration_us = us_of(held);
    range.note = fmt::format("the last frame is held to {}", text_of(held));
  } else if (seconds > trimmed_length_s(rules)) {
    const double end = trimmed_length_s(rules);
    range.end_us = range.output_duration_us = us_of(end);
    range.note = fmt::format("ends at {}, safely inside the limit", text_of(end));
  }
  return range;
}

}  // namespace tokprep
