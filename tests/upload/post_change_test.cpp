#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/upload/client_fixture.h"

namespace tokprep {
namespace {

using nlohmann::json;
using test::ScriptedReply;
using testing::HasSubstr;

constexpr const char* kDeleted = R"({"tiktok":{"action":"delete","status":"success","id":"7404"},"status":"success"})";
constexpr const char* kNoSuchPost =
    R"({"action":"delete","status":"error","code":114,"message":"Delete id not found."})";

class PostChangeTest : public test::ClientFixture {
 protected:
  json body_of(const std::string& call) { return json::parse(server_.requests(call).at(0).body); }
};

TEST_F(PostChangeTest, OnePostIsDeletedByItsId) {
  server_.on("DELETE /api/post", {{.body = kDeleted}});
  ASSERT_TRUE(client_.delete_post("lb42", run_));
  EXPECT_EQ(body_of("DELETE /api/post"), json({{"id", "lb42"}}));
}

TEST_F(PostChangeTest, WhatIsGoneAlreadyNeedsNoDeleting) {
  server_.on(
      "DELETE /api/post",
      {{.status = 400, .body = R"({"action":"delete","status":"error","code":383,"message":"Already deleted."})"}});
  EXPECT_TRUE(client_.delete_post("lb42", run_));
}

TEST_F(PostChangeTest, AWrongIdIsToldApartFromADeletionThatWasHeardButNotAnswered) {
  server_.on("DELETE /api/post", {{.status = 404, .body = kNoSuchPost}});
  const auto wrong = client_.delete_post("none", run_);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kRejected);
  EXPECT_EQ(wrong.error().native, 404);
  EXPECT_THAT(wrong.error().message, HasSubstr("(code 114)"));

  server_.on("DELETE /api/post", {{.answer = ScriptedReply::Answer::kNone}, {.status = 404, .body = kNoSuchPost}});
  EXPECT_TRUE(client_.delete_post("lb42", run_));
}

TEST_F(PostChangeTest, OnlyWhatIsSetIsChanged) {
  server_.on("PATCH /api/post", {{.body = R"({"status":"success","id":"lb42"})"}});
  ASSERT_TRUE(client_.update_post("lb42", {.schedule_date = "2026-12-01T10:00:00Z"}, run_));
  EXPECT_EQ(body_of("PATCH /api/post"), json({{"id", "lb42"}, {"scheduleDate", "2026-12-01T10:00:00Z"}}));
  ASSERT_TRUE(client_.update_post("lb42", {.approved = true, .schedule_paused = false, .notes = "n"}, run_));
  EXPECT_EQ(json::parse(server_.requests("PATCH /api/post").at(1).body),
            json({{"id", "lb42"}, {"approved", true}, {"scheduledPause", false}, {"notes", "n"}}));
}

TEST_F(PostChangeTest, AnEmptyChangeIsNotSent) {
  const auto changed = client_.update_post("lb42", {}, run_);
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(PostChangeTest, AChangeIsSaidAgain) {
  server_.on("PATCH /api/post", {{.status = 503, .body = "<html>"}, {.body = R"({"status":"success"})"}});
  EXPECT_TRUE(client_.update_post("lb42", {.approved = true}, run_));
  EXPECT_EQ(server_.requests("PATCH /api/post").size(), 2U);
}

TEST_F(PostChangeTest, ARefusalAfterALostAnswerMayBeTheFirstOnesDoing) {
  const ScriptedReply refused{.status = 400,
                              .body = R"({"status":"error","code":101,"message":"Post is not pending."})"};
  server_.on("PATCH /api/post", {refused});
  EXPECT_EQ(client_.update_post("lb42", {.approved = true}, run_).error().code, ErrorCode::kRejected);
  server_.on("PATCH /api/post", {{.answer = ScriptedReply::Answer::kNone}, refused});
  const auto changed = client_.update_post("lb42", {.approved = true}, run_);
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, ErrorCode::kOutcomeUnknown);
  EXPECT_THAT(changed.error().message, HasSubstr("the change of post lb42 may or may not have been accepted"));
}

TEST_F(PostChangeTest, ARetryIsAskedForOnce) {
  server_.on("PUT /api/post/retry", {{.body = R"({"status":"pending","id":"lb42"})"}});
  const auto record = client_.retry_post("lb42", run_);
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->id, "lb42");
  EXPECT_EQ(record->state, PostState::kPending);
  EXPECT_EQ(body_of("PUT /api/post/retry"), json({{"id", "lb42"}}));
}

TEST_F(PostChangeTest, ARetryWithoutAnAnswerIsUnknownAndNotRepeated) {
  for (const ScriptedReply& reply : {ScriptedReply{.answer = ScriptedReply::Answer::kNone},
                                     ScriptedReply{.status = 502, .body = "<html>"}, ScriptedReply{.body = "<html>"}}) {
    const auto before = server_.requests().size();
    server_.on("PUT /api/post/retry", {reply});
    const auto record = client_.retry_post("lb42", run_);
    ASSERT_FALSE(record);
    EXPECT_EQ(record.error().code, ErrorCode::kOutcomeUnknown);
    EXPECT_EQ(server_.requests().size(), before + 1);
  }
}

TEST_F(PostChangeTest, AnAnswerOfUnknownShapeToARetryIsStillAYes) {
  server_.on("PUT /api/post/retry", {{.body = "{}"}});
  const auto record = client_.retry_post("lb42", run_);
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->id, "lb42");
  EXPECT_EQ(record->state, PostState::kPending);
}

TEST_F(PostChangeTest, OneEntryOfTheHistoryIsRead) {
  server_.on("GET /api/history/lb42", {{.body = R"({"id":"lb42","status":"error","tier":"business","type":"scheduled",
    "scheduleDate":{"_seconds":1,"_nanoseconds":0,"utc":"2026-07-08T12:30:00Z"},
    "postIds":[{"platform":"tiktok","status":"error","id":"failed"}],
    "errors":[{"code":"0","message":"internal","platform":"tiktok"}]})"}});
  const auto record = client_.history_entry("lb42", run_);
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->state, PostState::kFailed);
  EXPECT_EQ(record->schedule_date, "2026-07-08T12:30:00Z");
  server_.on("GET /api/history/none", {{.status = 404, .body = R"({"status":"error","code":221,"message":"none"})"}});
  EXPECT_EQ(client_.history_entry("none", run_).error().code, ErrorCode::kRejected);
}

}  // namespace
}  // namespace tokprep
