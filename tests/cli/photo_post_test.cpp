#include "tests/cli/post_fixture.h"

namespace tokprep::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;

class PhotoPostTest : public PostTest {
 protected:
  /// A folder of so many images, each a little different: a line of text behind the picture's end is all it takes.
  [[nodiscard]] fs::path lookbook(int images, const std::string& caption = "Autumn") const {
    fs::create_directories(path("drop/look"));
    const std::string picture = bytes_of(sample("lookbook/2.jpg"));
    for (int i = 1; i <= images; ++i) {
      (void)folder_.file("drop/look/" + std::to_string(i) + ".jpg", picture + std::to_string(i));
    }
    (void)folder_.file("drop/look/caption.txt", caption);
    return path("drop");
  }

  /// The service's record of its posts, oldest first.
  [[nodiscard]] std::vector<Json> posts() const {
    const Json book = Json::parse(bytes_of(path("sandbox/posts.json")), nullptr, false);
    return book.is_object() ? book.value("posts", std::vector<Json>()) : std::vector<Json>();
  }
};

TEST_F(PhotoPostTest, ThirtyFiveImagesAreOnePostInNaturalOrder) {
  const auto lines = run_json({"post", lookbook(35), "--yes", "-o", path("out")}, 0);
  const Json done = only(lines, "item_done");
  EXPECT_EQ(done["urls"].size(), 35U);
  ASSERT_EQ(done["images"].size(), 35U);
  EXPECT_EQ(done["images"][9]["image"], "10.jpg");
  EXPECT_EQ(done["images"][9]["verdict"], "fixable");
  EXPECT_EQ(done["outputs"][34]["path"], path("out/look/35.jpg").string());
  ASSERT_EQ(posts().size(), 1U);
  EXPECT_EQ(posts()[0]["request"]["mediaUrls"].size(), 35U);
}

TEST_F(PhotoPostTest, TheThirtySixthIsRefusedWithTheWayOut) {
  const auto lines = run_json({"post", lookbook(36), "--yes"}, 4);
  const Json error = only_error(lines);
  EXPECT_EQ(error["rule"], "post.images_max");
  EXPECT_EQ(error["measured"], 36);
  EXPECT_EQ(error["limit"], 35);
  EXPECT_THAT(error.value("fix", ""), HasSubstr("--too-many split"));
  EXPECT_EQ(posts_at_service(), 0U);
}

TEST_F(PhotoPostTest, SplitMakesSeveralPostsOnce) {
  const std::vector<std::string> command = {"post",  lookbook(36),          "--yes", "-o", path("out"), "--too-many",
                                            "split", "--image-cover-index", "20"};
  const auto lines = run_json(command, 0);
  const auto done = of_type(lines, "item_done");
  ASSERT_EQ(done.size(), 2U) << Json(lines).dump();
  ASSERT_EQ(posts().size(), 2U);
  for (const Json& post : posts()) {
    EXPECT_EQ(post["request"]["mediaUrls"].size(), 18U);
    EXPECT_THAT(post["request"].value("post", ""), MatchesRegex("Autumn \\([12]/2\\)"));
  }
  EXPECT_TRUE(fs::exists(path("out/look.part1.tokprep.json")));
  EXPECT_TRUE(fs::exists(path("out/look.part2/18.jpg")));
  const auto again = run_json(command, 0);
  EXPECT_EQ(of_type(again, "item_skipped").size(), 2U);
  EXPECT_EQ(posts_at_service(), 2U);
}

TEST_F(PhotoPostTest, PartsGoOutThoughTheirTextsDifferInNothingButTheNumber) {
  const fs::path drop = lookbook(36,
                                 "twenty words are enough for two parts of one caption to be alike in all but a "
                                 "number at their end, are they");
  const auto lines = run_json({"post", drop, "--yes", "-o", path("out"), "--too-many", "split"}, 0);
  EXPECT_EQ(of_type(lines, "item_done").size(), 2U) << Json(lines).dump();
  EXPECT_EQ(posts_at_service(), 2U);
}

