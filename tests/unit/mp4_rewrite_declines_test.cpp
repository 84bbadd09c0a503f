// What the rewriter leaves to others, and that no damage is too much for it.
#include <gmock/gmock.h>

#include <functional>
#include <random>

#include "tests/unit/mp4_rewrite_fixture.h"

namespace tokprep::mp4 {
namespace {

using namespace test::mp4_bytes;
using test::Mp4Rewrite;
using testing::HasSubstr;

struct DeclineCase {
  const char* name;
  std::function<void(MovieFile&)> change;
  const char* reason;
};

class Mp4Declines : public Mp4Rewrite, public testing::WithParamInterface<DeclineCase> {};

TEST_P(Mp4Declines, WithAReasonAndNoOutput) {
  MovieFile file;
  GetParam().change(file);
  EXPECT_THAT(rewritten(file.bytes()).declined, HasSubstr(GetParam().reason)) << GetParam().name;
  EXPECT_FALSE(std::filesystem::exists(request_.output));
}

MovieTrack& picture_of(MovieFile& file) { return file.tracks[0]; }
MovieTrack& sound_of(MovieFile& file) { return file.tracks[1]; }

INSTANTIATE_TEST_SUITE_P(
    Movies, Mp4Declines,
    testing::Values(
        DeclineCase{"turned track", [](MovieFile& f) { picture_of(f).turn = 0; }, "turned"},
        DeclineCase{"turned movie", [](MovieFile& f) { f.turn = 0xFFFF0000; }, "turned"},
        DeclineCase{"two descriptions",
                    [](MovieFile& f) {
                      picture_of(f).entries += picture_of(f).entries;
                      picture_of(f).entry_count = 2;
                    },
                    "2 sample descriptions"},
        DeclineCase{"second description", [](MovieFile& f) { picture_of(f).description = 2; }, "several descriptions"},
        DeclineCase{"another file", [](MovieFile& f) { picture_of(f).data_reference = full_box("url ", "film"); },
                    "another file"},
        DeclineCase{"same number twice", [](MovieFile& f) { sound_of(f).id = 1; }, "2 tracks have the number 1"},
        DeclineCase{"no such track", [](MovieFile& f) { sound_of(f).id = 9; }, "0 tracks have the number 2"},
        DeclineCase{"sound for a picture", [](MovieFile& f) { picture_of(f).handler = "soun"; }, "no video track"},
        DeclineCase{"picture for a sound", [](MovieFile& f) { sound_of(f).handler = "vide"; }, "no sound track"},
        DeclineCase{"two stretches",
                    [](MovieFile& f) {
                      picture_of(f).edits = {{100, 0}, {100, 100}};
                    },
                    "edit list"},
        DeclineCase{"late start",
                    [](MovieFile& f) {
                      picture_of(f).edits = {{100, -1}, {400, 0}};
                    },
                    "begin at 0"},
        DeclineCase{"two gaps",
                    [](MovieFile& f) {
                      picture_of(f).edits = {{9, -1}, {9, -1}, {400, 0}};
                    },
                    "edit list"},
        DeclineCase{"cut end",
                    [](MovieFile& f) {
                      picture_of(f).edits = {{100, 0}};
                    },
                    "edit list"},
        DeclineCase{"partial keys", [](MovieFile& f) { picture_of(f).more_tables = list("stps", {3}); }, "partial key"},
        DeclineCase{"keys past the end",
                    [](MovieFile& f) {
                      picture_of(f).keys = {1, 13};
                    },
                    "stss"},
        DeclineCase{"too few times",
                    [](MovieFile& f) {
                      picture_of(f).durations = {{11, 512}};
                    },
                    "11 a time"},
        DeclineCase{"too few offsets",
                    [](MovieFile& f) {
                      picture_of(f).offsets = {{11, 512}};
                    },
                    "ctts"},
        DeclineCase{"reordered sound",
                    [](MovieFile& f) {
                      sound_of(f).offsets = {{20, 512}};
                    },
                    "sound is reordered"},
        DeclineCase{"sound on another clock", [](MovieFile& f) { sound_of(f).timescale = 44100; }, "by its samples"},
        DeclineCase{"missing samples", [](MovieFile& f) { f.data_at = 100'000'000; }, "missing at the end"},
        DeclineCase{"outside media data", [](MovieFile& f) { f.data_at = 8; }, "outside of the media data"},
        DeclineCase{
            "more in chunks than there is",
            [](MovieFile& f) { picture_of(f).more_tables = full_box("stsc", u32(1) + u32(1) + u32(4) + u32(1)); },
            "more samples"},
        DeclineCase{
            "less in chunks than there is",
            [](MovieFile& f) { picture_of(f).more_tables = full_box("stsc", u32(1) + u32(1) + u32(2) + u32(1)); },
            "fewer samples"},
        DeclineCase{"shared bytes",
                    [](MovieFile& f) {
                      picture_of(f).more_tables = list("stco", {40, 45, 90, 130});
                    },
                    "share bytes"},
        DeclineCase{"fragments", [](MovieFile& f) { f.top_boxes = box("moof", ""); }, "fragments"}));

TEST_F(Mp4Rewrite, OtherFilesAreDeclined) {
  EXPECT_THAT(rewritten("no movie at all, just text").declined, HasSubstr("not an ISO base media file"));
  EXPECT_THAT(rewritten("").declined, HasSubstr("no index"));
}

TEST_F(Mp4Rewrite, EveryCutOfTheFileIsDeclined) {
  const std::string whole = MovieFile{}.bytes();
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    EXPECT_FALSE(rewritten(whole.substr(0, size)).done) << size;
  }
}

/// Damaged bytes are declined, or come out as a file whose index is sound.
TEST_F(Mp4Rewrite, GarbageNeverBecomesABrokenFile) {
  MovieFile file;
  file.tracks[0].entries = video_entry("hev1", hvcc(true));
  file.tracks[0].edits = {EditRow{400, 0}};
  file.tracks[0].offsets = {{12, 0}};
  const std::string whole = file.bytes();
  const std::size_t moov = whole.rfind("moov");
  std::mt19937 random(7);  // the same bytes in every run
  int done = 0;
  for (int turn = 0; turn < 1200; ++turn) {
    std::string damaged = whole;
    for (auto hits = 1 + random() % 3; hits > 0; --hits) {
      damaged[moov + random() % (whole.size() - moov)] = static_cast<char>(random());
    }
    if (!rewritten(damaged).done) continue;
    ++done;
    const Mp4Index index = output_index();
    EXPECT_EQ(samples_outside_file(index), 0U);
    for (const Track& track : index.tracks) {
      EXPECT_EQ(track.damage, "");
      EXPECT_FALSE(has_unusual_edits(track, index));
    }
  }
  EXPECT_GT(done, 0);  // some bytes do not matter
}

}  // namespace
}  // namespace tokprep::mp4
