// How the rewriter tells time: offsets, edits, coarse clocks, sound that begins elsewhere than the picture.
#include <gmock/gmock.h>

#include "tests/unit/mp4_rewrite_fixture.h"

namespace tokprep::mp4 {
namespace {

using namespace test::mp4_bytes;
using test::Mp4Rewrite;
using testing::ElementsAre;
using testing::HasSubstr;

/// Presentation times of the picture of the finished file, in frames.
std::vector<double> frame_places(const Mp4Index& index, double ticks_a_frame) {
  std::vector<double> places;
  const auto shown = presentation_times(index.tracks[0], index);
  if (!shown) return places;
  for (const auto& frame : shown->frames) places.push_back(static_cast<double>(frame.pts) / ticks_a_frame);
  return places;
}

const std::vector<double> kReordered{0, 3, 1, 2, 6, 4, 5, 9, 7, 8, 10, 11};

/// Decoding order I P B B …, two frames ahead.
MovieFile reordered_file() {
  MovieFile file;
  file.tracks[0].offsets.clear();
  for (std::size_t i = 0; i < kReordered.size(); ++i) {
    file.tracks[0].offsets.push_back({1, static_cast<std::uint32_t>((kReordered[i] - double(i) + 2) * 512)});
  }
  file.tracks[0].edits = {EditRow{400, 1024}};
  return file;
}

TEST_F(Mp4Rewrite, ReorderedFramesKeepTheirEdit) {
  output_of(reordered_file());
  const Mp4Index index = output_index();
  EXPECT_EQ(frame_places(index, 512), kReordered);
  ASSERT_EQ(index.tracks[0].edits.size(), 1U);
  EXPECT_EQ(index.tracks[0].edits[0].media_time, 1024);
  EXPECT_FALSE(has_unusual_edits(index.tracks[0], index));
}

TEST_F(Mp4Rewrite, ReorderingWithoutAnEditBecomesOne) {
  MovieFile file = reordered_file();
  file.tracks[0].edits.clear();
  request_.start_us = 66'667;  // where the source shows its first frame
  output_of(file);
  const Mp4Index index = output_index();
  EXPECT_EQ(frame_places(index, 512), kReordered);
  // The sound begins that much earlier, and is skipped as priming is: 66.667 ms at 48 kHz.
  ASSERT_EQ(index.tracks[1].edits.size(), 1U);
  EXPECT_EQ(index.tracks[1].edits[0].media_time, 3200);
  EXPECT_FALSE(has_unusual_edits(index.tracks[1], index));
}

TEST_F(Mp4Rewrite, ACommonDelayIsTakenOff) {
  MovieFile file = reordered_file();
  file.tracks[0].edits = {EditRow{10'000, -1}, EditRow{400, 1024}};
  file.tracks[1].edits = {EditRow{9'980, -1}, EditRow{0, 1024}};
  request_.start_us = 10'000'000;
  output_of(file);
  const Mp4Index index = output_index();
  EXPECT_EQ(frame_places(index, 512), kReordered);
  ASSERT_EQ(index.tracks[1].edits.size(), 1U);
  EXPECT_EQ(index.tracks[1].edits[0].media_time, 1024 + 20 * 48);  // the sound began 20 ms before
  EXPECT_FALSE(has_unusual_edits(index.tracks[1], index));
}

TEST_F(Mp4Rewrite, OffsetsBelowZeroAreRaised) {
  MovieFile file = reordered_file();
  for (auto& [count, offset] : file.tracks[0].offsets) offset -= 1024;
  file.tracks[0].edits.clear();
  output_of(file);
  const Mp4Index index = output_index();
  EXPECT_EQ(frame_places(index, 512), kReordered);
  for (const auto& run : index.tracks[0].samples.composition_offsets) EXPECT_GE(run.value, 0);
}

TEST_F(Mp4Rewrite, CoarseClocksGoToTheExactRate) {
  MovieFile file = reordered_file();
  file.tracks[0].timescale = 600;
  file.tracks[0].durations = {{12, 20}};
  // 30000/1001 frames a second, each rounded to its six-hundredth.
  for (std::size_t i = 0; i < kReordered.size(); ++i) {
    const auto shown = static_cast<std::int64_t>(kReordered[i] * 600 * 1001 / 30000 + 0.5);
    file.tracks[0].offsets[i].second = static_cast<std::uint32_t>(shown + 40 - std::int64_t(i) * 20);
  }
  file.tracks[0].edits = {EditRow{0, 40}};
  request_.frame_rate = {30000, 1001};
  output_of(file);
  const Mp4Index index = output_index();
  EXPECT_EQ(index.tracks[0].timescale, 30000U);
  EXPECT_EQ(index.tracks[0].samples.duration(), 12 * 1001);
  EXPECT_EQ(frame_places(index, 1001), kReordered);
  EXPECT_FALSE(has_unusual_edits(index.tracks[0], index));
}

TEST_F(Mp4Rewrite, CoarseClocksWithAGapAreDeclined) {
  MovieFile file;
  file.tracks[0].timescale = 600;
  file.tracks[0].durations = {{6, 20}, {1, 60}, {5, 20}};
  EXPECT_THAT(rewritten(file.bytes()).declined, HasSubstr("not one at each place"));
}

TEST_F(Mp4Rewrite, PrimingAndPaddingStayCutOff) {
  MovieFile file;
  file.timescale = 48000;
  file.tracks[1].edits = {EditRow{18'900, 1024}};
  output_of(file);
  const Mp4Index index = output_index();
  ASSERT_EQ(index.tracks[1].edits.size(), 1U);
  EXPECT_EQ(index.tracks[1].edits[0].media_time, 1024);
  EXPECT_EQ(presented_span(index.tracks[1], index)->start, 0);
  EXPECT_EQ(presented_span(index.tracks[1], index)->end, 18'900);
}

TEST_F(Mp4Rewrite, SoundALittleLateIsTakenBack) {
  MovieFile file;
  request_.start_us = -900;
  // Both would begin 0.9 ms late; a picture may not.
  EXPECT_THAT(rewritten(file.bytes()).declined, HasSubstr("picture does not begin at 0"));
  file.tracks[0].durations = {{12, 512}};
  file.tracks[0].offsets = {{12, static_cast<std::uint32_t>(-14)}};
  request_.start_us = -911;  // 14 of 15360 a second
  output_of(file);
  const Mp4Index index = output_index();
  EXPECT_EQ(presented_span(index.tracks[0], index)->start, 0);
  EXPECT_TRUE(index.tracks[1].edits.empty());
}

TEST_F(Mp4Rewrite, SoundFarFromThePictureIsDeclined) {
  MovieFile file;
  file.tracks[0].offsets = {{12, 1536}};  // 100 ms: more than priming
  request_.start_us = 100'000;
  EXPECT_THAT(rewritten(file.bytes()).declined, HasSubstr("sound begins long before its picture"));
  file.tracks[0].offsets = {{12, static_cast<std::uint32_t>(-1536)}};
  request_.start_us = -100'000;
  EXPECT_THAT(rewritten(file.bytes()).declined, HasSubstr("sound begins late"));
}

TEST_F(Mp4Rewrite, MicrosecondsAreEnoughForFineClocks) {
  MovieFile file;
  file.tracks[0].timescale = 10'000'000;
  file.tracks[0].durations = {{12, 333'333}};
  file.tracks[0].offsets = {{12, 666'664}};  // 66 666.4 µs
  request_.start_us = 66'666;
  output_of(file);
  const Mp4Index index = output_index();
  EXPECT_EQ(presented_span(index.tracks[0], index)->start, 0);
}

TEST_F(Mp4Rewrite, LanguageIsKeptAndQuickTimesOwnIsNot) {
  MovieFile file;
  file.tracks[1].language = 0x1234;  // below it QuickTime numbers languages
  file.tracks[0].language = 11;
  const std::string output = output_of(file);
  EXPECT_THAT(output, HasSubstr(u32(48000) + u32(20 * 1024) + number(0x1234, 2) + number(0, 2)));
  EXPECT_THAT(output, HasSubstr(u32(15360) + u32(12 * 512) + number(0x55C4, 2) + number(0, 2)));
}

}  // namespace
}  // namespace tokprep::mp4
