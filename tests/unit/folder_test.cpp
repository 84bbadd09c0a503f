#include "pipeline/folder.h"
#include "base/text.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "pipeline/folder_scan.h"
#include "pipeline/folder_settle.h"
#include "tests/unit/folder_tree.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;
using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

using Folder = FolderTree;

TEST_F(Folder, FollowsTheConvention) {
  video("beach.mov");
  put("beach.txt", "At the beach\n");
  put("beach.post.json", R"({"tikTokOptions": {"visibility": "friends"}})");
  image("beach.cover.png");
  image("poster.png");
  image("lookbook/1.png");
  image("lookbook/2.heic");
  image("lookbook/10.jpg");
  put("lookbook/caption.txt", "Autumn");
  put("lookbook/post.json", R"({"tikTokOptions": {"title": "Looks"}})");
  video("archive/old.mp4");
  put("tokprep.toml", "fit = \"pad\"\n");

  const ItemList list = collect();
  EXPECT_THAT(names(list), ElementsAre("archive/old.mp4", "beach.mov", "lookbook", "poster.png"));
  EXPECT_THAT(stems(list), ElementsAre("archive/old", "beach", "lookbook", "poster"));
  EXPECT_THAT(list.left_out, IsEmpty());
  const Item& beach = list.items[1];
  EXPECT_EQ(beach.options.or_default().caption, "At the beach");
  EXPECT_EQ(beach.options.or_default().visibility, Visibility::kFriends);
  EXPECT_EQ(beach.cover, drop_ / "beach.cover.png");
  EXPECT_FALSE(beach.photo_folder);
  const Item& lookbook = list.items[2];
  EXPECT_TRUE(lookbook.photo_folder);
  EXPECT_THAT(lookbook.sources,
              ElementsAre(drop_ / "lookbook/1.png", drop_ / "lookbook/2.heic", drop_ / "lookbook/10.jpg"));
  EXPECT_EQ(lookbook.options.or_default().caption, "Autumn");
  EXPECT_EQ(lookbook.options.or_default().title, "Looks");
  for (const Item& item : list.items) EXPECT_FALSE(item.error) << item.name;
}

TEST_F(Folder, TellsPhotoItemsFromFoldersToWalk) {
  image("photos/1.jpg");
  image("photos/more/1.jpg");
  image("mixed/1.jpg");
  video("mixed/2.mp4");
  image("damaged/1.jpg");
  put("damaged/2.mp4", "not a video");
  put("damaged/caption.txt", "for nobody");
  put("damaged/post.json", "{}");
  put("empty/readme.md", "nothing here");
  const ItemList list = collect();
  EXPECT_THAT(names(list),
              ElementsAre("damaged/1.jpg", "damaged/2.mp4", "mixed/1.jpg", "mixed/2.mp4", "photos", "photos/more"));
  EXPECT_THAT(left_out(list), UnorderedElementsAre(Pair("empty/readme.md", "not media"),
                                                   Pair("damaged/caption.txt", "caption caption.txt has no media file"),
                                                   Pair("damaged/post.json", "options post.json have no media file")));
}

TEST_F(Folder, TakesANamedFolderAsOnePhotoItemIfItSaysSo) {
  image("1.jpg");
  image("2.jpg");
  EXPECT_THAT(names(collect()), ElementsAre("1.jpg", "2.jpg"));
  put("caption.txt", "Both");
  const ItemList list = collect({drop_ / ""});
  ASSERT_EQ(list.items.size(), 1U);
  EXPECT_EQ(list.items[0].name, drop_.string());
  EXPECT_EQ(list.items[0].output_stem, "drop");
  EXPECT_EQ(list.items[0].options.or_default().caption, "Both");
  EXPECT_EQ(collect({temp_.path(), drop_}).items.size(), 1U) << "found by walking and named as well";
  video("3.mp4");
  EXPECT_THAT(names(collect()), ElementsAre("1.jpg", "2.jpg", "3.mp4"));
}

TEST_F(Folder, TellsMediaByTheirBytesAndClaimsByTheirNames) {
  image("really-an-image.mp4");
  video("no-extension");
  put("damaged.mp4", "just text");
  put("empty.jpg", "");
  put("data.json", "{}");
  put("blob.bin", "\x01\x02\x03\x04\x05"sv);
  video("song.m4a");
  put("book.pdf", "%PDF-1.7");
  const ItemList list = collect();
  EXPECT_THAT(names(list), ElementsAre("damaged.mp4", "empty.jpg", "no-extension", "really-an-image.mp4"));
  EXPECT_THAT(left_out(list),
              UnorderedElementsAre(Pair("data.json", "not media"), Pair("blob.bin", "not media"),
                                   Pair("song.m4a", "sound without a picture"), Pair("book.pdf", "a document")));
}

