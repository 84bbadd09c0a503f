#include "upload/ayrshare/replies.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "upload/ayrshare/service_codes.h"

namespace tokprep {
namespace {

using nlohmann::json;

PostState state_of(const char* text) { return parse_post(json::parse(text)).state; }

std::optional<Error> failure(int status, const std::string& body) {
  const HttpResponse response{status, {}, body};
  return failure_of(response, body_of(response), "GET /user");
}

TEST(PostRecord, StatesOfTheLifeCycle) {
  EXPECT_EQ(state_of(R"({"status":"success","postIds":[{"platform":"tiktok","status":"success","id":"pending"}]})"),
            PostState::kPending);
  EXPECT_EQ(state_of(R"({"status":"success","postIds":[{"platform":"tiktok","id":"v_pub_url~v2.71"}]})"),
            PostState::kPending);
  EXPECT_EQ(state_of(R"({"status":"success","postIds":[{"platform":"tiktok","status":"success","id":"7404"}]})"),
            PostState::kPublished);
  EXPECT_EQ(state_of(R"({"status":"success","postIds":[{"platform":"tiktok","id":7404}]})"), PostState::kPublished);
  EXPECT_EQ(state_of(R"({"status":"error","postIds":[{"platform":"tiktok","status":"error","id":"failed"}],
                         "errors":[{"code":0,"message":"refused","platform":"tiktok"}]})"),
            PostState::kFailed);
  EXPECT_EQ(state_of(R"({"status":"success","errors":[{"message":"m"}],"postIds":[]})"), PostState::kFailed);
  EXPECT_EQ(state_of(R"({"status":"scheduled","scheduleDate":"2026-07-08T12:30:00Z"})"), PostState::kScheduled);
  EXPECT_EQ(state_of(R"({"status":"pending","type":"scheduled"})"), PostState::kScheduled);
  EXPECT_EQ(state_of(R"({"status":"pending","type":"scheduled","postIds":[{"platform":"tiktok","id":"pending"}]})"),
            PostState::kPending);
  EXPECT_EQ(state_of(R"({"status":"paused"})"), PostState::kPaused);
  EXPECT_EQ(state_of(R"({"status":"processing"})"), PostState::kPending);
  EXPECT_EQ(state_of(R"({"status":"awaiting approval"})"), PostState::kAwaitingApproval);
  EXPECT_EQ(state_of(R"({"status":"deleted","postIds":[{"platform":"tiktok","id":"7404"}]})"), PostState::kDeleted);
  EXPECT_EQ(state_of(R"({"status":"something new"})"), PostState::kUnknown);
}

TEST(PostRecord, OtherNetworksDoNotCount) {
  EXPECT_EQ(state_of(R"({"status":"error","errors":[{"message":"m","platform":"facebook"}],
                         "postIds":[{"platform":"facebook","id":"failed"},{"platform":"tiktok","id":"7404"}]})"),
            PostState::kPublished);
  EXPECT_EQ(state_of(R"({"status":"error","errors":[{"message":"m","platform":"facebook"}],
                         "postIds":[{"platform":"tiktok","status":"success","id":"pending"}]})"),
            PostState::kPending);
}

TEST(PostRecord, ReadsDatesTextsAndListsInEveryForm) {
  const PostRecord record = parse_post(json::parse(R"({"id":"lb42","refId":"23a9","post":{"default":"d","tiktok":"t"},
    "notes":"n","mediaUrls":["https://m/1.jpg"],"createDate":{"_seconds":1767575927,"_nanoseconds":0},
    "scheduleDate":{"_seconds":1,"utc":"2026-07-08T12:30:00Z"},"new":{"field":[1]},
    "postIds":[{"platform":"tiktok","id":"7404","postUrl":"https://www.tiktok.com/@me/video/7404"}]})"));
  EXPECT_EQ(record.id, "lb42");
  EXPECT_EQ(record.ref_id, "23a9");
  EXPECT_EQ(record.caption, "t");
  EXPECT_EQ(record.created, "2026-01-05T01:18:47Z");
  EXPECT_EQ(record.schedule_date, "2026-07-08T12:30:00Z");
  EXPECT_EQ(record.tiktok_id, "7404");
  EXPECT_EQ(record.url, "https://www.tiktok.com/@me/video/7404");
  EXPECT_EQ(record.media_urls, std::vector<std::string>{"https://m/1.jpg"});
}

TEST(PostRecord, ADateThatNoClockCountsIsNone) {
  for (const char* seconds : {"17900001000002", "-1", "9223372036854775807"}) {
    const auto text = R"({"id":"lb42","createDate":{"_seconds":)" + std::string(seconds) + "}}";
    EXPECT_EQ(parse_post(json::parse(text)).created, "") << seconds;
  }
}

TEST(PostRecord, AHostileShapeIsOnlyUnknown) {
  for (const char* text : {"[]", "null", R"({"postIds":7,"errors":"x","mediaUrls":{"a":[{}]},"post":[],"created":[]})",
                           R"({"postIds":[[],7,null]})", R"({"scheduleDate":{"_seconds":"x"}})"}) {
    EXPECT_EQ(state_of(text), PostState::kUnknown) << text;
  }
}

