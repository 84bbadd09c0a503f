#include "tests/upload/sandbox_fixture.h"

namespace tokprep {
namespace {

class SandboxHistory : public SandboxTest {
 protected:
  [[nodiscard]] Json state_of(const std::string& id) const { return get("/post/" + id).body; }
  [[nodiscard]] std::string with_notes(const std::string& notes) const {
    Json body = post_body({uploaded("a.mp4")}, notes);
    body["notes"] = notes;
    return submitted(body);
  }
};

TEST_F(SandboxHistory, PendingBecomesPublishedAfterTheDelay) {
  const std::string video = submitted(post_body({uploaded("a.mp4")}));
  const std::string photos = submitted(post_body({uploaded("a.jpg", "a photo")}));
  clock_.advance(std::chrono::milliseconds(59'999));
  EXPECT_EQ(state_of(video)["postIds"][0]["id"], "pending");
  EXPECT_FALSE(state_of(video)["postIds"][0].contains("postUrl"));
  clock_.advance(std::chrono::milliseconds(1));
  const Json entry = state_of(video)["postIds"][0];
  const std::string id = entry["id"];
  EXPECT_EQ(id.size(), 19U);
  EXPECT_EQ(id.find_first_not_of("0123456789"), std::string::npos);
  EXPECT_EQ(entry["postUrl"], "https://www.tiktok.com/@sandbox/video/" + id);
  EXPECT_TRUE(state_of(photos)["postIds"][0]["postUrl"].get<std::string>().starts_with(
      "https://www.tiktok.com/@sandbox/photo/7"));
  EXPECT_EQ(state_of(video)["postIds"][0]["id"], id) << "a published post keeps its id";
}

TEST_F(SandboxHistory, PrivatePostsAndDraftsStayPending) {
  Json body = post_body({uploaded("a.mp4")}, "private");
  body["tikTokOptions"] = {{"visibility", "private"}};
  const std::string hidden = submitted(body);
  body["post"] = "draft";
  body["tikTokOptions"] = {{"draft", true}};
  const std::string draft = submitted(body);
  clock_.advance(std::chrono::hours(24));
  EXPECT_EQ(state_of(hidden)["postIds"][0]["id"], "pending");
  EXPECT_EQ(state_of(draft)["postIds"][0]["id"], "pending");
}

TEST_F(SandboxHistory, RehearsedFailuresComeLate) {
  const std::string by_notes = with_notes("please sandbox:fail=spam_risk_too_many_posts now");
  const std::string by_name = submitted(post_body({uploaded("sandbox:fail=frame_rate_check_failed.mp4", "named")}));
  EXPECT_EQ(state_of(by_notes)["postIds"][0]["id"], "pending");
  clock_.advance(std::chrono::seconds(60));
  const Json failed = state_of(by_notes);
  EXPECT_EQ(failed["status"], "error");
  EXPECT_EQ(failed["postIds"][0]["id"], "failed");
  EXPECT_EQ(failed["postIds"][0]["status"], "error");
  EXPECT_EQ(failed["errors"][0]["details"], "spam_risk_too_many_posts");
  EXPECT_EQ(failed["errors"][0]["retryAvailable"], true);
  EXPECT_EQ(failed["errors"][0]["platform"], "tiktok");
  const Json named = state_of(by_name);
  EXPECT_EQ(named["errors"][0]["details"], "frame_rate_check_failed");
  EXPECT_FALSE(named["errors"][0].contains("retryAvailable"));
}

TEST_F(SandboxHistory, ScheduledPostsGoOutWhenTheirTimeHasCome) {
  Json body = post_body({uploaded("a.mp4")});
  body["scheduleDate"] = "2026-11-22T00:40:00Z";
  const Answer answer = post("/post", body);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body["status"], "scheduled");
  EXPECT_EQ(answer.body["scheduleDate"], "2026-11-22T00:40:00Z");
  EXPECT_FALSE(answer.body.contains("postIds"));
  const std::string id = answer.body["id"];
  EXPECT_EQ(state_of(id)["status"], "pending");
  EXPECT_EQ(state_of(id)["type"], "scheduled");
  EXPECT_EQ(state_of(id)["postIds"], Json::array());
  clock_.advance(std::chrono::minutes(40));  // 00:40:00.250
  EXPECT_EQ(state_of(id)["postIds"][0]["id"], "pending");
  clock_.advance(std::chrono::minutes(1));
  EXPECT_TRUE(state_of(id)["postIds"][0].contains("postUrl"));
}

TEST_F(SandboxHistory, DatesArePastFutureOrWrong) {
  Json body = post_body({uploaded("a.mp4")});
  for (const char* wrong : {"", "tomorrow", "2026-07-08", "2026-07-08T12:30:00", "2026-07-08T12:30:00+02:00",
                            "2026-02-30T12:30:00Z", "2026-07-08T24:30:00Z", "2026-07-08T12:30:00.Z"}) {
    body["scheduleDate"] = wrong;
    EXPECT_EQ(post("/post", body).body["code"], 101) << wrong;
  }
  body["scheduleDate"] = "2020-01-01T00:00:00Z";
  const Answer past = post("/post", body);
  EXPECT_EQ(past.body["status"], "success");
  EXPECT_EQ(past.body["postIds"][0]["id"], "pending");
  body["scheduleDate"] = "2027-07-08T12:30:00.500Z";
  EXPECT_EQ(post("/post", body).body["status"], "scheduled");
}

TEST_F(SandboxHistory, ScheduledPostFailsWhenItsFileHasExpired) {
  Json body = post_body({uploaded("a.mp4")});
  body["scheduleDate"] = "2027-06-01T00:00:00Z";
  const std::string id = submitted(body);
  clock_.advance(std::chrono::hours(24 * 200));
  EXPECT_EQ(state_of(id)["errors"][0]["code"], 136);
  EXPECT_EQ(state_of(id)["postIds"][0]["id"], "failed");
}

TEST_F(SandboxHistory, ApprovalIsWaitedFor) {
  Json body = post_body({uploaded("a.mp4")});
  body["requiresApproval"] = true;
  const std::string id = submitted(body);
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(state_of(id)["status"], "awaiting approval");
}

TEST_F(SandboxHistory, EmptyHistoryIsAnError) {
  const Answer empty = get("/history");
  EXPECT_EQ(empty.status, 400);
  EXPECT_EQ(empty.body["count"], 0);
  EXPECT_EQ(empty.body["history"]["code"], 221);
  EXPECT_EQ(empty.body["history"]["status"], "error");
  EXPECT_EQ(get("/history/nosuchid").body, empty.body);
  EXPECT_EQ(get("/post/nosuchid").status, 404);
}

TEST_F(SandboxHistory, HistoryIsNewestFirstAndFiltered) {
  const std::string url = uploaded("a.mp4");
  std::vector<std::string> ids;
  for (int i = 0; i < 30; ++i) {
    ids.push_back(submitted(post_body({url}, "post " + std::to_string(i))));
    clock_.advance(std::chrono::hours(1));
  }
  const Json all = get("/history").body;
  EXPECT_EQ(all["count"], 25);  // the default
  EXPECT_EQ(all["history"][0]["id"], ids[29]);
  EXPECT_EQ(all["history"][0]["post"], "post 29");
  EXPECT_EQ(all["history"][0]["platforms"], Json({"tiktok"}));
  EXPECT_EQ(all["history"][0]["type"], "now");
  EXPECT_EQ(get("/history?limit=3").body["count"], 3);
  EXPECT_EQ(get("/history?limit=100&lastDays=1").body["count"], 24);
  EXPECT_EQ(get("/history?limit=100&platforms%5B0%5D=tiktok&source=npm").body["count"], 30);
  EXPECT_EQ(get("/history?platforms%5B0%5D=instagram").status, 400);
  EXPECT_EQ(get("/history?limit=1001").body["code"], 101);
  EXPECT_EQ(get("/history?limit=many").body["code"], 101);
  clock_.advance(std::chrono::hours(24 * 31));
  EXPECT_EQ(get("/history").status, 400);
  EXPECT_EQ(get("/history?lastDays=0&limit=100").body["count"], 30);
}

TEST_F(SandboxHistory, StatusAndTypeFilter) {
  const std::string url = uploaded("a.mp4");
  submitted(post_body({url}, "now"));
  Json later = post_body({url}, "later");
  later["scheduleDate"] = "2026-12-25T00:00:00Z";
  submitted(later);
  post("/post", post_body({uploaded("a.png")}, "refused"));
  const auto only = [&](const std::string& query) {
    const Json found = get("/history?" + query).body["history"];
    return found.size() == 1 ? found[0]["post"].get<std::string>() : found.dump();
  };
  EXPECT_EQ(only("status=success"), "now");
  EXPECT_EQ(only("status=pending"), "later");
  EXPECT_EQ(only("status=error"), "refused");
  EXPECT_EQ(only("type=scheduled"), "later");
  EXPECT_EQ(get("/history?type=immediate").body["count"], 2);
}

TEST_F(SandboxHistory, OneOfTheHistoryHasItsDateAsAnObject) {
  const std::string id = with_notes("remember");
  const Json detail = get("/history/" + id).body;
  EXPECT_EQ(detail["id"], id);
  EXPECT_EQ(detail["notes"], "remember");
  EXPECT_EQ(detail["scheduleDate"]["_seconds"], 1'795'305'600);
  EXPECT_EQ(detail["scheduleDate"]["_nanoseconds"], 250'000'000);
  EXPECT_EQ(detail["scheduleDate"]["utc"], "2026-11-22T00:00:00.250Z");
  EXPECT_EQ(state_of(id)["scheduleDate"], "2026-11-22T00:00:00Z");
}

TEST_F(SandboxHistory, DeletedPostsAreShownOnRequestOnly) {
  const std::string id = submitted(post_body({uploaded("a.mp4")}));
  const Answer deleted = remove({{"id", id}});
  EXPECT_EQ(deleted.status, 200);
  EXPECT_EQ(deleted.body["status"], "success");
  EXPECT_EQ(deleted.body["tiktok"]["status"], "success");
  EXPECT_EQ(get("/history").status, 400);
  EXPECT_EQ(get("/history?status=deleted").body["count"], 1);
  EXPECT_EQ(state_of(id)["status"], "deleted");
  const Answer again = remove({{"id", id}});
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(again.body["code"], 383);
  const Answer unknown = remove({{"id", "nosuchid"}});
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.body["code"], 114);
  EXPECT_EQ(unknown.body["action"], "delete");
}

TEST_F(SandboxHistory, DeletedPostsNeverGoOut) {
  const std::string url = uploaded("a.mp4");
  std::vector<std::string> ids;
  for (const char* text : {"one", "two", "three"}) {
    Json body = post_body({url}, text);
    body["scheduleDate"] = "2026-11-22T00:40:00Z";
    ids.push_back(submitted(body));
  }
  EXPECT_EQ(remove({{"bulk", {ids[0], "nosuchid"}}}).status, 404);
  EXPECT_EQ(state_of(ids[0])["status"], "deleted");
  EXPECT_EQ(remove({{"deleteAllScheduled", true}}).body["posts"].size(), 2U);
  EXPECT_EQ(remove(Json::object()).status, 400);
  clock_.advance(std::chrono::hours(2));
  for (const std::string& id : ids) EXPECT_EQ(state_of(id)["status"], "deleted");
}

TEST_F(SandboxHistory, WhatIsOnTikTokWasNotDeletedByHand) {
  const std::string id = submitted(post_body({uploaded("a.mp4")}));
  clock_.advance(std::chrono::minutes(2));
  EXPECT_EQ(remove({{"id", id}, {"markManualDeleted", true}}).body["code"], 382);
  EXPECT_EQ(remove({{"id", id}}).status, 200);
}

TEST_F(SandboxHistory, UserHasTikTokLinked) {
  const Json user = get("/user").body;
  EXPECT_EQ(user["activeSocialAccounts"], Json::array({"tiktok"}));
  ASSERT_EQ(user["displayNames"].size(), 1U);
  for (const char* name : {"created", "displayName", "id", "platform", "profileUrl", "userImage", "username"}) {
    EXPECT_TRUE(user["displayNames"][0].contains(name)) << name;
  }
}

}  // namespace
}  // namespace tokprep
