#include "tests/cli/cli_fixture.h"

namespace tokprep::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

using ProbeCommandTest = CliTest;
using PrepareCommandTest = CliTest;

TEST_F(ProbeCommandTest, OneLineAFileInTheirOrder) {
  const auto lines = run_json({"probe", sample("street.mov"), sample("city.mp4"), sample("logo.png")}, 0);
  ASSERT_EQ(lines.size(), 4U) << Json(lines).dump();
  EXPECT_EQ(lines[0]["item"], sample("street.mov").string());
  EXPECT_EQ(lines[0]["kind"], "video");
  EXPECT_EQ(lines[0]["verdict"], "fixable");
  EXPECT_EQ(lines[0]["plan"]["container"], "remux");
  EXPECT_EQ(lines[0]["plan"]["video"], "copy");
  EXPECT_EQ(lines[0]["plan"]["audio"], "encode");
  EXPECT_FALSE(lines[0]["findings"].empty());
  EXPECT_EQ(lines[0]["facts"]["video"][0]["codec"], "h264");
  EXPECT_EQ(lines[1]["verdict"], "compliant");
  EXPECT_EQ(lines[1]["plan"]["container"], "keep");
  EXPECT_EQ(lines[2]["kind"], "image");
  EXPECT_EQ(lines[2]["plan"]["image"], "encode");
}

TEST_F(ProbeCommandTest, TextIsABlockAFile) {
  const auto result = run({"probe", sample("street.mov")});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, StartsWith(sample("street.mov").string() + ": fixable\n"));
  EXPECT_THAT(result.out, HasSubstr("\n  video "));
  EXPECT_THAT(result.out, HasSubstr("audio.codec: measured pcm_s16le, limit aac"));
  EXPECT_THAT(result.out, HasSubstr("\n  prepare "));
  EXPECT_EQ(result.err, "");
}

TEST_F(ProbeCommandTest, FlagsSayWhatPrepareWouldDo) {
  const auto refused = run_json({"probe", sample("city.mp4"), "--thumbnail-offset", "60s"}, 0);
  EXPECT_EQ(only(refused, "probe")["verdict"], "refused");
  EXPECT_EQ(only(refused, "probe")["error"]["code"], "invalid_argument");
}

TEST_F(PrepareCommandTest, AFolderBecomesItsOutputs) {
  (void)copy_sample("city.mp4", "drop/city.mp4");
  (void)copy_sample("street.mov", "drop/sub/street one.mov");
  (void)folder_.file("drop/copying.mov.part", "x");
  const auto lines = run_json({"prepare", path("drop"), "-o", path("out")}, 0);
  ASSERT_EQ(of_type(lines, "item_done").size(), 2U);
  for (const Json& done : of_type(lines, "item_done")) {
    for (const Json& output : done["outputs"]) {
      EXPECT_EQ(fs::file_size(output["path"].get<std::string>()), output["size_bytes"]) << output;
    }
    EXPECT_TRUE(done["plan"].is_object() && done["findings"].is_array());
  }
  EXPECT_THAT(only(lines, "note").value("item", ""), HasSubstr("copying.mov.part"));
  EXPECT_THAT(files_in("out"),
              ElementsAre("city.cover.jpg", "city.mp4", "city.tokprep.json", "sub/street one.cover.jpg",
                          "sub/street one.mp4", "sub/street one.tokprep.json"));
  EXPECT_EQ(bytes_of(path("out/city.mp4")), bytes_of(sample("city.mp4")));
}

TEST_F(PrepareCommandTest, ASecondRunDoesOnlyWhatIsMissing) {
  (void)copy_sample("logo.png", "drop/logo.png");
  run_json({"prepare", path("drop"), "-o", path("out")}, 0);
  (void)copy_sample("logo.png", "drop/new.png");
  const auto lines = run_json({"prepare", path("drop"), "-o", path("out")}, 0);
  EXPECT_EQ(only(lines, "item_skipped")["item"], path("drop/logo.png").string());
  EXPECT_EQ(only(lines, "item_done")["item"], path("drop/new.png").string());
  EXPECT_EQ(only(lines, "summary")["skipped"], 1);
  const auto forced = run_json({"prepare", path("drop"), "-o", path("out"), "--force"}, 0);
  EXPECT_EQ(of_type(forced, "item_done").size(), 2U);
}

