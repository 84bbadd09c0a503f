#include "tests/cli/post_fixture.h"

namespace tokprep::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

using ManifestCommandTest = CliTest;
using ManifestPostTest = PostTest;

TEST_F(ManifestCommandTest, MakesEachLineAnItem) {
  (void)copy_sample("logo.png", "drop/logo.png");
  (void)copy_sample("lookbook/2.jpg", "drop/two.jpg");
  const fs::path manifest = folder_.file("drop/items.jsonl",
                                         "{\"media\":\"logo.png\",\"image_format\":\"webp\"}\n"
                                         "{\"media\":\"logo.png\",\"captoin\":\"x\"}\n"
                                         "{\"media\":[\"two.jpg\",\"logo.png\"],\"output\":\"sub/look\"}\n"
                                         "{\"media\":\"missing.png\"}\n");
  const auto lines = run_json({"prepare", "--manifest", manifest, "-o", path("out")}, 3);
  EXPECT_EQ(of_type(lines, "item_done").size(), 2U);
  const auto failed = of_type(lines, "item_failed");
  ASSERT_EQ(failed.size(), 2U);
  std::string messages;
  for (const Json& line : failed) messages += line["error"].value("message", "") + "\n";
  EXPECT_THAT(messages,
              AllOf(HasSubstr("items.jsonl, line 2, column 21: unknown option 'captoin'; did you mean 'caption'?"),
                    HasSubstr("missing.png")));
  EXPECT_THAT(files_in("out"), ElementsAre("logo.tokprep.json", "logo.webp", "sub/look.tokprep.json", "sub/look/01.jpg",
                                           "sub/look/02.jpg"));
  const auto again = run_json({"prepare", "--manifest", manifest, "-o", path("out")}, 3);
  EXPECT_EQ(of_type(again, "item_skipped").size(), 2U);
}

TEST_F(ManifestCommandTest, ComesFromStdinAsWell) {
  (void)copy_sample("logo.png", "drop/logo.png");
  const fs::path manifest = folder_.file("items", "media\nlogo.png\n");
  settings_.folder = path("drop");
  const std::string command =
      std::string("exec ") + TOKPREP_PROGRAM + " prepare --manifest - -o ../out --json < " + manifest.string();
  const auto lines = checked_lines(run_process({"/bin/sh", "-c", command}, settings_));
  EXPECT_EQ(only(lines, "item_done")["item"], "logo.png");
}

TEST_F(ManifestCommandTest, StandsInPlaceOfInputs) {
  const fs::path manifest = folder_.file("items.csv", "media\na.png\n");
  for (const std::vector<std::string>& wrong :
       {std::vector<std::string>{"drop"}, {"--carousel"}, {"--thumbnail", "c.png"}}) {
    std::vector<std::string> arguments = {"prepare", "--manifest", manifest, "-o", path("out")};
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    EXPECT_EQ(run(arguments).exit_code, 2) << wrong.front();
  }
  const auto missing = run_json({"prepare", "--manifest", path("none.csv"), "-o", path("out")}, 4);
  EXPECT_EQ(only_error(missing)["code"], "input_unreadable");
}

TEST_F(ManifestCommandTest, ADryRunPlansEachLine) {
  (void)copy_sample("street.mov", "drop/street.mov");
  const fs::path manifest = folder_.file("drop/items.csv", "media,caption\nstreet.mov,One\nstreet.mov,Two\n");
  const auto lines = run_json({"post", "--manifest", manifest, "--dry-run"}, 0);
  const auto done = of_type(lines, "item_done");
  ASSERT_EQ(done.size(), 2U);
  EXPECT_EQ(done[0]["request"]["post"], "One");
  EXPECT_EQ(done[1]["request"]["post"], "Two");
  EXPECT_FALSE(fs::exists(path("state")));
}

TEST_F(ManifestPostTest, PostsOneFileWithTwoCaptionsTwiceAndNeverAgain) {
  (void)copy_sample("logo.png", "drop/logo.png");
  const fs::path manifest = folder_.file("drop/items.csv",
                                         "media,caption,visibility\n"
                                         "logo.png,\"The first,\nin two lines\",private\n"
                                         "logo.png,Quite another text,private\n");
  const auto lines = run_json({"post", "--manifest", manifest, "--yes"}, 0);
  EXPECT_EQ(of_type(lines, "item_done").size(), 2U);
  EXPECT_EQ(posts_at_service(), 2U);
  const Json book = Json::parse(bytes_of(path("sandbox/posts.json")));
  EXPECT_EQ(book["posts"][0]["request"]["post"], "The first,\nin two lines");
  const auto again = run_json({"post", "--manifest", manifest, "--yes"}, 0);
  EXPECT_EQ(of_type(again, "item_skipped").size(), 2U);
  EXPECT_EQ(posts_at_service(), 2U);
}

}  // namespace
}  // namespace tokprep::test