TEST_F(Folder, LeavesWhatIsHiddenOrIncomplete) {
  video("a.mp4");
  video(".hidden.mp4");
  video(".git/b.mp4");
  video("c.mp4.part");
  put("a.tokprep.json", "{}");
  const ItemList list = collect();
  EXPECT_THAT(names(list), ElementsAre("a.mp4"));
  EXPECT_THAT(left_out(list), UnorderedElementsAre(Pair(".hidden.mp4", "hidden"), Pair(".git", "hidden"),
                                                   Pair("c.mp4.part", "a part of a file"),
                                                   Pair("a.tokprep.json", "a record of tokprep's own")));
}

TEST_F(Folder, ReportsSidecarsWithoutUse) {
  video("a.mp4");
  image("a.cover.jpg");
  image("a.cover.png");
  image("b.jpg");
  image("b.cover.jpg");
  image("lost.cover.jpg");
  put("lost.txt", "whose?");
  put("lost.post.json", "{}");
  image("photos/1.jpg");
  put("photos/1.txt", "for one image");
  const ItemList list = collect();
  EXPECT_THAT(names(list), ElementsAre("a.mp4", "b.jpg", "photos"));
  EXPECT_EQ(list.items[0].cover, drop_ / "a.cover.jpg");
  EXPECT_EQ(list.items[1].cover, std::nullopt);
  EXPECT_THAT(left_out(list),
              UnorderedElementsAre(
                  Pair("a.cover.png", "a.cover.jpg is used instead"),
                  Pair("b.cover.jpg", "cover b.cover.jpg: only a video has a cover"),
                  Pair("lost.cover.jpg", "cover lost.cover.jpg has no media file"),
                  Pair("lost.txt", "caption lost.txt has no media file"),
                  Pair("lost.post.json", "options lost.post.json have no media file"),
                  Pair("photos/1.txt",
                       "this folder is one photo item: its caption is caption.txt, its options are post.json")));
}

TEST_F(Folder, FollowsLinksToFilesInsideTheTreeOnly) {
  const fs::path outside = temp_.file("outside.mp4", kVideoBytes);
  video("real/a.mp4");
  fs::create_symlink(drop_ / "real/a.mp4", drop_ / "inside.mp4");
  fs::create_symlink(outside, drop_ / "out.mp4");
  fs::create_symlink("nowhere.mp4", drop_ / "dangling.mp4");
  fs::create_directory_symlink(drop_ / "real", drop_ / "linked");
  fs::create_directory_symlink(drop_, drop_ / "real/loop");
  ASSERT_EQ(::mkfifo((drop_ / "pipe.mp4").c_str(), 0600), 0);
  const ItemList list = collect();
  EXPECT_THAT(names(list), ElementsAre("inside.mp4", "real/a.mp4"));
  EXPECT_THAT(
      left_out(list),
      UnorderedElementsAre(Pair("out.mp4", "a link that leads out of the folder"),
                           Pair("dangling.mp4", "a link that leads nowhere"), Pair("linked", "a link to a folder"),
                           Pair("real/loop", "a link to a folder"), Pair("pipe.mp4", "not a regular file")));
  EXPECT_THAT(stems(collect({outside, drop_ / "out.mp4"})), ElementsAre("outside", "out")) << "named: followed";
}

TEST_F(Folder, BindsWhatItFindsToTheFolderAndNothingThatIsNamed) {
  const auto named = video("a.mp4");
  image("a.cover.jpg");
  image("photos/1.jpg");
  const auto opens = [](const Item& item, const fs::path& file) { return inputs_of(item).open(file).has_value(); };
  const auto swap = [&](const fs::path& file) {
    fs::remove(file);
    fs::create_symlink(temp_.file("outside", kVideoBytes), file);
  };
  const ItemList found = collect();
  const ItemList alone = collect({named});
  CollectOptions carousel;
  carousel.carousel = true;
  const auto picture = image("2.jpg");
  const ItemList mixed = collect({drop_ / "photos", picture}, carousel);
  ASSERT_EQ(found.items.size(), 2U);
  EXPECT_TRUE(opens(found.items[0], named));
  swap(named);
  swap(drop_ / "a.cover.jpg");
  swap(drop_ / "photos/1.jpg");
  swap(picture);
  EXPECT_FALSE(opens(found.items[0], named));
  EXPECT_FALSE(opens(found.items[0], drop_ / "a.cover.jpg"));
  EXPECT_FALSE(opens(found.items[1], drop_ / "photos/1.jpg"));
  EXPECT_TRUE(opens(alone.items[0], named)) << "the user's own word";
  EXPECT_FALSE(opens(alone.items[0], drop_ / "a.cover.jpg")) << "found beside it";
  EXPECT_FALSE(opens(mixed.items[0], drop_ / "photos/1.jpg"));
  EXPECT_TRUE(opens(mixed.items[0], picture));
}

