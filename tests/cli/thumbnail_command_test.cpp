#include "tests/cli/cli_fixture.h"

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

TEST_F(ThumbnailTest, APictureHasNoFrames) {
  const auto lines = run_json({"thumbnail", sample("logo.png"), "--at", "0", "-o", path("frame.jpg")}, 4);
  EXPECT_EQ(only_error(lines)["code"], "unsupported_input");
}

TEST_F(ThumbnailTest, ADryRunWritesNothing) {
  run_json({"thumbnail", sample("city.mp4"), "--at", "0", "-o", path("frame.jpg"), "--dry-run"}, 0);
  EXPECT_FALSE(fs::exists(path("frame.jpg")));
}

}  // namespace
}  // namespace tokprep::test