// A cover or an output of the first run must not become part of what the second one finds.
TEST_F(PrepareCommandTest, ResultsBesideTheirSourcesAreFoundAsResults) {
  (void)copy_sample("street.mov", "drop/street.mov");
  (void)copy_sample("logo.png", "drop/look/1.png");
  (void)copy_sample("logo.png", "drop/look/2.png");
  run_json({"prepare", path("drop"), "-o", path("drop")}, 0);
  const auto made = files_in("drop");
  const auto again = run_json({"prepare", path("drop"), "-o", path("drop")}, 0);
  EXPECT_EQ(of_type(again, "item_skipped").size(), 2U);
  EXPECT_EQ(only(again, "summary")["items"], 2);
  const auto named = run_json({"prepare", path("drop/street.mov"), "-o", path("drop")}, 0);
  EXPECT_EQ(only(named, "item_skipped")["item"], path("drop/street.mov").string());
  EXPECT_EQ(files_in("drop"), made);
}

TEST_F(PrepareCommandTest, ADryRunWritesNothing) {
  (void)copy_sample("street.mov", "drop/street.mov");
  const auto lines = run_json({"prepare", path("drop"), "-o", path("out"), "--dry-run"}, 0);
  const Json done = only(lines, "item_done");
  EXPECT_EQ(done["dry_run"], true);
  EXPECT_EQ(done["plan"]["audio"], "encode");
  EXPECT_FALSE(fs::exists(path("out")));
  EXPECT_FALSE(fs::exists(path("state")));
}

TEST_F(PrepareCommandTest, TheFoldersTomlIsObeyed) {
  (void)copy_sample("logo.png", "drop/logo.png");
  (void)folder_.file("drop/tokprep.toml", "[convert]\nimage_format = 'webp'\n");
  run_json({"prepare", path("drop"), "-o", path("out")}, 0);
  EXPECT_THAT(files_in("out"), ElementsAre("logo.tokprep.json", "logo.webp"));
  (void)folder_.file("drop/tokprep.toml", "[convert]\nimage_formt = 'webp'\n");
  const auto lines = run_json({"prepare", path("drop"), "-o", path("out2")}, 2);
  EXPECT_THAT(only_error(lines).value("message", ""), HasSubstr("tokprep.toml:2: unknown key 'image_formt'"));
}

TEST_F(PrepareCommandTest, NamesWithDashesSpacesAndLineBreaksAreFiles) {
  (void)copy_sample("logo.png", "drop/-weird\nname \x1b.png");
  settings_.folder = path("drop");
  const auto result = run({"prepare", "-o", path("out"), "--", "-weird\nname \x1b.png"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(files_in("out").size(), 2U);
  EXPECT_EQ((result.out + result.err).find('\x1b'), std::string::npos);
  EXPECT_THAT(result.out, StartsWith("-weird\\nname \\x1b.png: done"));
}

TEST_F(PrepareCommandTest, ACoverOfOnesOwnIsForOneVideo) {
  const auto cover = copy_sample("city.cover.png", "cover.png");
  const auto video = copy_sample("city.mp4", "drop/a.mp4");
  const auto lines = run_json({"prepare", video, "-o", path("out"), "--thumbnail", cover}, 0);
  EXPECT_EQ(only(lines, "item_done")["outputs"].size(), 2U);
  const auto image = copy_sample("logo.png", "drop/b.png");
  EXPECT_EQ(run({"prepare", path("drop"), "-o", path("out2"), "--thumbnail", cover}).exit_code, 2);
  const auto refused = run_json({"prepare", image, "-o", path("out2"), "--thumbnail", cover}, 2);
  EXPECT_EQ(only_error(refused)["code"], "invalid_argument");
}

TEST_F(PrepareCommandTest, NoResultIsLostWhenOneFails) {
  (void)copy_sample("logo.png", "drop/logo.png");
  (void)folder_.file("drop/notes.mp4", "this is text\n");
  const auto lines = run_json({"prepare", path("drop"), path("missing.mov"), "-o", path("out")}, 3);
  EXPECT_EQ(of_type(lines, "item_done").size(), 1U);
  EXPECT_EQ(of_type(lines, "item_failed").size(), 2U);
}

}  // namespace
}  // namespace tokprep::test
