#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/upload/client_fixture.h"

namespace tokprep {
namespace {

using namespace std::chrono_literals;
using test::ScriptedReply;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kPending = R"({"status":"success","errors":[],"postIds":[{"status":"success",
  "idShare":"video.70","id":"pending","isVideo":true,"platform":"tiktok"}],"id":"lb42","refId":"23a9","post":"hi"})";
constexpr const char* kUser = R"({"activeSocialAccounts":["tiktok","facebook"],"title":"Primary Profile"})";

class PostApiTest : public test::ClientFixture {
 protected:
  Result<PostRecord> post() {
    PostOptions options;
    options.caption = "hi 🌊";
    options.visibility = Visibility::kPrivate;
    return client_.create_post(options, {"https://m.example/v.mp4"}, true, run_);
  }

  /// One answer to POST /post; checks that it was sent once whatever came of it.
  Result<PostRecord> post_answered_by(const ScriptedReply& reply) {
    const auto before = server_.requests("POST /api/post").size();
    server_.on("POST /api/post", {reply});
    auto record = post();
    EXPECT_EQ(server_.requests("POST /api/post").size(), before + 1);
    EXPECT_THAT(clock_.slept(), IsEmpty());
    if (!record) expect_no_key(record.error());
    return record;
  }
};

TEST_F(PostApiTest, APostIsSentAsWritten) {
  const auto record = post_answered_by({.body = kPending});
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->id, "lb42");
  EXPECT_EQ(record->state, PostState::kPending);
  const auto request = server_.requests("POST /api/post").at(0);
  EXPECT_EQ(request.header("content-type"), "application/json");
  EXPECT_EQ(request.header("authorization"), std::string("Bearer ") + test::kApiKey);
  EXPECT_EQ(request.header("profile-key"), test::kProfileKey);
  EXPECT_EQ(nlohmann::json::parse(request.body), nlohmann::json::parse(R"({"post":"hi 🌊","platforms":["tiktok"],
    "mediaUrls":["https://m.example/v.mp4"],"isVideo":true,"tikTokOptions":{"visibility":"private"}})"));
}

TEST_F(PostApiTest, AnAnswerWrappedForAProfileIsRead) {
  const auto record = post_answered_by({.body = std::string(R"({"status":"success","posts":[)") + kPending + "]}"});
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->id, "lb42");
}

TEST_F(PostApiTest, AScheduledPostIsScheduled) {
  const auto record =
      post_answered_by({.body = R"({"status":"scheduled","scheduleDate":"2026-07-08T12:30:00Z","id":"lb42"})"});
  ASSERT_TRUE(record);
  EXPECT_EQ(record->state, PostState::kScheduled);
  EXPECT_EQ(record->schedule_date, "2026-07-08T12:30:00Z");
}

TEST_F(PostApiTest, WithoutAClearAnswerTheOutcomeIsUnknown) {
  const std::vector<ScriptedReply> unclear = {
      {.answer = ScriptedReply::Answer::kNone},
      {.body = kPending, .answer = ScriptedReply::Answer::kHalf},
      {.status = 500, .body = R"({"status":"error","errors":[{"code":1,"message":"m"}]})"},
      {.status = 502, .body = "<html>Bad Gateway</html>"},
      {.body = "<html>OK</html>"},
      {.body = R"({"status":"success"})"},
      {.status = 201, .body = kPending},
      {.status = 202, .body = R"({"status":"error","errors":[{"code":137,"message":"m"}]})"},
      {.status = 204, .body = ""},
      {.status = 206, .body = "{}"},
      {.status = 400, .body = R"({"status":"error","errors":[{"code":110,"message":"m","platform":"twitter"}],
        "postIds":[{"platform":"tiktok","status":"success","id":"pending"}]})"},
      {.body = R"({"status":"error","errors":[{"code":1,"message":"m"}],"postIds":[{"platform":"tiktok"}]})"},
  };
  for (const ScriptedReply& reply : unclear) {
    const auto record = post_answered_by(reply);
    ASSERT_FALSE(record) << reply.body;
    EXPECT_EQ(record.error().code, ErrorCode::kOutcomeUnknown) << reply.body;
    EXPECT_EQ(record.error().fix, "tokprep status");
  }
}

TEST_F(PostApiTest, ALostAnswerOnAKeptConnectionIsNotRepeatedByTheTransport) {
  server_.on("GET /api/user", {{.body = kUser}});
  ASSERT_TRUE(client_.account(run_));
  const auto record = post_answered_by({.answer = ScriptedReply::Answer::kNone});
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().code, ErrorCode::kOutcomeUnknown);
}

