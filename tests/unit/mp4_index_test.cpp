#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codecs/mp4/mp4_index.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/mp4_bytes.h"

namespace tokprep::mp4 {
namespace {

using test::mp4_bytes::box;
using test::mp4_bytes::ftyp;
using test::mp4_bytes::full_box;
using test::mp4_bytes::mvhd;
using test::mp4_bytes::TrackBytes;
using test::mp4_bytes::u32;
using test::mp4_bytes::u64;
using test::mp4_bytes::wide_box;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kData(1000, 'x');

std::string movie(const TrackBytes& track) { return box("moov", mvhd(600, 200) + track.trak()); }

class ReadIndex : public testing::Test {
 protected:
  Result<mp4::Mp4Index> read(const std::string& bytes) { return read_index(folder_.file("clip.mp4", bytes)); }

  std::string message_of(const std::string& bytes, ErrorCode code = ErrorCode::kCorruptInput) {
    const auto index = read(bytes);
    if (index) return "no error";
    EXPECT_EQ(index.error().code, code);
    return index.error().message;
  }

  test::TempFolder folder_;
};

TEST_F(ReadIndex, ReadsAPlainFile) {
  const auto index = read(ftyp() + movie({}) + box("mdat", kData));
  ASSERT_TRUE(index) << index.error().message;
  EXPECT_EQ(index->major_brand, "isom");
  EXPECT_THAT(index->compatible_brands, ElementsAre("isom", "mp41"));
  EXPECT_EQ(index->place, IndexPlace::kFirst);
  EXPECT_FALSE(index->fragmented);
  EXPECT_EQ(index->timescale, 600U);
  ASSERT_EQ(index->tracks.size(), 1U);
  const Track& track = index->tracks.front();
  EXPECT_EQ(track.id, 1U);
  EXPECT_EQ(track.handler, "vide");
  EXPECT_EQ(track.sample_entry, "avc1");
  EXPECT_EQ(track.timescale, 600U);
  EXPECT_EQ(track.matrix[0], 0x10000);
  EXPECT_EQ(track.matrix[8], 0x40000000);
  EXPECT_EQ(track.damage, "");
  EXPECT_EQ(track.samples.sample_count, 10U);
  EXPECT_EQ(track.samples.duration(), 200);
  EXPECT_EQ(track.samples.total_bytes(), 1000U);
  EXPECT_THAT(index->oddities, ElementsAre());
}

TEST_F(ReadIndex, KnowsAnIndexBehindTheData) {
  const auto index = read(ftyp("qt  ") + box("wide", "") + box("mdat", kData) + movie({}));
  ASSERT_TRUE(index);
  EXPECT_EQ(index->place, IndexPlace::kLast);
  EXPECT_EQ(index->major_brand, "qt  ");
}

TEST_F(ReadIndex, ReadsSizesOf64BitsAndToTheEnd) {
  const auto index = read(ftyp() + wide_box("moov", mvhd(600, 200) + TrackBytes{}.trak()) + u32(0) + "mdat" + kData);
  ASSERT_TRUE(index) << index.error().message;
  EXPECT_EQ(index->tracks.size(), 1U);
  ASSERT_EQ(index->media_data.size(), 1U);
  EXPECT_EQ(index->media_data.front().size, kData.size());
  EXPECT_EQ(index->media_data.front().offset + kData.size(), index->file_size);
}

TEST_F(ReadIndex, FragmentsAreMoofsOrAnnouncedByAnEmptyIndex) {
  TrackBytes empty;
  empty.durations.clear();
  empty.sizes.clear();
  const std::string mvex = box("mvex", "");
  EXPECT_TRUE(read(ftyp() + box("moov", mvhd(600, 0) + empty.trak() + mvex))->fragmented);
  EXPECT_TRUE(
      read(ftyp() + box("moov", mvhd(600, 0) + empty.trak()) + box("moof", "") + box("mdat", kData))->fragmented);
  // What cameras leave behind: announced while recording, whole in the end.
  EXPECT_FALSE(read(ftyp() + box("moov", mvhd(600, 0) + TrackBytes{}.trak() + mvex))->fragmented);
}

TEST_F(ReadIndex, MediaDataPastTheEndIsTold) {
  const auto index = read(ftyp() + movie({}) + u32(8 + 1008) + "mdat" + kData);
  ASSERT_TRUE(index);
  EXPECT_EQ(index->media_data.front().size, 1008U);
  EXPECT_THAT(index->oddities, ElementsAre(HasSubstr("8 B more than the file has")));
  EXPECT_EQ(samples_outside_file(*index), 0U);
}

TEST_F(ReadIndex, CountsSamplesPastTheEnd) {
  TrackBytes track;
  const std::string front = ftyp() + movie(track);
  track.chunk_offset = static_cast<std::uint32_t>(front.size() + 8);
  const std::string whole = ftyp() + movie(track) + box("mdat", kData);
  EXPECT_EQ(samples_outside_file(*read(whole)), 0U);
  EXPECT_EQ(samples_outside_file(*read(whole.substr(0, whole.size() - 1))), 1U);
  EXPECT_EQ(samples_outside_file(*read(whole.substr(0, whole.size() - 250))), 3U);
  EXPECT_EQ(samples_outside_file(*read(whole.substr(0, front.size()))), 10U);
}

TEST_F(ReadIndex, ASharedSampleSizeNeedsNoTable) {
  TrackBytes track;
  track.handler = "soun";
  const std::string tables =
      test::mp4_bytes::table("stts", {{4'000'000'000, 1}}) + full_box("stsz", u32(2) + u32(4'000'000'000)) +
      full_box("stsc", u32(1) + u32(1) + u32(4'000'000'000) + u32(1)) + test::mp4_bytes::list("stco", {0});
  track.sample_tables = tables;
  const auto index = read(ftyp() + movie(track) + box("mdat", kData));
  ASSERT_TRUE(index);
  const Track& read_track = index->tracks.front();
  EXPECT_EQ(read_track.damage, "");
  EXPECT_EQ(read_track.samples.total_bytes(), 8'000'000'000U);
  EXPECT_EQ(samples_outside_file(*index), 4'000'000'000U - index->file_size / 2);
  EXPECT_EQ(presented_span(read_track, *index)->end, 4'000'000'000);
  EXPECT_FALSE(presentation_times(read_track, *index));  // far too many to list
}

TEST_F(ReadIndex, ReadsCompactSizes) {
  TrackBytes track;
  track.sample_tables =
      test::mp4_bytes::table("stts", {{3, 20}}) + full_box("stz2", std::string(3, '\0') + '\x04' + u32(3) + "\x12\x30");
  const auto index = read(ftyp() + movie(track));
  ASSERT_TRUE(index);
  EXPECT_THAT(index->tracks.front().samples.sizes_bytes, ElementsAre(1, 2, 3));
}

TEST_F(ReadIndex, AnEditListLargerThanWhatItIsInIsDamage) {
  TrackBytes track;
  track.edits = {{200, 0, 0x10000}};
  std::string bytes = ftyp() + movie(track);
  bytes[bytes.find("elst") - 1] = 80;  // the last byte of its length
  const auto index = read(bytes);
  ASSERT_TRUE(index);
  EXPECT_THAT(index->tracks.front().damage, HasSubstr("box 'elst' declares 80 bytes where 28 are left"));
  EXPECT_FALSE(presentation_times(index->tracks.front(), *index)) << "it is for others to say what is played";
}

TEST_F(ReadIndex, AbsurdCountsAreDamageAndCostNothing) {
  for (const std::string type : {"stts", "ctts", "stss", "stco", "co64", "stsc"}) {
    TrackBytes track;
    track.sample_tables = full_box(type, u32(0xFFFFFFFF) + u32(1) + u32(1));
    const auto index = read(ftyp() + movie(track));
    ASSERT_TRUE(index) << type;
    EXPECT_THAT(index->tracks.front().damage, HasSubstr(type + " box declares 4294967295 entries"));
    EXPECT_FALSE(presentation_times(index->tracks.front(), *index));
  }
  TrackBytes track;
  track.sample_tables = full_box("stsz", u32(0) + u32(0xFFFFFFFF) + u32(1));
  EXPECT_THAT(read(ftyp() + movie(track))->tracks.front().damage,
              HasSubstr("stsz box declares 4294967295 entries and holds 1"));
}

TEST_F(ReadIndex, TablesThatDisagreeAreDamage) {
  TrackBytes track;
  track.durations = {{9, 20}};
  EXPECT_EQ(read(ftyp() + movie(track))->tracks.front().damage, "10 samples have a size, 9 a time");
  TrackBytes overlong;
  overlong.sample_tables = u32(9999) + "stts" + u32(0);
  EXPECT_THAT(read(ftyp() + movie(overlong))->tracks.front().damage, HasSubstr("box 'stts' declares 9999 bytes"));
}

TEST_F(ReadIndex, AManyBoxedMovieIsBounded) {
  std::string many;
  for (int i = 0; i < 30'000; ++i) many += box("free", "");
  const auto index = read(ftyp() + box("moov", many));
  ASSERT_TRUE(index);
  EXPECT_THAT(index->oddities, ElementsAre(HasSubstr("more than 20000 boxes")));
}

TEST_F(ReadIndex, MissingIndexesSayWhy) {
  EXPECT_THAT(message_of(ftyp() + u32(0) + "mdat" + kData), HasSubstr("cut off before its index was written"));
  EXPECT_THAT(message_of(ftyp() + box("mdat", kData)), HasSubstr("cut off before its index was written"));
  EXPECT_THAT(message_of(ftyp() + box("MOOO", std::string(65528, '\1')) + "Zl\1y\xF5\xF5\xF5\xF5" + kData),
              HasSubstr("after box 'MOOO' of 65.5 kB what follows at byte 65560 is no box"));
  EXPECT_THAT(message_of(ftyp() + box("free", "")), HasSubstr("the file ends after box 'free'"));
  EXPECT_THAT(message_of(ftyp() + u32(7) + "moov"), HasSubstr("what follows at byte 24 is no box"));
}

TEST_F(ReadIndex, ACutIndexSaysHowMuchIsThere) {
  const std::string whole = ftyp() + movie({});
  EXPECT_THAT(message_of(whole.substr(0, whole.size() - 1)), HasSubstr("the index (moov box) is cut off"));
}

TEST_F(ReadIndex, AnEndlessSizeEndsTheFile) {
  EXPECT_THAT(message_of(ftyp() + u32(1) + "free" + u64(0xFFFFFFFFFFFFFFF0)),
              HasSubstr("the file ends after box 'free'"));
  const auto index = read(ftyp() + movie({}) + u32(1) + "mdat" + u64(0xFFFFFFFFFFFFFFF0));
  ASSERT_TRUE(index);
  EXPECT_THAT(index->oddities, ElementsAre(HasSubstr("more than the file has")));
  EXPECT_THAT(message_of(ftyp() + u32(1) + "moov" + u64(0xFFFFFFFFFFFFFFF0)), HasSubstr("cut off"));
}

TEST_F(ReadIndex, OtherFilesAreUnsupported) {
  EXPECT_THAT(message_of("{\n  \"streams\": []\n}\n", ErrorCode::kUnsupportedInput),
              HasSubstr("not an ISO base media file"));
  EXPECT_THAT(message_of("RIFF....AVI LIST", ErrorCode::kUnsupportedInput), HasSubstr("not an ISO base media file"));
  EXPECT_EQ(read_index(folder_.path() / "none.mp4").error().code, ErrorCode::kInputUnreadable);
}

TEST_F(ReadIndex, AnyCutOfAFileIsAnErrorOrAnIndex) {
  const std::string whole = ftyp() + box("mdat", kData) + movie({});
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    const auto index = read(whole.substr(0, size));
    EXPECT_FALSE(index) << size;
  }
}

}  // namespace
}  // namespace tokprep::mp4
