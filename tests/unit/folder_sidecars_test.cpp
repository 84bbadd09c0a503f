#include <gmock/gmock.h>

#include <chrono>
#include <thread>

#include "tests/unit/folder_tree.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;
using namespace test;
using testing::HasSubstr;

class FolderSidecars : public FolderTree {
 protected:
  FolderSidecars() { video("beach.mov"); }

  [[nodiscard]] Item beach() const { return collect().items.at(0); }
};

TEST_F(FolderSidecars, TrimsWhatEditorsAdd) {
  put("beach.txt",
      "\xEF\xBB\xBF"
      "At the beach\n\nwith you \xF0\x9F\x8C\x8A\r\n\n");
  EXPECT_EQ(beach().options.or_default().caption, "At the beach\n\nwith you \xF0\x9F\x8C\x8A");
  put("beach.txt", "");
  EXPECT_EQ(beach().options.or_default().caption, "");
}

TEST_F(FolderSidecars, NamesTheByteThatIsNotUtf8) {
  for (const auto bytes : {"line one\ncaf\xE9 noir"sv, "line one\ncaf\xC3"sv, "line one\ncaf\xF0\x9F\x8C"sv}) {
    put("beach.txt", bytes);
    const Item item = beach();
    ASSERT_TRUE(item.error);
    EXPECT_EQ(item.error->code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(item.error->file, (drop_ / "beach.txt").string());
    EXPECT_THAT(item.error->message, HasSubstr("line 2: not UTF-8 at byte 12"));
  }
}

TEST_F(FolderSidecars, NamesTheLineAndTheNearestOption) {
  put("beach.post.json", "{\n  \"tikTokOptions\": {\n    \"visibilty\": \"friends\"\n  }\n}\n");
  const Item item = beach();
  ASSERT_TRUE(item.error);
  EXPECT_EQ(item.error->code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(item.error->message, HasSubstr((drop_ / "beach.post.json").string()));
  EXPECT_THAT(item.error->message, HasSubstr("line 3"));
  EXPECT_THAT(item.error->message, HasSubstr("'visibility'"));
  put("beach.post.json", "{ not json");
  EXPECT_TRUE(beach().error);
}

TEST_F(FolderSidecars, TakesTheCaptionFromEitherPlaceButNotFromBoth) {
  put("beach.post.json", R"({"post": "From the options"})");
  EXPECT_EQ(beach().options.or_default().caption, "From the options");
  put("beach.txt", "From the options\n");
  EXPECT_FALSE(beach().error);
  put("beach.txt", "Another one");
  ASSERT_TRUE(beach().error);
  EXPECT_THAT(beach().error->message, HasSubstr("beach.post.json"));
  put("beach.post.json", R"({"post": ""})");
  EXPECT_EQ(beach().options.or_default().caption, "Another one");
}

TEST_F(FolderSidecars, DoesNotReadOutsideTheFolder) {
  const fs::path secret = temp_.file("secret", "not for the world");
  fs::create_symlink(secret, drop_ / "beach.txt");
  const Item item = beach();
  ASSERT_TRUE(item.error);
  EXPECT_EQ(item.options.or_default().caption, std::nullopt);
  EXPECT_EQ(collect({drop_ / "beach.mov"}).items.at(0).options.or_default().caption, std::nullopt);
}

TEST_F(FolderSidecars, DoesNotReadWhatIsLinkedOutAfterTheLook) {
  const fs::path secret = temp_.file("secret", "not for the world");
  put("beach.txt", "At the beach");
  put("fresh.gif", "GIF89a and a picture");
  CollectOptions options;
  options.settle_time = std::chrono::milliseconds(1);  // and a second look, as a file is fresh
  const std::jthread stranger([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    fs::remove(drop_ / "beach.txt");
    fs::create_symlink(secret, drop_ / "beach.txt");
  });
  for (const Item& item : collect({drop_}, options).items) {
    EXPECT_EQ(item.options.or_default().caption, std::nullopt) << item.name;
    ASSERT_EQ(static_cast<bool>(item.error), item.name.ends_with(".mov")) << item.name;
    EXPECT_TRUE(!item.error || item.error->code == ErrorCode::kInputUnreadable);
  }
}

TEST_F(FolderSidecars, FailsOnlyTheItemTheyBelongTo) {
  video("other.mov");
  put("beach.post.json", "[]");
  const ItemList list = collect();
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_TRUE(list.items[0].error);
  EXPECT_FALSE(list.items[1].error);
}

TEST_F(FolderSidecars, AreFoundInAnyCaseOfTheirExtension) {
  put("beach.TXT", "At the beach");
  image("beach.Cover.JPG");
  EXPECT_EQ(beach().options.or_default().caption, "At the beach");
  EXPECT_EQ(beach().cover, drop_ / "beach.Cover.JPG");
}

}  // namespace
}  // namespace tokprep
