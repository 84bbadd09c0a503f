#include "tests/cli/post_fixture.h"
#include "tests/support/clips.h"

// What the service said, the rule behind it, what was measured, and what to do: on the command line, and in every
// failure.

namespace tokprep::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class ExplainTest : public PostTest {
 protected:
  /// A picture whose post TikTok refuses late, with this reason.
  [[nodiscard]] fs::path picture_that_fails(const std::string& reason) const {
    (void)folder_.file("drop/logo.post.json", R"({"notes":"sandbox:fail=)" + reason + "\"}");
    return copy_sample("logo.png", "drop/logo.png");
  }

  /// A video of one second, posted under rules that take it to a sandbox that judges late.
  std::string post_short_video() {
    sandbox_.reset();
    EXPECT_TRUE(start_sandbox("100ms", {"--late"}));
    (void)make_clip(folder_, "-f lavfi -i testsrc2=s=720x1280:r=30:d=1 -c:v libx264 -pix_fmt yuv420p",
                    "drop/short.mp4");
    const auto rules = folder_.file("rules.json", R"({"video.duration_min": 0.5})");
    const auto lines = run_json({"post", path("drop/short.mp4"), "--yes", "--rules", rules, "-o", path("out")}, 0);
    return only(lines, "item_done")["post"].value("id", "");
  }
};

TEST_F(ExplainTest, CodesReasonsAndRules) {
  const auto result = run({"explain", "137", "frame_rate_check_failed", "video.duration_min"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("137: a code of Ayrshare's; the post has to change (fix_input, exit code 5)"));
  EXPECT_THAT(result.out, HasSubstr("video.frame_rate_max"));
  EXPECT_THAT(result.out, HasSubstr("Limit 60 fps"));
  EXPECT_THAT(result.out, HasSubstr("https://www.ayrshare.com/docs/media-guidelines/tiktok (read 2026-10-04)"));
  EXPECT_THAT(result.out, HasSubstr("disputed: TikTok states no minimum"));
  const auto lines = run_json({"explain", "156"}, 0);
  const Json explanation = only(lines, "explanation");
  EXPECT_EQ(explanation["class"], "fix_account");
  EXPECT_EQ(explanation["exit_code"], 7);
  EXPECT_EQ(explanation["known"], true);
}

TEST_F(ExplainTest, AMessageThatWasPasted) {
  const auto lines = run_json({"explain", "POST /post: the service refused (HTTP 400): (code 137) Duplicate"}, 0);
  EXPECT_EQ(only(lines, "explanation")["subject"], "137");
}

TEST_F(ExplainTest, WhatNobodyKnows) {
  const Json unknown = only(run_json({"explain", "999"}, 0), "explanation");
  EXPECT_EQ(unknown["known"], false);
  EXPECT_THAT(unknown.value("fix", ""), HasSubstr("support"));
  const Json error = only(run_json({"explain", "frame_rate_chek_failed"}, 2), "error")["error"];
  EXPECT_THAT(error.value("message", ""), HasSubstr("did you mean 'frame_rate_check_failed'?"));
  run_json({"explain", "frame_rate_chek_failed", "137"}, 3);
}

TEST_F(ExplainTest, APostThatTikTokRefusedByWhatWasMeasuredOfIt) {
  const std::string id = post_short_video();
  const Json error = only(run_json({"status", "--wait", "--timeout", "60s"}, 5), "status")["error"];
  EXPECT_THAT(error.value("message", ""), HasSubstr("duration_check_failed"));
  EXPECT_EQ(error["rule"], "video.duration_min");
  EXPECT_EQ(error["measured"], 1);
  EXPECT_EQ(error["limit"], 3);
  EXPECT_EQ(error["unit"], "s");
  EXPECT_EQ(error["file"], path("out/short.mp4").string());
  EXPECT_FALSE(error.value("fix", "").empty());

  settings_.environment.erase("AYRSHARE_API_KEY");  // the ledger and the certificate are enough
  for (const std::string& subject : {id, path("drop/short.mp4").string()}) {
    const Json explanation = only(run_json({"explain", subject}, 0), "explanation");
    EXPECT_EQ(explanation["post"]["state"], "failed") << subject;
    EXPECT_THAT(explanation.value("said", ""), HasSubstr("duration_check_failed"));
    const Json rule = explanation["refusals"][0]["rules"][0];
    EXPECT_EQ(rule["id"], "video.duration_min");
    EXPECT_EQ(rule["measured"], 1);
    EXPECT_EQ(rule["broken"], true);
    EXPECT_EQ(explanation["certificate"], path("out/short.tokprep.json").string());
  }
  const auto text = run({"explain", id});
  EXPECT_THAT(text.out, HasSubstr("measured  1 s in " + path("out/short.mp4").string() + ": outside the limit"));
}

TEST_F(ExplainTest, AReasonBesideAnItemsOwnNumbers) {
  (void)post_short_video();
  for (const auto& item : {path("drop/short.mp4"), path("out/short.tokprep.json")}) {
    const auto lines = run_json({"explain", "video.duration_min", "--item", item}, 0);
    EXPECT_EQ(only(lines, "explanation")["rules"][0]["measured"], 1) << item;
  }
  const auto lines = run_json({"explain", "137", "--item", path("drop/none.mp4")}, 2);
  EXPECT_THAT(only(lines, "error")["error"].value("fix", ""), HasSubstr(".tokprep.json"));
}

TEST_F(ExplainTest, StatusEndsByWhoCanHelp) {
  const auto failed_by = [&](const std::string& reason, int exit_code) {
    const auto picture = picture_that_fails(reason);
    run_json({"post", picture, "--yes", "--caption", reason}, 0);
    const Json error = only(run_json({"status", "--wait", "--timeout", "60s"}, exit_code), "status")["error"];
    EXPECT_THAT(error.value("message", ""), HasSubstr(reason));
    return error;
  };
  EXPECT_EQ(failed_by("spam_risk_text", 5)["fix"], "change the caption");
  EXPECT_THAT(run({"status"}).out, HasSubstr("try: change the caption"));
}

TEST_F(ExplainTest, StatusOfAnAccountThatHasToBeLinkedAgain) {
  const auto picture = picture_that_fails("auth_removed");
  run_json({"post", picture, "--yes"}, 0);
  const Json error = only(run_json({"status", "--wait", "--timeout", "60s"}, 7), "status")["error"];
  EXPECT_EQ(error["code"], "auth");
  EXPECT_THAT(error.value("fix", ""), HasSubstr("link TikTok again"));
}

TEST_F(ExplainTest, APostThatTheServiceRefusesAtOnce) {
  sandbox_.reset();
  ASSERT_TRUE(start_sandbox());  // judges at once
  (void)make_clip(folder_, "-f lavfi -i testsrc2=s=720x1280:r=30:d=1 -c:v libx264 -pix_fmt yuv420p", "drop/short.mp4");
  const auto rules = folder_.file("rules.json", R"({"video.duration_min": 0.5})");
  const Json error = only_error(run_json({"post", path("drop/short.mp4"), "--yes", "--rules", rules}, 5));
  EXPECT_THAT(error.value("message", ""), HasSubstr("(code 182)"));
  EXPECT_THAT(error.value("message", ""), HasSubstr("was refused before anything was sent."));
  EXPECT_EQ(error["rule"], "video.side_min");
  EXPECT_EQ(error["measured"], 720);
  EXPECT_FALSE(error.value("fix", "").empty());
}

}  // namespace
}  // namespace tokprep::test
