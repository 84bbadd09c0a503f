#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/upload/client_fixture.h"

namespace tokprep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using AccountApiTest = test::ClientFixture;

constexpr const char* kUser = R"({"activeSocialAccounts":["tiktok","facebook"],"email":"me@example.com",
  "title":"Primary Profile","refId":"23a9","created":{"_seconds":1767575927,"_nanoseconds":0,"utc":"2026-01-05T01:18:47Z"},
  "monthlyApiCalls":"42","monthlyPostCount":7,"monthlyPostQuota":1000,"monthlyApiCallsQuota":50000,
  "lastApiCall":"2026-11-21T10:00:00.000Z","suspended":false,"new":{"field":1},
  "displayNames":[{"platform":"facebook","id":"1","displayName":"Page"},
    {"platform":"tiktok","id":"t-1","displayName":"Me","username":"me","profileUrl":"https://www.tiktok.com/@me",
     "created":"2025-12-01T00:00:00Z","refreshDaysRemaining":12,"refreshRequired":"2026-12-04T00:00:00Z"}]})";

TEST_F(AccountApiTest, TheWholeAnswerIsRead) {
  server_.on("GET /api/user", {{.body = kUser}});
  const auto info = client_.account(run_);
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->title, "Primary Profile");
  EXPECT_EQ(info->ref_id, "23a9");
  EXPECT_EQ(info->email, "me@example.com");
  EXPECT_EQ(info->created, "2026-01-05T01:18:47Z");
  EXPECT_EQ(info->last_api_call, "2026-11-21T10:00:00.000Z");
  EXPECT_FALSE(info->suspended);
  EXPECT_THAT(info->networks, ElementsAre("tiktok", "facebook"));
  EXPECT_TRUE(info->has("tiktok"));
  EXPECT_FALSE(info->has("youtube"));
  EXPECT_EQ(info->monthly_api_calls, 42) << "a number in quotes";
  EXPECT_EQ(info->monthly_posts, 7);
  EXPECT_EQ(info->monthly_posts_quota, 1000);
  EXPECT_EQ(info->monthly_api_calls_quota, 50000);
}

TEST_F(AccountApiTest, TikToksYearlyPermissionIsTold) {
  server_.on("GET /api/user", {{.body = kUser}});
  const AccountInfo info = client_.account(run_).value();
  const LinkedAccount* tiktok = info.find("tiktok");
  ASSERT_NE(tiktok, nullptr);
  EXPECT_EQ(tiktok->username, "me");
  EXPECT_EQ(tiktok->profile_url, "https://www.tiktok.com/@me");
  EXPECT_EQ(tiktok->refresh_days_remaining, 12);
  EXPECT_EQ(tiktok->refresh_required, "2026-12-04T00:00:00Z");
  EXPECT_EQ(info.find("facebook")->refresh_days_remaining, std::nullopt);
  EXPECT_EQ(info.find("youtube"), nullptr);
}

TEST_F(AccountApiTest, WhatIsLeftOutStaysEmpty) {
  server_.on("GET /api/user", {{.body = R"({"suspended":"true"})"}});
  const auto info = client_.account(run_);
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_THAT(info->networks, IsEmpty());
  EXPECT_EQ(info->monthly_posts_quota, std::nullopt);
  EXPECT_TRUE(info->suspended);
}

TEST_F(AccountApiTest, AHostileShapeIsAnAccountWithoutNetworks) {
  for (const char* body : {"[]", R"({"activeSocialAccounts":{"a":1},"displayNames":[7,null],"monthlyApiCalls":[]})"}) {
    server_.on("GET /api/user", {{.body = body}});
    const auto info = client_.account(run_);
    ASSERT_TRUE(info) << info.error().message;
    EXPECT_THAT(info->networks, IsEmpty());
    EXPECT_THAT(info->accounts, IsEmpty());
  }
}

TEST_F(AccountApiTest, AWrongKeyIsTheSameAs401AndAs403) {
  for (const int status : {401, 403}) {
    server_.on(
        "GET /api/user",
        {{.status = status, .body = R"({"action":"authorization","status":"error","message":"API Key not valid"})"}});
    const auto info = client_.account(run_);
    ASSERT_FALSE(info);
    EXPECT_EQ(info.error().code, ErrorCode::kAuth) << status;
    EXPECT_EQ(info.error().fix, "check the key: tokprep doctor");
  }
  EXPECT_EQ(server_.requests().size(), 2U) << "not tried again";
}

TEST_F(AccountApiTest, TheGalleryIsABareList) {
  server_.on("GET /api/media", {{.body = R"([{"id":"1","timeCreated":"2025-07-30T20:23:49.774Z","size":"223340",
    "url":"https://m.example/1.jpg","fileName":"a.jpg","description":"d","expiresAt":"2025-10-28T20:23:49Z"},
    {"id":"2","size":5000000000,"url":"https://m.example/2.mp4"}, 7])"}});
  const auto files = client_.gallery(run_);
  ASSERT_TRUE(files) << files.error().message;
  ASSERT_EQ(files->size(), 2U);
  EXPECT_EQ(files->at(0).size_bytes, 223340);
  EXPECT_EQ(files->at(0).created, "2025-07-30T20:23:49.774Z");
  EXPECT_EQ(files->at(0).expires_at, "2025-10-28T20:23:49Z");
  EXPECT_EQ(files->at(0).file_name, "a.jpg");
  EXPECT_EQ(files->at(1).size_bytes, 5'000'000'000);
  EXPECT_EQ(files->at(1).expires_at, "");
}

TEST_F(AccountApiTest, AnEmptyGalleryIsNoError) {
  server_.on("GET /api/media", {{.body = "[]"}, {.body = R"({"status":"success"})"}});
  EXPECT_THAT(client_.gallery(run_).value(), IsEmpty());
  EXPECT_EQ(client_.gallery(run_).error().code, ErrorCode::kUnavailable) << "no list at all";
}

}  // namespace
}  // namespace tokprep
