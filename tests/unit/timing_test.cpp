#include "codecs/av/timing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <ostream>

namespace tokprep::av {
namespace {

/// `count` frames of an exact rate, as a clock of `time_base` writes them down.
FrameTimes recorded(Rational rate, int count, Rational time_base) {
  FrameTimes times;
  times.time_base = time_base;
  for (int i = 0; i < count; ++i) {
    const double seconds = i / rate.value();
    times.frames.push_back({std::llround(seconds / time_base.value()), i == 0});
  }
  return times;
}

FrameTimes from_gaps(const std::vector<std::int64_t>& gaps, Rational time_base) {
  FrameTimes times;
  times.time_base = time_base;
  times.frames.push_back({0, true});
  for (const auto gap : gaps) times.frames.push_back({times.frames.back().pts + gap, false});
  return times;
}

struct RecordedCase {
  const char* name;
  Rational rate;
  int count;
  Rational time_base;
};
std::ostream& operator<<(std::ostream& out, const RecordedCase& test) { return out << test.name; }

class RecordedRate : public testing::TestWithParam<RecordedCase> {};

TEST_P(RecordedRate, IsFoundAgainAsConstant) {
  const auto& [name, rate, count, time_base] = GetParam();
  const FrameTiming timing = measure_timing(recorded(rate, count, time_base));
  EXPECT_TRUE(timing.constant);
  ASSERT_TRUE(timing.rate);
  EXPECT_EQ(to_text(*timing.rate), to_text(rate));
  EXPECT_EQ(timing.frames, count);
}

INSTANTIATE_TEST_SUITE_P(Clocks, RecordedRate,
                         testing::Values(RecordedCase{"film on 90 kHz", {24000, 1001}, 300, {1, 90000}},
                                         RecordedCase{"24 on 90 kHz", {24, 1}, 300, {1, 90000}},
                                         RecordedCase{"25 on its own clock", {25, 1}, 10, {1, 25}},
                                         RecordedCase{"29.97 on milliseconds", {30000, 1001}, 900, {1, 1000}},
                                         RecordedCase{"30 on milliseconds", {30, 1}, 900, {1, 1000}},
                                         RecordedCase{"23.976 on milliseconds", {24000, 1001}, 900, {1, 1000}},
                                         RecordedCase{"59.94 on milliseconds", {60000, 1001}, 900, {1, 1000}},
                                         RecordedCase{"60 on milliseconds", {60, 1}, 900, {1, 1000}},
                                         RecordedCase{"120 on milliseconds", {120, 1}, 900, {1, 1000}},
                                         RecordedCase{"240 on milliseconds", {240, 1}, 900, {1, 1000}},
                                         RecordedCase{"two frames on milliseconds", {30, 1}, 2, {1, 1000}},
                                         RecordedCase{"60 on QuickTime's 600", {60, 1}, 100, {1, 600}},
                                         RecordedCase{"29.97 on QuickTime's 600", {30000, 1001}, 300, {1, 600}},
                                         RecordedCase{"12.5", {25, 2}, 50, {1, 1000}},
                                         RecordedCase{"10", {10, 1}, 50, {1, 10240}},
                                         RecordedCase{"50 on microseconds", {50, 1}, 500, {1, 1000000}}));

TEST(Timing, MillisecondsStayMillisecondsOnAFinerClock) {
  FrameTimes times = recorded({30, 1}, 300, {1, 1000});
  for (auto& frame : times.frames) frame.pts *= 16;
  times.time_base = {1, 16000};
  const FrameTiming timing = measure_timing(times);
  EXPECT_TRUE(timing.constant);
  EXPECT_EQ(*timing.rate, (Rational{30, 1}));
}

TEST(Timing, JitterOfMillisecondsOnAFineClockIsNotConstant) {
  std::vector<std::int64_t> gaps(30, 1500);
  gaps[5] = 1590;
  gaps[6] = 1410;
  const FrameTiming timing = measure_timing(from_gaps(gaps, {1, 90000}));
  EXPECT_FALSE(timing.constant);
  EXPECT_EQ(*timing.rate, (Rational{60, 1}));
  EXPECT_EQ(timing.shortest_gap_us, 15667);
  EXPECT_EQ(timing.longest_gap_us, 17667);
}

TEST(Timing, DroppedFramesKeepTheRateOfTheRest) {
  std::vector<std::int64_t> gaps(100, 3003);
  for (const std::size_t dropped : {10U, 40U, 41U, 77U}) gaps[dropped] = 6006;
  const FrameTiming timing = measure_timing(from_gaps(gaps, {1, 90000}));
  EXPECT_FALSE(timing.constant);
  EXPECT_EQ(*timing.rate, (Rational{30000, 1001}));
}

TEST(Timing, WithoutAMajorityTheMeanCounts) {
  const FrameTiming timing = measure_timing(from_gaps({100, 200, 300, 400, 500, 600}, {1, 1000}));
  EXPECT_FALSE(timing.constant);
  EXPECT_EQ(*timing.rate, (Rational{20, 7}));
}

TEST(Timing, ARateAboveAStandardOneIsNotSnappedDownToIt) {
  const FrameTiming timing = measure_timing(from_gaps(std::vector<std::int64_t>(600, 50), {1, 3001}));
  EXPECT_TRUE(timing.constant);
  EXPECT_EQ(*timing.rate, (Rational{3001, 50}));  // 60.02
}

TEST(Timing, ARateJustBelowAStandardOneIsThatOne) {
  const FrameTiming timing = measure_timing(from_gaps(std::vector<std::int64_t>(600, 3001), {1, 90000}));
  EXPECT_EQ(*timing.rate, (Rational{30, 1}));  // 29.99
}

TEST(Timing, AnOddRateStaysExact) {
  const FrameTiming timing = measure_timing(from_gaps(std::vector<std::int64_t>(45, 2000), {1, 17594}));
  EXPECT_TRUE(timing.constant);
  EXPECT_EQ(*timing.rate, (Rational{8797, 1000}));
}

TEST(Timing, AClockTooCoarseForTheRateIsNotConstant) {
  const FrameTiming timing = measure_timing(from_gaps({1, 1, 1, 2, 1, 1, 1, 2}, {1, 25}));
  EXPECT_FALSE(timing.constant);
  EXPECT_EQ(*timing.rate, (Rational{20, 1}));
}

TEST(Timing, OrderAndRepeatsDoNotMatter) {
  FrameTimes times;
  times.time_base = {1, 25};
  times.frames = {{0, true}, {3, false}, {1, false}, {2, false}, {2, false}, {4, true}, {4, false}};
  const FrameTiming timing = measure_timing(times);
  EXPECT_EQ(timing.frames, 5);
  EXPECT_TRUE(timing.constant);
  EXPECT_EQ(*timing.rate, (Rational{25, 1}));
  EXPECT_EQ(timing.longest_key_gap_us, 160'000);
}

TEST(Timing, KeyGapsIncludeBothEnds) {
  FrameTimes times = recorded({10, 1}, 100, {1, 10});
  for (auto& frame : times.frames) frame.key = frame.pts == 30 || frame.pts == 50;
  times.end = 100;
  EXPECT_EQ(measure_timing(times).longest_key_gap_us, 5'000'000);
  for (auto& frame : times.frames) frame.key = frame.pts == 80;
  EXPECT_EQ(measure_timing(times).longest_key_gap_us, 8'000'000);
  for (auto& frame : times.frames) frame.key = false;
  EXPECT_EQ(measure_timing(times).longest_key_gap_us, 10'000'000);
}

TEST(Timing, OneFrameHasNoRate) {
  FrameTimes times;
  times.time_base = {1, 12800};
  times.frames = {{0, true}};
  times.end = 512;
  const FrameTiming timing = measure_timing(times);
  EXPECT_EQ(timing.frames, 1);
  EXPECT_FALSE(timing.rate);
  EXPECT_FALSE(timing.constant);
  EXPECT_FALSE(timing.longest_gap_us);
  EXPECT_EQ(timing.longest_key_gap_us, 40'000);
}

TEST(Timing, NoFrames) {
  const FrameTiming timing = measure_timing({{}, true, std::nullopt, {1, 1000}});
  EXPECT_EQ(timing.frames, 0);
  EXPECT_FALSE(timing.rate);
  EXPECT_FALSE(timing.longest_key_gap_us);
}

TEST(MeasuredRate, OfSoftPulldownIsTheFilms) {
  std::vector<std::int64_t> gaps;  // 90 kHz: three fields of 1501.5 ticks, then two
  for (int i = 0; i < 149; ++i) gaps.push_back(i % 2 == 0 ? 4504 + i % 4 / 2 : 3003);
  const FrameTiming timing = measure_timing(from_gaps(gaps, {1, 90000}));
  EXPECT_EQ(to_text(*timing.rate), "24000/1001");
  EXPECT_FALSE(timing.constant);
}

TEST(MeasuredRate, WithASecondDurationNowAndThenIsThatOfMost) {
  std::vector<std::int64_t> gaps;
  for (int i = 0; i < 100; ++i) gaps.push_back(i % 3 == 0 ? 4500 : 3000);
  EXPECT_EQ(to_text(*measure_timing(from_gaps(gaps, {1, 90000})).rate), "30");
}

FrameTimes long_stream(const std::vector<FrameTime>& group, std::int64_t step) {
  FrameTimes times;
  times.time_base = {1, 10};
  for (std::int64_t start = 7; start < 7 + 3010; start += step) {
    for (const FrameTime& frame : group) times.frames.push_back({start + frame.pts, frame.key});
  }
  return times;
}

TEST(CleanStarts, AreKeyFramesThatPartTheFile) {
  const auto starts_us = measure_timing(long_stream({{0, true}, {2, false}, {1, false}}, 3)).clean_starts_us;
  ASSERT_EQ(starts_us.size(), 502U);
  EXPECT_EQ(starts_us[0], 0);  // counted from the first frame, whatever its time
  EXPECT_EQ(starts_us[1], 600'000) << "half a second apart, as hours of key frames alone would fill a certificate";
}

TEST(CleanStarts, LeaveOutKeyFramesWithLeadingPictures) {
  EXPECT_EQ(measure_timing(long_stream({{2, true}, {0, false}, {1, false}}, 3)).clean_starts_us.size(), 0U);
}

TEST(CleanStarts, LeaveOutKeyFramesThatALaterPictureFollows) {
  // The last picture of each group is shown after the next key frame.
  const auto starts_us = measure_timing(long_stream({{0, true}, {4, false}, {2, false}}, 3)).clean_starts_us;
  EXPECT_EQ(starts_us, std::vector<std::int64_t>{0});
}

TEST(CleanStarts, AreListedForLongStreamsWithKnownOrderOnly) {
  FrameTimes times = long_stream({{0, true}, {1, false}, {2, false}}, 3);
  times.order_known = false;
  EXPECT_TRUE(measure_timing(times).clean_starts_us.empty());
  times.order_known = true;
  times.frames.resize(3000);
  EXPECT_TRUE(measure_timing(times).clean_starts_us.empty());
}

}  // namespace
}  // namespace tokprep::av
