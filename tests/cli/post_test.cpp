#include "tests/cli/post_fixture.h"

namespace tokprep::test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

TEST_F(PostTest, AFolderGoesTheWholeWayOnce) {
  (void)copy_sample("city.mp4", "drop/city.mp4");
  (void)copy_sample("city.cover.png", "drop/city.cover.png");
  (void)copy_sample("city.txt", "drop/city.txt");
  fs::copy(sample("lookbook"), path("drop/lookbook"));

  const auto posted = run_json({"post", path("drop"), "--yes"}, 0);
  ASSERT_EQ(of_type(posted, "item_done").size(), 2U) << Json(posted).dump();
  for (const Json& done : of_type(posted, "item_done")) {
    EXPECT_EQ(done["post"]["status"], "pending");
    EXPECT_FALSE(done["post"]["id"].get<std::string>().empty());
    EXPECT_TRUE(done["post"]["url"].is_null());
    EXPECT_FALSE(done["urls"].empty());
  }

  const auto settled = run_json({"status", "--wait", "--timeout", "60s"}, 0);
  ASSERT_EQ(of_type(settled, "status").size(), 2U);
  for (const Json& status : of_type(settled, "status")) {
    EXPECT_EQ(status["post"]["status"], "published");
    EXPECT_THAT(status["post"].value("url", ""), StartsWith("https://"));
    EXPECT_THAT(status.value("item", ""), StartsWith(path("drop").string()));
  }

  const std::size_t before = posts_at_service();
  const auto again = run_json({"post", path("drop"), "--yes", "--force"}, 0);
  EXPECT_EQ(of_type(again, "item_skipped").size(), 2U) << Json(again).dump();
  for (const Json& skipped : of_type(again, "item_skipped")) EXPECT_EQ(skipped["post"]["status"], "published");
  EXPECT_EQ(before, 2U);
  EXPECT_EQ(posts_at_service(), before);
}

TEST_F(PostTest, OfTwoItemsWithOneTextInARunTheFirstGoesOut) {
  const auto first = copy_sample("logo.png", "drop/a.png");
  const auto second = copy_sample("city.cover.png", "drop/b.png");
  const auto lines = run_json({"post", first, second, "--yes", "--jobs", "2", "--caption", "the same words"}, 3);
  EXPECT_EQ(only(lines, "item_done")["item"], first.string());
  const Json failed = only(lines, "item_failed");
  EXPECT_EQ(failed["item"], second.string());
  EXPECT_EQ(failed["error"]["rule"], "post.duplicate");
  EXPECT_EQ(posts_at_service(), 1U);
}

// The outputs have names and certificates like any other: they must not become posts of their own.
TEST_F(PostTest, WhatWasPreparedIntoTheFolderIsNotPostedBesideItsSource) {
  (void)copy_sample("street.mov", "drop/street.mov");
  (void)copy_sample("logo.png", "drop/logo.png");
  fs::copy(sample("lookbook"), path("drop/lookbook"));
  for (const char* out : {"drop/out", "drop/sub/out2"}) {
    const auto prepared = run_json({"prepare", path("drop"), "-o", path(out)}, 0);
    EXPECT_EQ(only(prepared, "summary")["items"], 3) << out;
  }
  EXPECT_EQ(only(run_json({"post", path("drop"), "--yes"}, 0), "summary")["items"], 3);
  EXPECT_EQ(posts_at_service(), 3U);

  fs::rename(path("drop"), path("moved"));
  EXPECT_EQ(only(run_json({"prepare", path("moved"), "-o", path("out3")}, 0), "summary")["items"], 3);
}

TEST_F(PostTest, ADryRunShowsTheRequestAndSendsNothing) {
  const auto video = copy_sample("city.mp4", "drop/city.mp4");
  sandbox_.reset();  // a request would fail
  settings_.environment.erase("AYRSHARE_API_KEY");
  const auto lines =
      run_json({"post", video, "--dry-run", "--caption", "Hello", "--visibility", "private", "-o", path("out")}, 0);
  const Json request = only(lines, "item_done")["request"];
  EXPECT_EQ(request["post"], "Hello");
  EXPECT_EQ(request["mediaUrls"], Json::array({"city.mp4"}));
  EXPECT_EQ(request["tikTokOptions"]["visibility"], "private");
  EXPECT_FALSE(fs::exists(path("out")));
  EXPECT_FALSE(fs::exists(path("state/ledger.sqlite")));
}

