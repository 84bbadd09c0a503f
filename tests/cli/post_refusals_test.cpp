#include "tests/cli/post_fixture.h"

// What must stop a post before anything is sent.

namespace tokprep::test {
namespace {

using testing::HasSubstr;

using PostRefusalTest = PostTest;

TEST_F(PostRefusalTest, WithoutATerminalItNeedsYes) {
  const auto result = run({"post", sample("logo.png")});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("--yes"));
  run_json({"post", sample("logo.png")}, 2);
  EXPECT_EQ(posts_at_service(), 0U);
}

TEST_F(PostRefusalTest, WithoutAKey) {
  settings_.environment.erase("AYRSHARE_API_KEY");
  const auto lines = run_json({"post", sample("logo.png"), "--yes"}, 7);
  EXPECT_EQ(only(lines, "error")["error"]["code"], "auth");
}

TEST_F(PostRefusalTest, WithAWrongKey) {
  settings_.environment["AYRSHARE_API_KEY"] = "AAAAAAA-BBBBBBB-CCCCCCC-DDDDDDD";
  const auto result = run({"post", sample("logo.png"), "--yes", "--json"});
  EXPECT_EQ(result.exit_code, 7);
  EXPECT_EQ((result.out + result.err).find("AAAAAAA"), std::string::npos);
  EXPECT_EQ(only(checked_lines(result), "error")["error"]["code"], "auth");
}

TEST_F(PostRefusalTest, WithAKeyFileThatIsNotThere) {
  EXPECT_EQ(run({"post", sample("logo.png"), "--yes", "--api-key-file", path("nokey")}).exit_code, 7);
}

TEST_F(PostRefusalTest, WhenTheServiceIsNotRunning) {
  sandbox_.reset();
  const auto lines = run_json({"post", sample("logo.png"), "--yes"}, 6);
  const Json error = only(lines, "error")["error"];
  EXPECT_EQ(error["code"], "network");
  EXPECT_EQ(error["transient"], true);
}

TEST_F(PostRefusalTest, ACaptionThatIsTooLong) {
  const auto lines = run_json({"post", sample("logo.png"), "--yes", "--caption", std::string(2201, 'x')}, 4);
  const Json error = only_error(lines);
  EXPECT_EQ(error["rule"], "post.caption_max");
  EXPECT_EQ(error["measured"], 2201);
  EXPECT_EQ(error["limit"], 2200);
  EXPECT_EQ(posts_at_service(), 0U);
}

TEST_F(PostRefusalTest, AnOptionOfTheOtherKind) {
  const auto lines = run_json({"post", sample("logo.png"), "--yes", "--disable-duet"}, 2);
  EXPECT_THAT(only_error(lines).value("message", ""), HasSubstr("--disable-duet"));
}

// One that fails does not keep the others back, and they go out in order.
TEST_F(PostRefusalTest, OneOfSeveralFails) {
  (void)copy_sample("logo.png", "drop/1.png");
  (void)folder_.file("drop/2.mp4", "this is text\n");
  (void)copy_sample("city.cover.png", "drop/3.png");
  const auto lines = run_json({"post", path("drop"), "--yes"}, 3);
  const auto done = of_type(lines, "item_done");
  ASSERT_EQ(done.size(), 2U);
  EXPECT_EQ(done[0]["item"], path("drop/1.png").string());
  EXPECT_EQ(done[1]["item"], path("drop/3.png").string());
  EXPECT_EQ(posts_at_service(), 2U);
}

}  // namespace
}  // namespace tokprep::test
