#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "pipeline/certificate.h"
#include "pipeline/output_stems.h"
#include "tests/unit/folder_tree.h"

// Names and files as strangers have them.

namespace tokprep {
namespace {

namespace fs = std::filesystem;
using namespace test;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

using FolderNames = FolderTree;

TEST_F(FolderNames, AreTakenAsTheyAre) {
  for (const char* name : {"-rf.mp4", "a \"b\" 'c'.mp4", "line\nbreak.mp4", "tab\t$(x).mp4", "..mp4x.mp4"}) video(name);
  put("line\nbreak.txt", "Caption");
  const ItemList list = collect();
  EXPECT_THAT(names(list), UnorderedElementsAre("-rf.mp4", "a \"b\" 'c'.mp4", "line\nbreak.mp4", "tab\t$(x).mp4"));
  EXPECT_THAT(left_out(list), ElementsAre(Pair("..mp4x.mp4", "hidden")));
  for (const Item& item : list.items) {
    EXPECT_EQ(item.options.or_default().caption == "Caption", item.name.ends_with("break.mp4")) << item.name;
  }
}

TEST_F(FolderNames, ThatAreNoTextStayDifferentAndLeadBackToTheirFiles) {
  video("caf\xE9.mp4");
  video("caf\xE8.mp4");
  put("caf\xE9.txt", "Acute");
  const ItemList list = collect();
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_NE(list.items[0].name, list.items[1].name);
  EXPECT_NE(list.items[0].output_stem, list.items[1].output_stem);
  for (const Item& item : list.items) {
    EXPECT_TRUE(is_utf8(item.name));
    EXPECT_EQ(bytes_of_name(item.name), item.sources.front().native());
    EXPECT_TRUE(fs::exists(item.sources.front()));
    EXPECT_EQ(item.options.or_default().caption.has_value(), item.name.ends_with("E9.mp4"));
  }
}

TEST_F(FolderNames, ThatFillTheFileSystemLeaveRoomForTheOutputs) {
  const std::string stem(251, 'x');
  video(stem + ".mp4");
  video(std::string(250, 'x') + "y.mp4");
  image(std::string(255, 'p') + "/1.jpg");
  const ItemList list = collect();
  ASSERT_EQ(list.items.size(), 3U);
  std::set<std::string> stems;
  for (const Item& item : list.items) {
    stems.insert(item.output_stem.string());
    const std::string longest = "." + item.output_stem.string() + ".part12.cover.webp.part";
    (void)put(longest, "fits");
    EXPECT_TRUE(fs::exists(drop_ / longest));
  }
  EXPECT_EQ(stems.size(), 3U);
}

TEST(OutputStems, CutALongNameBetweenTwoCharacters) {
  std::string name;
  while (name.size() < 250) name += "\xE2\x82\xAC";  // three bytes each
  const std::string cut = OutputStems().claim("sub/" + name, "").filename().string();
  EXPECT_LE(cut.size(), 200U);
  EXPECT_TRUE(is_utf8(cut));
  EXPECT_EQ(OutputStems().claim("sub/" + name, ""), "sub/" + cut) << "the same in every run";
}

TEST(OutputStems, DifferInMoreThanCase) {
  OutputStems stems;
  EXPECT_EQ(stems.claim("Beach", ".mov"), "Beach");
  EXPECT_EQ(stems.claim("beach", ".mp4"), "beach.mp4");
  EXPECT_EQ(stems.claim("BEACH", ".MP4"), "BEACH-2");
  EXPECT_FALSE(stems.take("bEACH"));
  EXPECT_TRUE(stems.take("bay"));
  EXPECT_EQ(stems.claim("bay", ""), "bay-2");
}

TEST(OutputStems, LeaveTheNamesOfPartsToThem) {
  OutputStems stems;
  EXPECT_EQ(stems.claim("talk.part1", ".mov"), "talk.part1.mov");
  EXPECT_EQ(stems.claim("a/look.PART12", ""), "a/look.PART12-2");
  EXPECT_EQ(stems.claim("talk", ".mov"), "talk");
  EXPECT_EQ(stems.claim("talk", ".part1"), "talk-2");
  for (const auto* free : {"part1", "talk.part", "talk.part1b", "talk.party1", "2026"}) {
    EXPECT_EQ(stems.claim(free, ""), free);
  }
}

TEST(OutputStems, LeaveTheNamesOfOutputsToTheirItems) {
  using enum OutputShape;
  const auto both = [](const char* first, OutputShape of_first, const char* second, OutputShape of_second) {
    OutputStems one_way;
    OutputStems other_way;
    const bool fit = one_way.take(first, of_first) && one_way.take(second, of_second);
    EXPECT_EQ(fit, other_way.take(second, of_second) && other_way.take(first, of_first)) << "in any order";
    return fit;
  };
  EXPECT_FALSE(both("v2", kPhotos, "v2/01", kImage));
  EXPECT_TRUE(both("v2", kVideo, "v2/01", kImage));
  EXPECT_TRUE(both("v2", kPhotos, "v2/01", kVideo));
  EXPECT_TRUE(both("v2", kPhotos, "v2/a1", kImage));
  EXPECT_FALSE(both("w", kVideo, "W.cover", kImage));
  EXPECT_TRUE(both("w", kVideo, "w.cover", kVideo));
  EXPECT_FALSE(both("talk", kVideo, "talk.part2", kVideo));
  EXPECT_FALSE(both("talk", kVideo, "talk.part2.cover", kImage));
  EXPECT_FALSE(both("look", kPhotos, "look.part1", kPhotos));
  EXPECT_TRUE(both("talk.part1", kVideo, "talk.part2", kVideo));
}

// Manifests of ".../ID/video.mp4": counted from 2 for each, this takes hours.
TEST(OutputStems, GiveOneNameToManyInTurn) {
  OutputStems stems;
  for (int i = 0; i < 300'000; ++i) stems.claim("video", ".mp4");
  EXPECT_EQ(stems.claim("video", ".mp4"), "video-300000");
  EXPECT_TRUE(stems.take("video-300001"));
  EXPECT_EQ(stems.claim("Video", ".mp4"), "Video-300002");
}

TEST_F(FolderNames, ThatDifferInTheirNormalFormAreTwoItems) {
  video("caf\xC3\xA9.mp4");   // é as one character
  video("cafe\xCC\x81.mp4");  // and as two
  const ItemList list = collect();
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_NE(list.items[0].output_stem, list.items[1].output_stem);
}

TEST_F(FolderNames, OfWhatIsNoRegularFileAreReported) {
  video("a.mp4");
  ASSERT_EQ(::mkfifo((drop_ / "pipe.mp4").c_str(), 0600), 0);
  ASSERT_EQ(::mkfifo((drop_ / "a.txt").c_str(), 0600), 0);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = (drop_ / "s.mp4").string();
  ASSERT_LT(path.size(), sizeof(address.sun_path));
  path.copy(address.sun_path, path.size());
  ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ::close(socket);
  const ItemList list = collect();
  ASSERT_EQ(list.items.size(), 1U);
  ASSERT_TRUE(list.items[0].error) << "a caption that cannot be read is never ignored";
  EXPECT_THAT(list.items[0].error->message, AllOf(HasSubstr("a.txt"), HasSubstr("not a regular file")));
  EXPECT_THAT(left_out(list),
              UnorderedElementsAre(Pair("pipe.mp4", "not a regular file"), Pair("s.mp4", "not a regular file")));
}

TEST_F(FolderNames, OfLinksAreFollowedInsideTheFolderOnly) {
  video("a.mp4");
  const fs::path outside = temp_.file("outside.jpg", kImageBytes);
  (void)temp_.file("outside.txt", "secret");
  fs::create_symlink("loop.mp4", drop_ / "loop.mp4");
  fs::create_symlink(drop_, drop_ / "again");
  fs::create_symlink("../outside.txt", drop_ / "a.txt");
  video("b.mp4");
  fs::create_symlink("../outside.jpg", drop_ / "b.cover.jpg");
  fs::create_symlink("../outside.txt", drop_ / "b.post.json");
  fs::create_symlink("a.mp4", drop_ / "c.mp4");
  const ItemList list = collect();
  EXPECT_THAT(names(list), ElementsAre("a.mp4", "b.mp4", "c.mp4"));
  for (const Item& item : list.items) {
    if (item.name.ends_with("c.mp4")) continue;
    ASSERT_TRUE(item.error) << item.name;
    EXPECT_THAT(item.error->message, HasSubstr("leads out of the folder"));
    EXPECT_EQ(item.error->message.find("secret"), std::string::npos);
    EXPECT_FALSE(item.cover);
  }
  EXPECT_THAT(left_out(list),
              UnorderedElementsAre(Pair("loop.mp4", "a link that leads nowhere"), Pair("again", "a link to a folder")));
}

TEST_F(FolderNames, OfAFreshFileThatEndsEarlyWaitForTheNextRun) {
  const auto cut = kVideoBytes.substr(0, kVideoBytes.size() - 8);
  video("whole.mp4");
  put("copying.mp4", cut);
  const auto old = put("given up.mp4", cut);
  fs::last_write_time(old, fs::file_time_type::clock::now() - std::chrono::minutes(5));
  video("with cover.mp4");
  put("with cover.cover.jpg", "\xFF\xD8\xFF\xE0\0\x04..\xFF\xDA\0\x04.."sv);
  CollectOptions options;
  options.settle_time = std::chrono::milliseconds(1);
  const ItemList list = collect({drop_}, options);
  EXPECT_THAT(names(list), ElementsAre("given up.mp4", "whole.mp4"));
  EXPECT_THAT(left_out(list), UnorderedElementsAre(Pair("copying.mp4", "still being written: it ends early"),
                                                   Pair("with cover.cover.jpg", "still being written: it ends early")));
  EXPECT_THAT(collect({drop_ / "copying.mp4"}).items.size(), 1U) << "named by itself, it is what the user wants";
}

}  // namespace
}  // namespace tokprep