TEST(PostRecord, JsonKeepsAnUnknownUrlAsNull) {
  PostRecord record;
  record.id = "lb42";
  record.state = PostState::kPending;
  EXPECT_EQ(json(record), json::parse(R"({"id":"lb42","status":"pending","url":null})"));
}

TEST(Failure, IsClassifiedByStatus) {
  EXPECT_FALSE(failure(200, R"({"status":"success"})"));
  EXPECT_FALSE(failure(200, "[]"));
  EXPECT_EQ(failure(401, "{}")->code, ErrorCode::kAuth);
  EXPECT_EQ(failure(403, "{}")->code, ErrorCode::kAuth);
  EXPECT_EQ(failure(402, "{}")->code, ErrorCode::kRejected);
  EXPECT_EQ(failure(429, "{}")->code, ErrorCode::kRateLimited);
  EXPECT_EQ(failure(302, "")->code, ErrorCode::kRejected);
  EXPECT_EQ(failure(503, "{}")->code, ErrorCode::kUnavailable);
  EXPECT_EQ(failure(202, "{}")->code, ErrorCode::kUnavailable);
  EXPECT_EQ(failure(200, R"({"status":"error","code":"136","message":"m"})")->code, ErrorCode::kRejected);
  EXPECT_EQ(failure(200, "<html>")->code, ErrorCode::kUnavailable);
  EXPECT_EQ(failure(502, "<html>Bad Gateway</html>")->native, 502);
}

TEST(Failure, SaysTheServicesWords) {
  EXPECT_EQ(failure(400, R"({"status":"error","errors":[{"code":182,"message":"Wrong aspect.","details":"9:16"},
                            {"code":"137","message":"Duplicate."}]})")
                ->message,
            "GET /user: the service refused (HTTP 400): (code 182) Wrong aspect. 9:16; (code 137) Duplicate.");
  EXPECT_EQ(failure(400, R"({"status":"error","code":156,"message":"TikTok is not linked."})")->fix,
            "link TikTok on the Social Accounts page of the Ayrshare dashboard");
}

TEST(Failure, LooksIntoTheWrappingOfProfiles) {
  const auto error = failure(400, R"({"status":"error","posts":[{"errors":[{"code":137,"message":"Duplicate."}]}]})");
  ASSERT_TRUE(error);
  EXPECT_NE(error->message.find("(code 137) Duplicate."), std::string::npos) << error->message;
  EXPECT_TRUE(failure(200, R"({"status":"error","posts":[{"id":"x"}]})"));
}

TEST(Failure, ACodeThatRepeatsTheStatusIsNoneOfTheServices) {
  const auto error = failure(502, R"({"status":"error","code":502,"message":"Bad Gateway"})");
  EXPECT_EQ(error->code, ErrorCode::kUnavailable);
  EXPECT_EQ(error->message, "GET /user: the service is not available (HTTP 502): Bad Gateway");
  EXPECT_EQ(error->fix, find_http_status(502)->refusal.fix);
  const auto session = failure(400, R"({"status":"error","code":502,"message":"No such session"})");
  EXPECT_EQ(session->code, ErrorCode::kAuth);
  EXPECT_NE(session->message.find("(code 502)"), std::string::npos) << session->message;
  // TikTok's reason beside it still counts.
  const auto waiting = failure(400, R"({"status":"error","code":400,"message":"TikTok: spam_risk_too_many_posts"})");
  EXPECT_EQ(waiting->code, ErrorCode::kRateLimited);
  EXPECT_EQ(waiting->fix, find_service_reason("spam_risk_too_many_posts")->refusal.fix);
}

TEST(Failure, WhatTheServicesOwnCheckRefusedIsNoFaultOfTheService) {
  const auto error = failure(500, R"({"status":"error","errors":[{"code":182,"message":"Wrong size.",
                                     "verifyCheck":true,"platform":"tiktok"}],"postIds":[],"id":"x"})");
  EXPECT_EQ(error->code, ErrorCode::kRejected);
  EXPECT_EQ(error->native, 500);
  EXPECT_EQ(failure(500, R"({"status":"error","errors":[{"code":182,"message":"Wrong size."}]})")->code,
            ErrorCode::kUnavailable);
}

TEST(Failure, AReasonOfTikToksInTheDetailsIsUnderstood) {
  const auto error = failure(400, R"({"status":"error","errors":[{"code":0,"platform":"tiktok",
                                     "message":"TikTok: something failed.","details":"internal"}]})");
  EXPECT_EQ(error->message, "GET /user: the service refused (HTTP 400): TikTok: something failed. (internal)");
  EXPECT_EQ(error->code, ErrorCode::kUnavailable);
  EXPECT_EQ(error->fix, find_service_reason("internal")->refusal.fix);
}

}  // namespace
}  // namespace tokprep
