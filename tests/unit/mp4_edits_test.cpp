#include <gtest/gtest.h>

#include "codecs/mp4/mp4_index.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/mp4_bytes.h"

namespace tokprep::mp4 {
namespace {

using test::mp4_bytes::EditRow;
using test::mp4_bytes::TrackBytes;

constexpr std::uint32_t kMovieTimescale = 600;

/// The index of a file with this one track.
mp4::Mp4Index index_with(const TrackBytes& track, std::uint32_t movie_timescale = kMovieTimescale) {
  const test::TempFolder folder;
  const std::string moov = test::mp4_bytes::box("moov", test::mp4_bytes::mvhd(movie_timescale, 0) + track.trak());
  return read_index(folder.file("clip.mp4", test::mp4_bytes::ftyp() + moov)).value();
}

std::vector<std::int64_t> times_of(const Presentation& shown) {
  std::vector<std::int64_t> times;
  for (const auto& frame : shown.frames) times.push_back(frame.pts);
  return times;
}

/// Ten frames of 20 ticks, the first shown 40 after its decoding time.
TrackBytes reordered() {
  TrackBytes track;
  track.offsets = {{1, 40}, {1, 100}, {1, 40}, {1, 0}, {1, 20}, {5, 40}};
  return track;
}

TEST(Mp4Edits, WithoutEditsCompositionTimesCount) {
  const auto index = index_with(TrackBytes{});
  const auto shown = presentation_times(index.tracks[0], index);
  ASSERT_TRUE(shown);
  EXPECT_EQ(times_of(*shown), (std::vector<std::int64_t>{0, 20, 40, 60, 80, 100, 120, 140, 160, 180}));
  EXPECT_EQ(shown->end, 200);
  EXPECT_TRUE(shown->frames[0].key);
  EXPECT_FALSE(shown->frames[1].key);
  EXPECT_FALSE(has_unusual_edits(index.tracks[0], index));
}

TEST(Mp4Edits, NoTableOfKeysMakesEverySampleOne) {
  TrackBytes track;
  track.keys.clear();
  const auto index = index_with(track);
  const auto times = presentation_times(index.tracks[0], index);
  ASSERT_TRUE(times);
  for (const auto& frame : times->frames) EXPECT_TRUE(frame.key);
}

TEST(Mp4Edits, OneEditTakesBackTheReorderingDelay) {
  TrackBytes track = reordered();
  track.edits = {EditRow{200, 40}};
  const auto index = index_with(track);
  const auto shown = presentation_times(index.tracks[0], index);
  ASSERT_TRUE(shown);
  EXPECT_EQ(times_of(*shown), (std::vector<std::int64_t>{0, 80, 40, 20, 60, 100, 120, 140, 160, 180}));
  EXPECT_EQ(shown->end, 200);
  EXPECT_FALSE(has_unusual_edits(index.tracks[0], index));
}

TEST(Mp4Edits, NegativeOffsetsAreNegative) {
  TrackBytes track;
  track.offsets = {{1, 20}, {1, static_cast<std::uint32_t>(-20)}, {8, 0}};
  const auto index = index_with(track);
  const auto times = times_of(*presentation_times(index.tracks[0], index));
  EXPECT_EQ(times[0], 20);
  EXPECT_EQ(times[1], 0);
}

TEST(Mp4Edits, ALeadingEmptyEditDelays) {
  TrackBytes track;
  track.edits = {EditRow{6000, -1}, EditRow{200, 0}};
  const auto index = index_with(track);
  const auto shown = presentation_times(index.tracks[0], index);
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->frames.front().pts, 6000);
  EXPECT_EQ(shown->end, 6200);
  EXPECT_EQ(presented_span(index.tracks[0], index)->start, 6000);
  EXPECT_TRUE(has_unusual_edits(index.tracks[0], index));
}

TEST(Mp4Edits, AnEditInsideTheMediaLeavesFramesOut) {
  TrackBytes track;
  track.edits = {EditRow{90, 45}};  // from inside frame 2 to inside frame 6
  const auto index = index_with(track);
  const auto shown = presentation_times(index.tracks[0], index);
  ASSERT_TRUE(shown);
  EXPECT_EQ(times_of(*shown), (std::vector<std::int64_t>{0, 20, 40, 60}));
  EXPECT_EQ(shown->end, 80);
  EXPECT_TRUE(has_unusual_edits(index.tracks[0], index));
}

TEST(Mp4Edits, AnEditEndsALongLastFrame) {
  TrackBytes track;
  track.durations = {{9, 20}, {1, 5000}};
  track.edits = {EditRow{190, 0}};
  const auto index = index_with(track);
  EXPECT_EQ(presentation_times(index.tracks[0], index)->end, 190);
  EXPECT_TRUE(has_unusual_edits(index.tracks[0], index));
}

TEST(Mp4Edits, TheMoviesCoarseClockCutsNothing) {
  TrackBytes track;
  track.timescale = 30000;
  track.durations = {{10, 1001}};
  track.edits = {EditRow{333, 0}};  // milliseconds; the media lasts 333.67
  const auto index = index_with(track, 1000);
  EXPECT_EQ(presentation_times(index.tracks[0], index)->end, 10010);
  EXPECT_FALSE(has_unusual_edits(index.tracks[0], index));
}

TEST(Mp4Edits, OddListsAreLeftToOthers) {
  const std::vector<std::vector<EditRow>> lists{
      {{100, 0}, {100, 100}},            // two stretches of media
      {{100, 0, 0x20000}},               // at double speed
      {{100, -1}, {100, -1}, {100, 0}},  // two gaps
      {{100, -1}},                       // nothing but a gap
      {{100, -2}},                       // no such time
  };
  for (const auto& edits : lists) {
    TrackBytes track;
    track.edits = edits;
    const auto index = index_with(track);
    EXPECT_FALSE(presentation_times(index.tracks[0], index));
    EXPECT_FALSE(presented_span(index.tracks[0], index));
    EXPECT_TRUE(has_unusual_edits(index.tracks[0], index));
  }
}

/// 100 frames of AAC at 48 kHz.
TrackBytes sound(EditRow edit) {
  TrackBytes track;
  track.handler = "soun";
  track.timescale = 48000;
  track.durations = {{100, 1024}};
  track.sizes.assign(100, 10);
  track.keys.clear();
  track.edits = {edit};
  return track;
}

struct SoundCase {
  const char* name;
  EditRow edit;
  bool unusual;
  std::int64_t start, end;
};

class Mp4SoundEdits : public testing::TestWithParam<SoundCase> {};

TEST_P(Mp4SoundEdits, PrimingAndPaddingAreNoEdits) {
  const SoundCase& test = GetParam();
  const auto index = index_with(sound(test.edit), 48000);
  EXPECT_EQ(has_unusual_edits(index.tracks[0], index), test.unusual) << test.name;
  const auto span = presented_span(index.tracks[0], index);
  ASSERT_TRUE(span);
  EXPECT_EQ(span->start, test.start);
  EXPECT_EQ(span->end, test.end);
}

INSTANTIATE_TEST_SUITE_P(Sound, Mp4SoundEdits,
                         testing::Values(SoundCase{"all", {102400, 0}, false, 0, 102400},
                                         SoundCase{"priming", {101376, 1024}, false, 0, 101376},
                                         SoundCase{"to the end", {0, 2112}, false, 0, 100288},
                                         SoundCase{"padding", {100800, 1024}, false, 0, 100800},
                                         SoundCase{"a later start", {98000, 4400}, true, 0, 98000},
                                         SoundCase{"cut short", {48000, 1024}, true, 0, 48000}));

}  // namespace
}  // namespace tokprep::mp4