TEST_F(PostTest, FlagsAreStrongerThanSidecars) {
  (void)copy_sample("logo.png", "drop/logo.png");
  (void)folder_.file("drop/logo.txt", "of the sidecar");
  const auto lines = run_json({"post", path("drop"), "--dry-run", "--caption", "of the flag"}, 0);
  EXPECT_EQ(only(lines, "item_done")["request"]["post"], "of the flag");
}

TEST_F(PostTest, SeveralImagesAreOnePost) {
  const auto lines = run_json(
      {"post", sample("lookbook/2.jpg"), sample("lookbook/1.png"), "--carousel", "--yes", "--caption", "two"}, 0);
  const Json done = only(lines, "item_done");
  EXPECT_EQ(done["urls"].size(), 2U);
  EXPECT_EQ(posts_at_service(), 1U);
}

TEST_F(PostTest, AScheduledPostIsSettledAsScheduled) {
  const auto posted = run_json({"post", sample("logo.png"), "--yes", "--schedule", "2099-01-01T00:00:00Z"}, 4);
  EXPECT_EQ(only_error(posted)["rule"], "post.schedule_max");  // nothing is hosted for so long
  EXPECT_EQ(posts_at_service(), 0U);
}

TEST_F(PostTest, APrivatePostStaysPendingAndDoesNotBlock) {
  run_json({"post", sample("logo.png"), "--yes", "--visibility", "private"}, 0);
  run_json({"post", sample("city.cover.png"), "--yes", "--draft"}, 0);
  const auto result = run({"status", "--wait", "--timeout", "10min"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("post pending"));
  EXPECT_THAT(result.err, HasSubstr("private posts and drafts stay pending"));
}

TEST_F(PostTest, ANewKeyOfTheSameAccountPostsNothingAgain) {
  run_json({"post", sample("logo.png"), "--yes"}, 0);
  const std::string key = settings_.environment["AYRSHARE_API_KEY"];
  sandbox_.reset();
  ASSERT_TRUE(start_sandbox());  // the same account, by its files; a key of its own
  ASSERT_NE(settings_.environment["AYRSHARE_API_KEY"], key);
  const auto again = run_json({"post", sample("logo.png"), "--yes"}, 0);
  EXPECT_FALSE(only(again, "item_skipped")["post"].value("id", "").empty());
  EXPECT_EQ(posts_at_service(), 1U);
}

TEST_F(PostTest, WaitingEndsAtItsTimeout) {
  sandbox_.reset();
  ASSERT_TRUE(start_sandbox("1h"));
  run_json({"post", sample("logo.png"), "--yes"}, 0);
  const auto lines = run_json({"status", "--wait", "--timeout", "100ms"}, 6);
  EXPECT_EQ(only(lines, "status")["post"]["status"], "pending");
}

TEST_F(PostTest, UploadPrintsTheUrlAlone) {
  const auto first = run({"upload", sample("city.mp4"), "-q"});
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.out, MatchesRegex("https?://[^\n]+\\.mp4\n"));
  EXPECT_EQ(first.err, "");
  EXPECT_EQ(run({"upload", sample("city.mp4"), "-q"}).out, first.out);  // it is there already
  EXPECT_NE(run({"upload", sample("city.mp4"), "-q", "--force"}).out, first.out);
  const auto refused = run_json({"upload", sample("street.mov")}, 4);
  EXPECT_EQ(only_error(refused)["code"], "not_compliant");
  EXPECT_THAT(only_error(refused).value("fix", ""), HasSubstr("tokprep prepare"));
}

TEST_F(PostTest, StatusOfAnIdNobodyKnowsIsARefusal) {
  const auto lines = run_json({"status", "no-such-id"}, 5);
  EXPECT_EQ(only(lines, "status")["error"]["code"], "rejected");
}

}  // namespace
}  // namespace tokprep::test