TEST_F(Folder, KeepsNamesAsTheyAre) {
  const std::vector<std::string> odd = {" two  words.mp4", "-rf.mp4", "caf\xC3\xA9.mp4", "it's \"it\".mp4",
                                        "line\nbreak.mp4"};
  for (const std::string& name : odd) video(name);
  const std::string invalid = "not \xff\xfe utf-8";
  video(invalid + ".mp4");
  put(invalid + ".txt", "found");
  const ItemList list = collect();
  EXPECT_EQ(list.items.size(), odd.size() + 1);
  for (const Item& item : list.items) {
    ASSERT_EQ(item.sources.size(), 1U);
    EXPECT_TRUE(fs::exists(item.sources.front())) << item.name;
    EXPECT_EQ(item.name, text_of_name(item.sources.front().string()));
    if (item.output_stem == invalid) {
      EXPECT_EQ(item.options.or_default().caption, "found");
    }
  }
  EXPECT_THAT(stems(list), testing::Contains(invalid));
}

TEST_F(Folder, OrdersAsPeopleNumber) {
  for (const char* name : {"10.mp4", "2.mp4", "1.mp4", "3/x.mp4", "002b.mp4"}) video(name);
  EXPECT_THAT(names(collect()), ElementsAre("1.mp4", "2.mp4", "002b.mp4", "3/x.mp4", "10.mp4"));
}

TEST_F(Folder, GivesEveryItemAStemOfItsOwn) {
  video("beach.mov");
  video("beach.mp4");
  put("beach.txt", "both");
  const ItemList list = collect();
  EXPECT_THAT(stems(list), ElementsAre("beach", "beach.mp4"));
  EXPECT_EQ(list.items[0].options.or_default().caption, "both");
  EXPECT_EQ(list.items[1].options.or_default().caption, "both");

  const auto a = video("a/clip.mp4");
  const auto b = video("b/clip.mp4");
  const auto c = video("c/clip.mp4");
  EXPECT_THAT(stems(collect({a, b, c})), ElementsAre("clip", "clip.mp4", "clip-2"));
  EXPECT_THAT(stems(collect({drop_ / "a", drop_ / "b"})), ElementsAre("clip", "clip.mp4"));
}

TEST_F(Folder, TakesNamedFilesAsTheyAre) {
  const auto beach = video("beach.mov");
  const auto caption = put("beach.txt", "At the beach");
  const auto cover = image("beach.cover.jpg");
  const auto text = put("notes.txt", "no media");
  const ItemList list = collect({beach, caption, cover, text, beach});
  EXPECT_THAT(names(list), ElementsAre("beach.mov", "notes.txt")) << "its own sidecars are no items, and it is one";
  EXPECT_EQ(list.items[0].options.or_default().caption, "At the beach");
  EXPECT_EQ(list.items[0].cover, cover);
  EXPECT_EQ(list.items[1].options.or_default().caption, std::nullopt);
  EXPECT_THAT(names(collect({cover})), ElementsAre("beach.cover.jpg"));
  EXPECT_THAT(names(collect({drop_, beach})), ElementsAre("beach.mov"));
}