TEST_F(PostApiTest, ARefusalIsToldInTheServicesWords) {
  const auto record = post_answered_by(
      {.status = 400, .body = R"({"status":"error","errors":[{"action":"post","status":"error","code":182,
        "message":"Video dimensions are wrong.","verifyCheck":true,"platform":"tiktok"}],"postIds":[],"id":"6APU",
        "validate":true})"});
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().code, ErrorCode::kRejected);
  EXPECT_EQ(record.error().native, 400);
  EXPECT_THAT(record.error().message, HasSubstr("(code 182) Video dimensions are wrong."));
  EXPECT_FALSE(record.error().fix.empty());
}

TEST_F(PostApiTest, StatusErrorInAnHttp200IsARefusal) {
  const auto record =
      post_answered_by({.body = R"({"status":"error","id":"6APU","errors":[{"code":137,"message":"Duplicate."}]})"});
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().code, ErrorCode::kRejected);
}

TEST_F(PostApiTest, WhatTikTokHasIsAPostWhateverTheOthersSay) {
  const std::string partial = R"({"status":"error","id":"lb42","errors":[{"code":110,"message":"Duplicate.",
    "platform":"twitter"}],"postIds":[{"platform":"tiktok","status":"success","id":"pending","idShare":"video.70"}]})";
  for (const int status : {200, 400, 500}) {
    const auto record = post_answered_by({.status = status, .body = partial});
    ASSERT_TRUE(record) << status << ": " << record.error().message;
    EXPECT_EQ(record->id, "lb42");
    EXPECT_EQ(record->state, PostState::kPending);
  }
  const auto wrapped = post_answered_by({.status = 400, .body = R"({"status":"error","posts":[)" + partial + "]}"});
  ASSERT_TRUE(wrapped) << wrapped.error().message;
  EXPECT_EQ(wrapped->id, "lb42");
}

TEST_F(PostApiTest, AnEntryThatFailedIsARefusal) {
  for (const char* entry :
       {R"({"platform":"tiktok","status":"error","id":"failed"})", R"({"platform":"tiktok","status":"error"})",
        R"({"platform":"tiktok","id":"failed"})", R"({"platform":"twitter","status":"success","id":"77"})"}) {
    const auto record = post_answered_by(
        {.status = 400,
         .body = std::string(R"({"status":"error","id":"6APU","errors":[{"code":137,"message":"Duplicate."}],)") +
                 R"("postIds":[)" + entry + "]}"});
    ASSERT_FALSE(record) << entry;
    EXPECT_EQ(record.error().code, ErrorCode::kRejected) << entry;
  }
}

TEST_F(PostApiTest, ALimitIsNotAnOutcomeAndNotRepeated) {
  const auto record = post_answered_by({.status = 429, .headers = {{"Retry-After", "1"}}});
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().code, ErrorCode::kRateLimited);
}

TEST_F(PostApiTest, ALimitThatNamesATimeHoldsTheNextPost) {
  const auto refused = post_answered_by({.status = 429, .body = "{}", .headers = {{"Retry-After", "120"}}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fix, "run again in 120 s");
  const auto held = post();
  ASSERT_FALSE(held) << "create_post does not wait by itself";
  EXPECT_EQ(held.error().code, ErrorCode::kRateLimited);
  EXPECT_EQ(held.error().native, 0) << "nothing was sent";
  const auto before = clock_.now();
  std::vector<std::string> stages;
  run_.progress = [&](const Progress& progress) { stages.push_back(progress.stage); };
  ASSERT_TRUE(client_.wait_for_window(run_));
  EXPECT_GE(clock_.now() - before, std::chrono::seconds(120));
  EXPECT_EQ(stages, std::vector<std::string>{"wait"});
  server_.on("POST /api/post", {{.body = kPending}});
  EXPECT_TRUE(post());
}

TEST_F(PostApiTest, ALimitThatNamesNoTimeHoldsTheNextPostForAMoment) {
  ASSERT_FALSE(post_answered_by({.status = 429, .body = "{}"}));
  ASSERT_FALSE(post());
  ASSERT_TRUE(client_.wait_for_window(run_));
  server_.on("POST /api/post", {{.body = kPending}});
  EXPECT_TRUE(post());
}

TEST_F(PostApiTest, ATimeBeyondAllPatienceIsNotWaitedFor) {
  ASSERT_FALSE(post_answered_by({.status = 429, .body = "{}", .headers = {{"Retry-After", "86400"}}}));
  const Status waited = client_.wait_for_window(run_);
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().code, ErrorCode::kRateLimited);
  EXPECT_EQ(waited.error().fix, "run again in 86400 s");
}

TEST_F(PostApiTest, WhatWasRefusedBeforeItWasSentIsARefusalWhateverTheStatus) {
  const auto record = post_answered_by(
      {.status = 500, .body = R"({"status":"error","errors":[{"code":182,"message":"Wrong size.","verifyCheck":true,
        "platform":"tiktok"}],"postIds":[],"id":"6APU","validate":true})"});
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().code, ErrorCode::kRejected);
}