TEST_F(PhotoPostTest, EveryImageHasItsOwnVerdict) {
  (void)lookbook(3);
  (void)given_up(folder_.file("drop/look/2.jpg", bytes_of(sample("lookbook/2.jpg")).substr(0, 2000)));
  (void)given_up(folder_.file("drop/look/4.png", "\x89PNG\r\n\x1a\n and nothing more"));
  (void)given_up(folder_.file("drop/look/5.gif", "GIF89a"));
  const auto lines = run_json({"prepare", path("drop"), "-o", path("out")}, 4);
  const Json failed = only(lines, "item_failed");
  ASSERT_EQ(failed["images"].size(), 5U) << failed.dump();
  EXPECT_EQ(failed["images"][0]["verdict"], "fixable");
  EXPECT_TRUE(failed["images"][0]["plan"].is_object());
  for (const std::size_t refused : {3U, 4U}) {
    EXPECT_EQ(failed["images"][refused]["verdict"], "refused") << refused;
    EXPECT_FALSE(failed["images"][refused]["error"].value("message", "").empty());
  }
  EXPECT_THAT(failed["error"].value("message", ""),
              AllOf(HasSubstr("of 5 images"), HasSubstr("4.png"), HasSubstr("5.gif")));
  EXPECT_TRUE(files_in("out").empty());
  const ProcessResult text = run({"prepare", path("drop"), "-o", path("out")});
  EXPECT_THAT(text.err, AllOf(HasSubstr("\n    4.png: "), HasSubstr("\n    5.gif: ")));
}

TEST_F(PhotoPostTest, AnImageThatFailsInConversionIsNamedAndTheOthersAreTriedToo) {
  (void)lookbook(3);
  const std::string picture = bytes_of(sample("lookbook/2.jpg"));
  for (const char* name : {"drop/look/1.jpg", "drop/look/3.jpg"}) {
    (void)given_up(folder_.file(name, picture.substr(0, picture.size() / 2)));
  }
  const auto lines = run_json({"prepare", path("drop"), "-o", path("out")}, 4);
  const Json failed = only(lines, "item_failed");
  EXPECT_EQ(failed["error"]["code"], "corrupt_input");
  EXPECT_EQ(failed["images"][0]["verdict"], "refused");
  EXPECT_EQ(failed["images"][1]["verdict"], "fixable");
  EXPECT_EQ(failed["images"][2]["verdict"], "refused");
  EXPECT_TRUE(files_in("out").empty());
}

TEST_F(PhotoPostTest, AllImagesOfAPostShareTheCanvas) {
  (void)lookbook(1);
  fs::copy_file(sample("lookbook/1.png"), path("drop/look/2.png"));
  fs::copy_file(sample("logo.png"), path("drop/look/3.png"));
  for (const char* canvas : {"auto", "4:5", "900x1600"}) {
    SCOPED_TRACE(canvas);
    const auto lines = run_json({"prepare", path("drop"), "-o", path("out"), "--canvas", canvas, "--force"}, 0);
    const Json images = only(lines, "item_done")["images"];
    ASSERT_EQ(images.size(), 3U);
    const Json certificate = Json::parse(bytes_of(path("out/look.tokprep.json")));
    const Json first = certificate["assets"][0]["facts_after"]["image"];
    for (const Json& asset : certificate["assets"]) {
      const Json image = asset["facts_after"]["image"];
      EXPECT_EQ(image["width_px"], first["width_px"]);
      EXPECT_EQ(image["height_px"], first["height_px"]);
    }
    if (std::string(canvas) == "900x1600") {
      EXPECT_EQ(first["width_px"], 900);
    }
  }
  const auto refused = run_json({"prepare", path("drop"), "-o", path("out2"), "--canvas", "4000x4000"}, 2);
  EXPECT_THAT(only_error(refused).value("message", ""), HasSubstr("4000x4000 is too large"));
}

TEST_F(PhotoPostTest, AUsersOwnLimitOfBytesIsKept) {
  const auto lines = run_json({"prepare", sample("lookbook/1.png"), "-o", path("out"), "--max-bytes", "30kB"}, 0);
  const Json output = only(lines, "item_done")["outputs"][0];
  EXPECT_LE(output["size_bytes"].get<int>(), 30'000);
  EXPECT_GE(output["size_bytes"].get<int>(), 20'000);
}

}  // namespace
}  // namespace tokprep::test
