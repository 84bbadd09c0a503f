#include "pipeline/frame_rate.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <vector>

namespace tokprep {
namespace {

constexpr FrameRateRange kPermitted{23, 60};

FrameTiming constant(Rational rate) { return {300, rate, true, {}, {}, {}, {}}; }

FrameTiming variable(std::optional<Rational> rate, std::optional<std::int64_t> shortest_gap_us) {
  return {300, rate, false, shortest_gap_us, {}, {}, {}};
}

struct ConstantCase {
  Rational source, output;
};

class ConstantRate : public testing::TestWithParam<ConstantCase> {};

TEST_P(ConstantRate, BecomesTheNearestEvenRate) {
  EXPECT_EQ(output_frame_rate(constant(GetParam().source), kPermitted), GetParam().output)
      << to_text(GetParam().source) << " -> " << to_text(output_frame_rate(constant(GetParam().source), kPermitted));
}

INSTANTIATE_TEST_SUITE_P(Kept, ConstantRate,
                         testing::ValuesIn(std::vector<ConstantCase>{{{24000, 1001}, {24000, 1001}},
                                                                     {{24, 1}, {24, 1}},
                                                                     {{25, 1}, {25, 1}},
                                                                     {{30000, 1001}, {30000, 1001}},
                                                                     {{30, 1}, {30, 1}},
                                                                     {{50, 1}, {50, 1}},
                                                                     {{60000, 1001}, {60000, 1001}},
                                                                     {{60, 1}, {60, 1}},
                                                                     {{28, 1}, {28, 1}},
                                                                     {{23, 1}, {23, 1}}}));
INSTANTIATE_TEST_SUITE_P(Fast, ConstantRate,
                         testing::ValuesIn(std::vector<ConstantCase>{{{120, 1}, {60, 1}},
                                                                     {{240, 1}, {60, 1}},
                                                                     {{90, 1}, {45, 1}},
                                                                     {{100, 1}, {50, 1}},
                                                                     {{144, 1}, {48, 1}},
                                                                     {{120000, 1001}, {60000, 1001}},
                                                                     {{3001, 50}, {60, 1}},  // 60.02: a fast clock
                                                                     {{6006, 100}, {60, 1}},
                                                                     {{600, 1}, {60, 1}}}));
INSTANTIATE_TEST_SUITE_P(Slow, ConstantRate,
                         testing::ValuesIn(std::vector<ConstantCase>{{{15, 1}, {30, 1}},
                                                                     {{12, 1}, {24, 1}},
                                                                     {{10, 1}, {30, 1}},
                                                                     {{5, 1}, {25, 1}},
                                                                     {{1, 1}, {23, 1}},
                                                                     {{22, 1}, {44, 1}},
                                                                     {{8797, 1000}, {26391, 1000}},
                                                                     {{15000, 1001}, {30000, 1001}}}));

struct VariableCase {
  const char* name;
  std::optional<Rational> rate;
  std::optional<std::int64_t> shortest_gap_us;
  Rational output;
};

class VariableRate : public testing::TestWithParam<VariableCase> {};

TEST_P(VariableRate, BecomesTheRateItWasTakenAt) {
  const VariableCase& c = GetParam();
  const Rational output = output_frame_rate(variable(c.rate, c.shortest_gap_us), kPermitted);
  EXPECT_EQ(output, c.output) << to_text(output);
}

INSTANTIATE_TEST_SUITE_P(Sources, VariableRate,
                         testing::ValuesIn(std::vector<VariableCase>{
                             {"thirty_with_drops", Rational{2803, 100}, 33333, {30, 1}},
                             {"thirty_dark", Rational{254, 10}, 33333, {30, 1}},
                             {"sixty_with_drops", Rational{5826, 100}, 16667, {60, 1}},
                             {"ntsc_in_milliseconds", Rational{30000, 1001}, 33000, {30000, 1001}},
                             {"film_in_milliseconds", Rational{24000, 1001}, 41000, {24000, 1001}},
                             {"slow_motion_playback", Rational{1332, 100}, 33333, {30, 1}},
                             {"slow_motion_capture", Rational{120, 1}, 8333, {60, 1}},
                             {"part_slow_motion", Rational{70, 1}, 4167, {60, 1}},
                             {"stray_near_twin", Rational{25, 1}, 1000, {25, 1}},
                             {"stray_short_gap", Rational{25, 1}, 17000, {25, 1}},
                             {"webcam_jitter", Rational{15, 1}, 50000, {30, 1}},
                             {"dark_webcam", Rational{8, 1}, 66667, {30, 1}},
                             {"ten_and_a_half", Rational{1051, 100}, 90000, {30, 1}},
                             {"gap_unknown", Rational{2803, 100}, std::nullopt, {30000, 1001}},
                             {"mean_unknown", std::nullopt, 40000, {25, 1}},
                             {"nothing_known", std::nullopt, std::nullopt, {30, 1}}}),
                         [](const auto& row) { return row.param.name; });

TEST(FrameRate, StaysInsideWhateverComes) {
  std::mt19937 random(7);
  std::uniform_int_distribution<std::int64_t> numerator(1, 5'000'000), denominator(1, 200'000), gap(0, 400'000);
  for (const FrameRateRange range : {kPermitted, FrameRateRange{25, 30}, FrameRateRange{31, 33}}) {
    for (int i = 0; i < 5000; ++i) {
      FrameTiming timing = variable(Rational{numerator(random), denominator(random)}, gap(random));
      timing.constant = i % 2 == 0;
      const Rational rate = output_frame_rate(timing, range);
      EXPECT_GE(rate.value(), range.min_fps) << to_text(*timing.rate) << " -> " << to_text(rate);
      EXPECT_LE(rate.value(), range.max_fps) << to_text(*timing.rate) << " -> " << to_text(rate);
      EXPECT_LE(rate.num, 1'000'000) << to_text(*timing.rate);
      EXPECT_LE(rate.den, 1'000'000) << to_text(*timing.rate);
    }
  }
}

TEST(FrameRate, ZeroIsNoRate) {
  EXPECT_EQ(output_frame_rate(constant({0, 1}), kPermitted), (Rational{30, 1}));
  EXPECT_EQ(output_frame_rate(constant({30, 0}), kPermitted), (Rational{30, 1}));
}

}  // namespace
}  // namespace tokprep
