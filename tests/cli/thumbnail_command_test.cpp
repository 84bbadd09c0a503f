#include "tests/cli/cli_fixture.h"
#include "tests/support/clips.h"

namespace tokprep::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

using ThumbnailTest = CliTest;

TEST_F(ThumbnailTest, IsTheFrameAsAJpeg) {
  const auto lines = run_json({"thumbnail", sample("city.mp4"), "--at", "2.5s", "-o", path("sub/frame.jpg")}, 0);
  const Json output = only(lines, "item_done")["outputs"][0];
  EXPECT_EQ(output["mime"], "image/jpeg");
  EXPECT_EQ(output["size_bytes"], fs::file_size(path("sub/frame.jpg")));
  EXPECT_THAT(bytes_of(path("sub/frame.jpg")), StartsWith("\xff\xd8\xff"));
  const Json facts = only(run_json({"probe", path("sub/frame.jpg")}, 0), "probe")["facts"];
  EXPECT_EQ(facts["image"]["width_px"], 720);
  EXPECT_EQ(facts["image"]["height_px"], 1280);
}

TEST_F(ThumbnailTest, AnOffsetPastTheEndNamesTheLength) {
  const auto lines = run_json({"thumbnail", sample("city.mp4"), "--at", "7s", "-o", path("frame.jpg")}, 2);
  const Json error = only_error(lines);
  EXPECT_EQ(error["code"], "invalid_argument");
  EXPECT_THAT(error.value("message", ""), HasSubstr("6"));
  EXPECT_FALSE(fs::exists(path("frame.jpg")));
}

TEST_F(ThumbnailTest, TheClipItselfIsNotOverwritten) {
  const fs::path clip = copy_sample("city.mp4", "drop/city.jpg");
  fs::create_symlink(path("drop"), path("way"));
  for (const fs::path& output : {clip, path("way/city.jpg"), path("drop/../drop/city.jpg")}) {
    EXPECT_EQ(only_error(run_json({"thumbnail", clip, "--at", "0", "-o", output}, 2))["code"], "invalid_argument");
    EXPECT_EQ(bytes_of(clip), bytes_of(sample("city.mp4")));
  }
}

TEST_F(ThumbnailTest, APictureHasNoFrames) {
  const auto lines = run_json({"thumbnail", sample("logo.png"), "--at", "0", "-o", path("frame.jpg")}, 4);
  EXPECT_EQ(only_error(lines)["code"], "unsupported_input");
}

TEST_F(ThumbnailTest, ADryRunWritesNothing) {
  run_json({"thumbnail", sample("city.mp4"), "--at", "0", "-o", path("frame.jpg"), "--dry-run"}, 0);
  EXPECT_FALSE(fs::exists(path("frame.jpg")));
}

TEST_F(ThumbnailTest, AutoSaysWhichFrameAndWhy) {
  const auto lines = run_json({"thumbnail", sample("city.mp4"), "--at", "auto", "-o", path("frame.jpg")}, 0);
  EXPECT_THAT(only(lines, "item_done").value("summary", ""), HasSubstr("the best of "));
  EXPECT_TRUE(fs::exists(path("frame.jpg")));
}

class CoverTest : public CliTest {
 protected:
  void SetUp() override {
    if (!have_ffmpeg()) GTEST_SKIP() << "no ffmpeg program to make clips with";
    clip_ = make_clip(folder_,
                      "-f lavfi -i testsrc2=s=360x640:r=30:d=4 -vf fade=in:d=1 -c:v libx264 -preset ultrafast -pix_fmt "
                      "yuv420p -bf 0",
                      "clip.mp4");
  }

  fs::path clip_;
};

TEST_F(CoverTest, ABlackStartIsAWarningAndAutoIsTheWayOut) {
  const ProcessResult plain = run({"prepare", clip_, "-o", path("plain")});
  EXPECT_EQ(plain.exit_code, 0) << plain.err;
  EXPECT_THAT(plain.out, HasSubstr("warning: the cover's frame at 0 ms is black"));
  EXPECT_THAT(plain.out, HasSubstr("--thumbnail-offset auto"));

  const auto lines = run_json({"prepare", clip_, "-o", path("auto"), "--thumbnail-offset", "auto"}, 0);
  const Json done = only(lines, "item_done");
  EXPECT_GT(done["plan"].value("cover_at_us", 0), 900'000);
  for (const Json& finding : done["findings"]) EXPECT_NE(finding["rule"], "cover.frame");
}

TEST_F(CoverTest, ADryRunSaysAuto) {
  const auto lines = run_json({"prepare", clip_, "--dry-run", "--thumbnail-offset", "auto"}, 0);
  const Json plan = only(lines, "item_done")["plan"];
  EXPECT_EQ(plan["cover"], "auto");
  EXPECT_FALSE(plan.contains("cover_at_us"));
}

}  // namespace
}  // namespace tokprep::test