TEST_F(PostApiTest, AServiceThatDoesNotRunWasSentNothing) {
  std::string gone;
  {
    const test::ScriptedServer closed;
    gone = closed.url();
  }
  AyrshareClient lost(http_, {gone + "/api", Secret(test::kApiKey), std::nullopt}, policy());
  const auto record = lost.create_post({}, {"https://m.example/v.mp4"}, true, run_);
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().code, ErrorCode::kNetwork);
  expect_no_key(record.error());
  EXPECT_EQ(lost.account(run_).error().code, ErrorCode::kNetwork);
}

TEST_F(PostApiTest, AStoppedRunSendsNothing) {
  std::stop_source stop;
  stop.request_stop();
  run_.stop = stop.get_token();
  EXPECT_EQ(post().error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(PostApiTest, AFailedPostIsARecordNotAFailedCall) {
  server_.on("GET /api/post/lb%2042", {{.body = R"({"id":"lb 42","status":"error","postIds":[{"platform":"tiktok",
    "status":"error","id":"failed"}],"errors":[{"code":0,"message":"spam_risk","platform":"tiktok"}]})"}});
  const auto record = client_.get_post("lb 42", run_);
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->state, PostState::kFailed);
  ASSERT_EQ(record->errors.size(), 1U);
  EXPECT_EQ(record->errors[0].message, "spam_risk");
}

TEST_F(PostApiTest, AnUnknownPostIsRejected) {
  server_.on("GET /api/post/none",
             {{.status = 404, .body = R"({"status":"error","code":114,"message":"Not found."})"}});
  const auto record = client_.get_post("none", run_);
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().code, ErrorCode::kRejected);
}

TEST_F(PostApiTest, TheHistoryIsNewestFirstAndOfTikTok) {
  server_.on("GET /api/history", {{.body = R"({"history":[
    {"id":"old","created":"2026-01-05T01:18:47.000Z","platforms":["tiktok"],"status":"success"},
    {"id":"other","created":"2026-01-06T01:18:47.000Z","platforms":["facebook"],"status":"success"},
    {"id":"new","created":"2026-01-07T01:18:47.000Z","platforms":["facebook","tiktok"],"status":"success"}],"count":3})"}});
  const auto records = client_.history({50, 7}, run_);
  ASSERT_TRUE(records) << records.error().message;
  ASSERT_EQ(records->size(), 2U);
  EXPECT_EQ(records->at(0).id, "new");
  EXPECT_EQ(records->at(1).id, "old");
  EXPECT_EQ(server_.requests().at(0).target, "/api/history?limit=50&lastDays=7");
}

TEST_F(PostApiTest, AnEmptyHistoryIsAnEmptyList) {
  for (const char* body : {R"({"history":{"action":"get","status":"error","code":221,"message":"none"},"count":0})",
                           R"({"action":"get","status":"error","code":221,"message":"none"})"}) {
    server_.on("GET /api/history", {{.status = 400, .body = body}});
    const auto records = client_.history({}, run_);
    ASSERT_TRUE(records) << records.error().message;
    EXPECT_THAT(*records, IsEmpty());
  }
  server_.on("GET /api/history", {{.status = 400, .body = R"({"status":"error","code":101,"message":"bad"})"}});
  EXPECT_EQ(client_.history({}, run_).error().code, ErrorCode::kRejected);
}

TEST_F(PostApiTest, ReadingIsRepeatedAsLongAsTheServiceSays) {
  server_.on("GET /api/user", {{.status = 503},
                               {.status = 429, .headers = {{"Retry-After", "11"}}},
                               {.body = kUser, .answer = ScriptedReply::Answer::kHalf},
                               {.body = kUser}});
  const auto account = client_.account(run_);
  ASSERT_TRUE(account) << account.error().message;
  EXPECT_THAT(account->networks, ElementsAre("tiktok", "facebook"));
  EXPECT_THAT(clock_.slept(), ElementsAre(500ms, 11s, 2s));
}

TEST_F(PostApiTest, NoLinkedNetworkIsAnEmptyList) {
  server_.on("GET /api/user", {{.body = R"({"title":"Primary Profile"})"}});
  EXPECT_THAT(client_.account(run_).value().networks, IsEmpty());
}

TEST_F(PostApiTest, ARefusedKeyIsToldAtOnce) {
  server_.on("GET /api/user", {{.status = 401, .body = R"({"status":"error","code":102,"message":"no"})"}});
  const auto account = client_.account(run_);
  ASSERT_FALSE(account);
  EXPECT_EQ(account.error().code, ErrorCode::kAuth);
  EXPECT_EQ(account.error().message, "GET /user: the service refused the key (HTTP 401): (code 102) no");
  EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_F(PostApiTest, AnAnswerThatStaysUnreadableIsUnavailable) {
  server_.on("GET /api/user", {{.body = "<html>"}});
  const auto account = client_.account(run_);
  ASSERT_FALSE(account);
  EXPECT_EQ(account.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace tokprep
