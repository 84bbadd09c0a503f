#include "pipeline/file_end.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/temp_folder.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

/// Real samples, cut on purpose.
class FileEnd : public testing::Test {
 protected:
  static std::string sample(const std::string& name) {
    std::ifstream stream(fs::path(TOKPREP_SOURCE_DIR) / "samples" / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  }
  [[nodiscard]] bool early(const std::string& bytes) const {
    return end_of(folder_.file("file", bytes)) == tokprep::FileEnd::kMissing;
  }

  test::TempFolder folder_;
};

TEST_F(FileEnd, IsThereInWholeFiles) {
  for (const char* name : {"city.mp4", "street.mov", "beach.mkv", "landscape.webm", "logo.png", "lookbook/1.png",
                           "lookbook/2.jpg", "lookbook/10.webp", "beach.txt"}) {
    const std::string bytes = sample(name);
    ASSERT_GT(bytes.size(), 20U) << name;
    EXPECT_FALSE(early(bytes)) << name;
  }
}

TEST_F(FileEnd, IsMissedWhereverAFileIsCut) {
  for (const char* name : {"city.mp4", "street.mov", "beach.mkv", "logo.png", "lookbook/2.jpg", "lookbook/10.webp"}) {
    const std::string bytes = sample(name);
    for (const std::size_t size : {bytes.size() - 2, bytes.size() / 2, bytes.size() / 10}) {
      EXPECT_TRUE(early(bytes.substr(0, size))) << name << " of " << size << " bytes";
    }
  }
}

TEST_F(FileEnd, IsMissedByAMovieThatWaitsForItsIndex) {
  const std::string type = "\0\0\0\x14"s + "ftypisom\0\0\2\0isom"s;
  EXPECT_TRUE(early(type + "\0\0\0\x0cmdatabcd"s));
  EXPECT_TRUE(early(type + "\0\0\0\0mdat and so on"s)) << "the length is filled in at the end";
  EXPECT_FALSE(early(type + "\0\0\0\x0cmdatabcd"s + "\0\0\0\x08moov"s));
  EXPECT_FALSE(early(type + "\0\0\0\x08meta"s + "\0\0\0\x0cmdatabcd"s)) << "HEIF";
  EXPECT_FALSE(early(type + "\0\0\0\x08moov"s + "\0\0\0\0\0\0\0\0\0\0"s)) << "padding behind the last box";
}

TEST_F(FileEnd, OfARecordingWithoutALengthCannotBeTold) {
  EXPECT_FALSE(early("\x1A\x45\xDF\xA3\x84"s + "abcd" + "\x18\x53\x80\x67\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF and more"));
}

TEST_F(FileEnd, IsMissedWhereThereIsTooLittleToTellWhatItIs) {
  EXPECT_TRUE(early(""));
  EXPECT_TRUE(
      early("\0\0\0\x18"
            "ftyp"s));
  EXPECT_TRUE(early("GIF89a"));
}

TEST_F(FileEnd, IsToldOfSomeKindsOnly) {
  const auto end = [&](const std::string& bytes) { return end_of(folder_.file("file", bytes)); };
  EXPECT_EQ(end(sample("logo.png")), tokprep::FileEnd::kThere);
  EXPECT_EQ(end(sample("city.mp4")), tokprep::FileEnd::kThere);
  EXPECT_EQ(end("GIF89a and a picture"), tokprep::FileEnd::kUntold);
  EXPECT_EQ(end("G" + std::string(187, '\xFF') + "G"), tokprep::FileEnd::kUntold);
  const std::string type = "\0\0\0\x14"s + "ftypisom\0\0\2\0isom"s + "\0\0\0\x08moov"s;
  EXPECT_EQ(end(type + "\0\0\0\x08moof"s), tokprep::FileEnd::kUntold) << "another fragment may come";
  EXPECT_EQ(end(type + "\0\0\0\0mdat"s), tokprep::FileEnd::kUntold) << "it goes to the end of the file";
}

TEST_F(FileEnd, OfAnAviIsItsLength) {
  EXPECT_TRUE(early("RIFF\0\0\0\0AVI LIST and so on"s));
  EXPECT_TRUE(early("RIFF\xFF\0\0\0AVI LIST and so on"s));
  EXPECT_FALSE(early("RIFF\x04\0\0\0AVI "s));
}

TEST_F(FileEnd, SkipsTheEndOfAJpegsOwnThumbnail) {
  const std::string head = "\xFF\xD8\xFF\xE1\0\x08..\xFF\xD9.."s;  // an end marker inside a segment
  const std::string scan = "\xFF\xDA\0\x04..picture"s;
  EXPECT_TRUE(early(head + scan));
  EXPECT_FALSE(early(head + scan + "\xFF\xD9 and a motion photo's video"s));
}

TEST_F(FileEnd, ComesSoonInHostileFiles) {
  EXPECT_FALSE(early("\xFF\xD8\xFF\xE0\0\x02"s + std::string(300'000, '\xFF') + "\xFF\xDA\0\x02\xFF\xD9"s));
  EXPECT_EQ(end_of(folder_.path() / "missing"), tokprep::FileEnd::kUntold);
  EXPECT_EQ(end_of(folder_.path()), tokprep::FileEnd::kUntold);
}

}  // namespace
}  // namespace tokprep