TEST_F(Folder, MakesACarousel) {
  const auto two = image("2.jpg");
  const auto one = image("1.jpg");
  const auto clip = video("clip.mp4");
  CollectOptions options;
  options.carousel = true;
  const ItemList list = collect({two, one}, options);
  ASSERT_EQ(list.items.size(), 1U);
  EXPECT_THAT(list.items[0].sources, ElementsAre(two, one)) << "the order given";
  EXPECT_TRUE(list.items[0].photo_folder);
  EXPECT_EQ(list.items[0].output_stem, "2");

  const auto refused = collect_items({two, clip}, options, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused.error().file, clip.string());

  image("set/10.jpg");
  image("set/9.jpg");
  put("set/caption.txt", "A set");
  const ItemList set = collect({drop_ / "set"}, options);
  EXPECT_THAT(set.items.at(0).sources, ElementsAre(drop_ / "set/9.jpg", drop_ / "set/10.jpg"));
  EXPECT_EQ(set.items[0].options.or_default().caption, "A set");
  EXPECT_EQ(set.items[0].output_stem, "set");
}

TEST_F(Folder, LeavesFilesThatGrowForTheNextRun) {
  video("done.mp4");
  const auto growing = video("growing.mp4");
  video("waits.mp4");
  const auto caption = put("waits.txt", "half a sen");
  CollectOptions options;
  options.settle_time = std::chrono::milliseconds(40);
  std::jthread writer([&](std::stop_token stop) {
    while (!stop.stop_requested()) {
      std::ofstream(growing, std::ios::app) << "more";
      std::ofstream(caption, std::ios::app) << "tence";
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  });
  const ItemList list = collect({drop_}, options);
  EXPECT_THAT(names(list), ElementsAre("done.mp4"));
  EXPECT_THAT(left_out(list), UnorderedElementsAre(Pair("growing.mp4", "still being written"),
                                                   Pair("waits.txt", "still being written")));
}

// A copy that pauses: two looks close to each other see nothing of it.
TEST_F(Folder, LooksOnceMoreWhereAFileDoesNotTellItsEnd) {
  const std::string stream = "G" + std::string(187, '\xFF') + "G" + std::string(187, '\xFF');
  const auto growing = put("growing.ts", stream);
  put("done.gif", "GIF89a and a picture");
  CollectOptions options;
  options.settle_time = std::chrono::milliseconds(10);
  std::jthread writer([&](std::stop_token stop) {
    while (!stop.stop_requested()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      std::ofstream(growing, std::ios::app) << stream;
    }
  });
  const ItemList list = collect({drop_}, options);
  EXPECT_THAT(names(list), ElementsAre("done.gif"));
  EXPECT_THAT(left_out(list), ElementsAre(Pair("growing.ts", "still being written")));
}

TEST_F(Folder, LeavesAFileThatIsFilledAfterItGotItsSize) {
  const auto whole = video("whole.mp4");
  const auto filling = video("filling.mp4");
  CollectOptions options;
  options.settle_time = std::chrono::milliseconds(10);
  const std::jthread writer([&](std::stop_token stop) {
    while (!stop.stop_requested()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      fs::last_write_time(filling, fs::file_time_type::clock::now());  // as a writing does
    }
  });
  const ItemList list = collect({drop_}, options);
  EXPECT_THAT(names(list), ElementsAre("whole.mp4"));
  EXPECT_THAT(left_out(list), ElementsAre(Pair("filling.mp4", "still being written")));
}

TEST_F(Folder, LeavesAFileThatIsOpenForWriting) {
  const auto open = video("open.mp4");
  const auto whole = video("whole.mp4");
  const auto age = [](const fs::path& file) {
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::seconds(20));
  };
  std::ofstream writer(open, std::ios::app);
  age(open);
  age(whole);
  CollectOptions options;
  options.settle_time = std::chrono::milliseconds(10);
  const ItemList list = collect({drop_}, options);
  EXPECT_THAT(names(list), ElementsAre("whole.mp4"));
  EXPECT_THAT(left_out(list), ElementsAre(Pair("open.mp4", "still being written: a program has it open")));
  EXPECT_TRUE(is_unfinished(open));
  EXPECT_FALSE(is_unfinished(whole));
  writer.close();
  age(open);
  EXPECT_EQ(collect({drop_}, options).items.size(), 2U);
}

TEST_F(Folder, FailsWhatIsNamedAndStillBeingWritten) {
  const auto open = video("open.mp4");
  const auto whole = video("whole.mp4");
  const std::ofstream writer(open, std::ios::app);
  CollectOptions options;
  options.settle_time = std::chrono::milliseconds(10);
  const ItemList list = collect({open, whole}, options);
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_EQ(list.items[0].error.or_default().code, ErrorCode::kIo);
  EXPECT_EQ(list.items[0].error.or_default().file, open.string());
  EXPECT_FALSE(list.items[0].error.or_default().fix.empty());
  EXPECT_FALSE(list.items[1].error);
  EXPECT_THAT(list.left_out, IsEmpty());

  std::vector<Item> items(2);
  items[0].sources = {open};
  items[1].sources = {whole};
  ASSERT_TRUE(fail_unsettled(items, options.settle_time, {}));
  EXPECT_EQ(items[0].error.or_default().code, ErrorCode::kIo);
  EXPECT_FALSE(items[1].error);
}

