#include "base/digest.h"
#include "tests/upload/sandbox_fixture.h"

namespace tokprep {
namespace {

class SandboxContract : public SandboxTest {
 protected:
  Answer patch(const Json& body) const {
    return read(client().Patch("/api/post", key(), body.dump(), "application/json"));
  }
  Answer put_json(const std::string& path, const Json& body) const {
    return read(client().Put("/api" + path, key(), body.dump(), "application/json"));
  }
  [[nodiscard]] Json state_of(const std::string& id) const { return get("/post/" + id).body; }
  [[nodiscard]] int violations() const { return counts()["violations"]["total"]; }
  [[nodiscard]] std::string scheduled(const std::string& text = "later") const {
    Json body = post_body({uploaded("a.mp4")}, text);
    body["scheduleDate"] = "2026-11-22T00:40:00Z";
    return submitted(body);
  }
  /// Code 101, and one violation more than before.
  void expect_slip(const Answer& answer, const std::string& what) {
    EXPECT_EQ(answer.status, 400) << what;
    EXPECT_EQ(answer.body["code"], 101) << what;
    EXPECT_EQ(violations(), ++slips_) << what;
  }
  int slips_ = 0;
};

TEST_F(SandboxContract, ApprovedPostsGoOut) {
  Json body = post_body({uploaded("a.mp4")});
  body["requiresApproval"] = true;
  const std::string id = submitted(body);
  EXPECT_EQ(patch({{"id", id}, {"notes", "seen"}}).status, 200);
  EXPECT_EQ(state_of(id)["status"], "awaiting approval");
  EXPECT_EQ(state_of(id)["notes"], "seen");
  const Answer approved = patch({{"id", id}, {"approved", true}});
  EXPECT_EQ(approved.status, 200);
  EXPECT_EQ(approved.body["id"], id);
  EXPECT_EQ(state_of(id)["postIds"][0]["id"], "pending");
  EXPECT_EQ(patch({{"id", id}, {"notes", "late"}}).status, 400) << "sent posts stay as they are";
}

TEST_F(SandboxContract, ScheduleIsMovedByBothVerbs) {
  const std::string id = scheduled();
  EXPECT_EQ(patch({{"id", id}, {"scheduleDate", "2026-11-23T00:00:00Z"}}).status, 200);
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(state_of(id)["status"], "pending");
  EXPECT_EQ(state_of(id)["scheduleDate"], "2026-11-23T00:00:00Z");
  EXPECT_EQ(put_json("/post", {{"id", id}, {"scheduleDate", "2020-01-01T00:00:00Z"}}).status, 200);
  EXPECT_EQ(state_of(id)["postIds"][0]["id"], "pending") << "a past date is now";
}

TEST_F(SandboxContract, PausedPostsWait) {
  const std::string id = scheduled();
  EXPECT_EQ(patch({{"id", id}, {"scheduledPause", true}}).status, 200);
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(state_of(id)["status"], "paused");
  EXPECT_EQ(get("/history?status=paused").body["count"], 1);
  EXPECT_EQ(patch({{"id", id}, {"scheduledPause", false}}).status, 200);
  EXPECT_EQ(state_of(id)["postIds"][0]["id"], "pending");
}

TEST_F(SandboxContract, UpdateSaysWhatIsWrong) {
  const std::string id = scheduled();
  EXPECT_EQ(patch({{"id", "nosuchid"}, {"notes", "x"}}).body["code"], 114);
  EXPECT_EQ(violations(), 0);
  expect_slip(patch({{"id", id}}), "nothing to change");
  expect_slip(patch({{"notes", "x"}}), "no id");
  expect_slip(patch({{"id", id}, {"scheduleDate", "tomorrow"}}), "no date");
  expect_slip(patch({{"id", id}, {"approved", "yes"}}), "no flag");
}

TEST_F(SandboxContract, FailedPostsAreRetriedOnce) {
  Json body = post_body({uploaded("a.mp4")});
  body["notes"] = "sandbox:fail=internal";
  const std::string id = submitted(body);
  EXPECT_EQ(put_json("/post/retry", {{"id", id}}).status, 400) << "it has not failed";
  clock_.advance(std::chrono::minutes(1));
  EXPECT_EQ(state_of(id)["status"], "error");
  const Answer retried = put_json("/post/retry", {{"id", id}});
  EXPECT_EQ(retried.status, 200);
  EXPECT_EQ(retried.body["status"], "pending");
  EXPECT_EQ(state_of(id)["errors"], Json::array());
  clock_.advance(std::chrono::minutes(1));
  EXPECT_TRUE(state_of(id)["postIds"][0].contains("postUrl"));
  EXPECT_EQ(put_json("/post/retry", {{"id", id}}).status, 400);
  body["post"] = "for good";
  body["notes"] = "sandbox:fail=spam_risk";
  const std::string lost = submitted(body);
  clock_.advance(std::chrono::minutes(1));
  EXPECT_EQ(put_json("/post/retry", {{"id", lost}}).status, 400) << "not for a time";
}

TEST_F(SandboxContract, LengthsAreWeighed) {
  for (const char* path : {"/validate/postLength", "/post/checkPostWeight"}) {
    const Json reply = post(path, {{"post", "hi \xF0\x9F\x98\x80"}}).body;
    EXPECT_EQ(reply["tikTokWeightedLength"], 5) << path;
    EXPECT_EQ(reply["tikTokValid"], true);
    EXPECT_EQ(reply["maxCharLimits"]["tiktok"], 2200);
  }
  EXPECT_EQ(post("/validate/postLength", {{"post", std::string(2201, 'x')}}).body["tikTokValid"], false);
}

TEST_F(SandboxContract, HistoryBetweenDatesAndOfTikTokItself) {
  const std::string url = uploaded("a.mp4");
  submitted(post_body({url}, "first"));
  clock_.advance(std::chrono::hours(24));
  submitted(post_body({url}, "second"));
  clock_.advance(std::chrono::minutes(1));
  const auto only = [&](const std::string& query) { return get("/history?" + query).body["history"][0]["post"]; };
  EXPECT_EQ(only("startDate=2026-11-22T12:00:00Z&endDate=2026-11-24T00:00:00Z"), "second");
  EXPECT_EQ(only("endDate=2026-11-22T12:00:00Z"), "first");
  EXPECT_EQ(get("/history?autoRepostId=all").status, 400);
  const Json native = get("/history/tiktok?limit=1").body;
  EXPECT_EQ(native["status"], "success");
  ASSERT_EQ(native["posts"].size(), 1U);
  EXPECT_EQ(native["posts"][0]["post"], "second");
  EXPECT_EQ(violations(), 0);
}

TEST_F(SandboxContract, UserTellsQuotas) {
  static_cast<void>(uploaded("a.mp4"));
  const Json user = get("/user?instagramDetails=true").body;
  EXPECT_EQ(user["monthlyApiCalls"], 1) << "the upload; this call is counted once it is answered";
  EXPECT_EQ(user["monthlyPostQuota"], 1000);
  EXPECT_EQ(user["suspended"], false);
  EXPECT_TRUE(user["created"].contains("_seconds"));
}

TEST_F(SandboxContract, UnknownParametersAndHeadersAreSlips) {
  expect_slip(get("/history?limits=3"), "a parameter nobody knows");
  expect_slip(get("/history?status=done"), "a status nobody knows");
  expect_slip(get("/history?startDate=yesterday"), "no date");
  expect_slip(get("/media/uploadUrl?fileName=a.mp4&contentType=video/mp4"), "a MIME type");
  expect_slip(get("/user?x=1"), "no parameters here");
  httplib::Headers twice = key();
  twice.emplace("Profile-Key", "two words");
  expect_slip(read(client().Get("/api/user", twice)), "a profile key with a space");
  httplib::Headers same = key();
  same.emplace("Profile-Key", sandbox_->api_key());
  expect_slip(read(client().Get("/api/user", same)), "the wrong key");
  expect_slip(read(client().Post("/api/post", key(), "{}", "text/plain")), "another type");
  expect_slip(post("/media/urlExists", {{"mediaUrls", "x"}}), "another name");
  expect_slip(remove({{"id", 7}}), "another type of field");
  const httplib::MultipartFormDataItems form{{"file", "x", "a.mp4", "video/mp4"}, {"filename", "b.mp4", "", ""}};
  expect_slip(read(client().Post("/api/media/upload", key(), form)), "a part nobody knows");
  const Json sentences = counts()["violations"]["sentences"];
  EXPECT_EQ(sentences[0]["endpoint"], "history");
  EXPECT_EQ(sentences[0]["message"], "limits: unknown parameter; limit is known");
  EXPECT_EQ(requests()[0]["violations"][0], sentences[0]["message"]);
  EXPECT_EQ(file_text("requests.jsonl").find(sandbox_->api_key()), std::string::npos);
}

TEST_F(SandboxContract, UnknownEndpointsAndLeakedKeysAreSlips) {
  EXPECT_EQ(get("/posts").status, 404);
  EXPECT_EQ(violations(), 1);
  EXPECT_EQ(read(client().Put("/api/user", key(), "{}", "application/json")).status, 405);
  EXPECT_EQ(violations(), 2);
  const Answer ticket = get("/media/uploadUrl?fileName=a.mp4");
  EXPECT_EQ(put(ticket.body["uploadUrl"], "x", "video/mp4", key())->status, 403);
  EXPECT_EQ(violations(), 3) << "storage must not see the key";
  EXPECT_EQ(put(ticket.body["uploadUrl"], "x", "image/png")->status, 403);
  EXPECT_EQ(violations(), 4);
}

TEST_F(SandboxContract, WhatIsDocumentedIsNoSlip) {
  const std::string url = uploaded("a.mp4");
  Json body{{"post", {{"default", "for others"}, {"tiktok", "for TikTok"}}},
            {"platforms", {"all"}},
            {"mediaUrls", {{"default", {url}}}},
            {"title", "a title"},
            {"faceBookOptions", {{"mediaCaptions", {"x"}}}},
            {"youTubeOptions", Json::object()},
            {"source", "pypi"}};
  const Answer answer = post("/post", body);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body["post"], "for TikTok");
  body["autoHashtag"] = true;
  EXPECT_EQ(post("/post", body).status, 400) << "known, and not played";
  EXPECT_EQ(get("/history?limit=1&lastDays=3&platform=tiktok&type=now&source=npm").status, 200);
  EXPECT_EQ(remove({{"deleteAllScheduled", true}, {"source", "npm"}}).status, 200);
  EXPECT_EQ(read(client().Get("/api/user", httplib::Headers{})).status, 403) << "a bad key is no slip";
  EXPECT_EQ(violations(), 0) << counts()["violations"];
}

TEST_F(SandboxContract, CountsTellWhatCameIn) {
  const std::string url = uploaded("a.mp4", "bytes");
  Json body = post_body({url}, "caption");
  body["idempotencyKey"] = "key";
  submitted(body);
  post("/post", post_body({url}, "caption"));  // 137
  const Json seen = counts();
  EXPECT_EQ(seen["requests"]["by_endpoint"], Json({{"media_upload", 1}, {"post", 2}}));
  EXPECT_EQ(seen["requests"]["by_status"], Json({{"200", 2}, {"400", 1}}));
  EXPECT_EQ(seen["uploads"]["total"], 1);
  EXPECT_EQ(seen["uploads"]["bytes"], 5);
  EXPECT_EQ(seen["uploads"]["files"][0]["sha256"], sha256_of("bytes"));
  EXPECT_EQ(seen["posts"]["accepted"], 1);
  EXPECT_EQ(seen["posts"]["refused"], 1);
  EXPECT_EQ(seen["posts"]["duplicates"], 0);
  EXPECT_EQ(seen["posts"]["by_idempotency_key"], Json({{"key", 1}}));
  const Json& accepted = seen["posts"]["accepted_posts"][0];
  EXPECT_EQ(accepted["caption"], "caption");
  EXPECT_EQ(accepted["media_sha256"], Json({sha256_of("bytes")}));
  EXPECT_EQ(accepted["idempotency_key"], "key");
}

TEST_F(SandboxContract, CountsSurviveARestart) {
  static_cast<void>(uploaded("a.mp4"));
  static_cast<void>(get("/nothing"));
  const Json before = counts();
  sandbox_->stop();
  std::ofstream(data_dir_ / "requests.jsonl", std::ios::app) << "{\"time\":\"2026-";  // a line a crash cut
  restart();
  EXPECT_EQ(counts(), before);
  EXPECT_EQ(get("/user").status, 200);
  restart();
  EXPECT_EQ(counts()["requests"]["by_endpoint"]["user"], 1);
}

}  // namespace
}  // namespace tokprep
