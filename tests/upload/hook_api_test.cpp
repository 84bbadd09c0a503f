#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/upload/client_fixture.h"

namespace tokprep {
namespace {

using nlohmann::json;
using test::ScriptedReply;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSecret = "hook-s3cret";

class HookApiTest : public test::ClientFixture {
 protected:
  const HookRegistration hook_{"scheduled", "https://mysite.com/webhook", Secret(kSecret)};
};

TEST_F(HookApiTest, AHookIsRegisteredAndSaidAgainWhereItMust) {
  server_.on("POST /api/hook/webhook",
             {{.status = 502, .body = "<html>"}, {.body = R"({"status":"success","action":"scheduled"})"}});
  ASSERT_TRUE(client_.register_hook(hook_, run_));
  const auto requests = server_.requests("POST /api/hook/webhook");
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(json::parse(requests[0].body),
            json({{"action", "scheduled"}, {"url", "https://mysite.com/webhook"}, {"secret", kSecret}}));
}

TEST_F(HookApiTest, WithoutASecretNoneIsSent) {
  server_.on("POST /api/hook/webhook", {{.body = R"({"status":"success"})"}});
  ASSERT_TRUE(client_.register_hook({"social", "https://mysite.com/webhook", std::nullopt}, run_));
  EXPECT_FALSE(json::parse(server_.requests().at(0).body).contains("secret"));
}

TEST_F(HookApiTest, OnlyHttpsIsTold) {
  for (const char* url : {"http://mysite.com/webhook", "ftp://mysite.com", "mysite.com/webhook", ""}) {
    const auto registered = client_.register_hook({"scheduled", url, std::nullopt}, run_);
    ASSERT_FALSE(registered) << url;
    EXPECT_EQ(registered.error().code, ErrorCode::kInvalidArgument);
  }
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(HookApiTest, ARefusalDoesNotShowTheSecret) {
  server_.on("POST /api/hook/webhook",
             {{.status = 400, .body = R"({"status":"error","code":101,"message":"bad secret hook-s3cret"})"}});
  const auto registered = client_.register_hook(hook_, run_);
  ASSERT_FALSE(registered);
  EXPECT_THAT(registered.error().message, HasSubstr("bad secret ***"));
}

TEST_F(HookApiTest, TheListIsKeyedByAction) {
  server_.on("GET /api/hook/webhook", {{.body = R"({"status":"success","scheduled":"https://mysite.com/a",
    "social":"https://mysite.com/b","updated":{"_seconds":1},"refId":"23a9"})"}});
  const auto hooks = client_.hooks(run_);
  ASSERT_TRUE(hooks) << hooks.error().message;
  ASSERT_EQ(hooks->size(), 2U);
  EXPECT_EQ(hooks->at(0).action, "scheduled");
  EXPECT_EQ(hooks->at(0).url, "https://mysite.com/a");
  EXPECT_EQ(hooks->at(1).action, "social");
}

TEST_F(HookApiTest, AHookIsRemovedByItsAction) {
  server_.on("DELETE /api/hook/webhook", {{.body = R"({"status":"success","action":"feed"})"}});
  ASSERT_TRUE(client_.remove_hook("feed", run_));
  EXPECT_EQ(json::parse(server_.requests().at(0).body), json({{"action", "feed"}}));
}

TEST_F(HookApiTest, ANewSecretIsSentOnce) {
  server_.on("POST /api/hook/webhook/secret", {{.body = R"({"status":"success","action":"webhook"})"}});
  ASSERT_TRUE(client_.rotate_hook_secret(Secret(kSecret), run_));
  EXPECT_EQ(json::parse(server_.requests().at(0).body), json({{"secret", kSecret}}));

  server_.on("POST /api/hook/webhook/secret", {{.answer = ScriptedReply::Answer::kNone}});
  const auto rotated = client_.rotate_hook_secret(Secret(kSecret), run_);
  ASSERT_FALSE(rotated);
  EXPECT_EQ(rotated.error().code, ErrorCode::kOutcomeUnknown);
  EXPECT_THAT(rotated.error().fix, HasSubstr("both secrets"));
  EXPECT_THAT(describe(rotated.error()), Not(HasSubstr(kSecret)));
  EXPECT_EQ(server_.requests().size(), 2U);
}

}  // namespace
}  // namespace tokprep