TEST_F(Folder, FailsAFolderThatCannotBeRead) {
  video("a.mp4");
  video("closed/b.mp4");
  video("lost+found/c.mp4");
  fs::permissions(temp_.path(), fs::perms::all);
  for (const char* name : {"closed", "lost+found"}) fs::permissions(drop_ / name, fs::perms::none);
  const bool is_root = ::geteuid() == 0;
  constexpr uid_t kNobody = 65534;
  ASSERT_TRUE(!is_root || ::seteuid(kNobody) == 0);
  const auto list = collect_items({drop_}, {}, {});
  const auto nothing_else = collect_items({drop_ / "closed"}, {}, {});
  ASSERT_TRUE(!is_root || ::seteuid(0) == 0);
  for (const char* name : {"closed", "lost+found"}) fs::permissions(drop_ / name, fs::perms::owner_all);
  ASSERT_TRUE(list);
  EXPECT_THAT(names(*list), ElementsAre("a.mp4", "closed"));
  EXPECT_FALSE(list->items[0].error);
  EXPECT_EQ(list->items[1].error.or_default().code, ErrorCode::kInputUnreadable);
  EXPECT_EQ(list->items[1].error.or_default().file, (drop_ / "closed").string());
  EXPECT_EQ(left_out(*list).count("lost+found"), 1U) << "the system's own";
  EXPECT_EQ(nothing_else.error().code, ErrorCode::kInputUnreadable);
}

TEST_F(Folder, WaitsForNothingWhereAllIsOld) {
  const auto old = put("old.gif", "GIF89a and a picture");
  std::filesystem::last_write_time(old, std::filesystem::file_time_type::clock::now() - std::chrono::seconds(10));
  const auto older = video("older.mp4");
  std::filesystem::last_write_time(older, std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  CollectOptions options;
  options.settle_time = std::chrono::milliseconds(10);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(collect({drop_}, options).items.size(), 2U);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

TEST_F(Folder, LeavesTheFirstBytesOfAFileForTheNextRun) {
  put("empty.mp4", "");
  put("short.mov",
      "\0\0\0\x14"
      "ftyp"sv);
  const auto old = put("old.mp4", "");
  std::filesystem::last_write_time(old, std::filesystem::file_time_type::clock::now() - std::chrono::minutes(5));
  CollectOptions options;
  options.settle_time = std::chrono::milliseconds(10);
  const ItemList list = collect({drop_}, options);
  EXPECT_THAT(names(list), ElementsAre("old.mp4"));
  EXPECT_THAT(left_out(list), UnorderedElementsAre(Pair("empty.mp4", "still being written: it ends early"),
                                                   Pair("short.mov", "still being written: it ends early")));
}

TEST_F(Folder, DoesNotWalkItsOwnOutputs) {
  video("a.mp4");
  video("out/a.mp4");
  CollectOptions options;
  options.output = drop_ / "out/";
  const ItemList list = collect({drop_}, options);
  EXPECT_THAT(names(list), ElementsAre("a.mp4"));
  EXPECT_THAT(left_out(list), ElementsAre(Pair("out", "the folder of the outputs")));
}

TEST_F(Folder, NamesWhatCannotBeCollected) {
  const auto missing = collect_items({drop_ / "missing.mp4"}, {}, {});
  EXPECT_EQ(missing.error().code, ErrorCode::kInputUnreadable);
  EXPECT_EQ(missing.error().file, (drop_ / "missing.mp4").string());
  put("readme.md", "nothing");
  const auto nothing = collect_items({drop_}, {}, {});
  EXPECT_EQ(nothing.error().code, ErrorCode::kUnsupportedInput);
  EXPECT_THAT(nothing.error().message, testing::HasSubstr(drop_.string()));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(collect_items({drop_}, {}, stop.get_token()).error().code, ErrorCode::kCancelled);
  EXPECT_EQ(scan_folder(drop_, drop_, stop.get_token()).error().code, ErrorCode::kCancelled) << "while it is listed";
}

}  // namespace
}  // namespace tokprep
