#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/upload/client_fixture.h"

namespace tokprep {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class ValidateApiTest : public test::ClientFixture {
 protected:
  Result<PostCheck> validated_by(const test::ScriptedReply& reply) {
    server_.on("POST /api/validate/post", {reply});
    PostOptions options;
    options.caption = "hi";
    return client_.validate_post(options, {"https://m.example/v.mp4"}, true, run_);
  }
};

TEST_F(ValidateApiTest, ThePostIsShownAsItWouldBeSent) {
  const auto check = validated_by({.body = R"({"status":"success","message":"No validation issues were found."})"});
  ASSERT_TRUE(check) << check.error().message;
  EXPECT_TRUE(check->accepted);
  EXPECT_EQ(check->message, "No validation issues were found.");
  EXPECT_THAT(check->errors, IsEmpty());
  PostOptions options;
  options.caption = "hi";
  EXPECT_EQ(nlohmann::json::parse(server_.requests().at(0).body),
            post_body(options, {"https://m.example/v.mp4"}, true));
}

TEST_F(ValidateApiTest, ARefusalIsAnAnswerInEitherForm) {
  const std::string flat = R"({"action":"post","status":"error","code":136,"message":"Media URLs invalid."})";
  for (const test::ScriptedReply& reply :
       {test::ScriptedReply{.status = 400, .body = flat}, test::ScriptedReply{.body = flat},
        test::ScriptedReply{.status = 400, .body = R"({"status":"error","posts":[{"errors":[{"code":"136",
                            "message":"Media URLs invalid.","verifyCheck":true}]}]})"}}) {
    const auto check = validated_by(reply);
    ASSERT_TRUE(check) << check.error().message;
    EXPECT_FALSE(check->accepted);
    ASSERT_EQ(check->errors.size(), 1U);
    EXPECT_EQ(check->errors[0].code, 136);
    EXPECT_EQ(check->errors[0].message, "Media URLs invalid.");
  }
}

TEST_F(ValidateApiTest, WarningsDoNotRefuse) {
  const auto check = validated_by({.body = R"({"status":"success","message":"m","warnings":[{"action":"post",
    "status":"error","code":156,"message":"TikTok is not linked."}, 7]})"});
  ASSERT_TRUE(check) << check.error().message;
  EXPECT_TRUE(check->accepted);
  ASSERT_EQ(check->warnings.size(), 1U);
  EXPECT_EQ(check->warnings[0].code, 156);
}

TEST_F(ValidateApiTest, AFailureOfTheCallSaysNothingOfThePost) {
  EXPECT_EQ(validated_by({.status = 403, .body = R"({"status":"error","code":102,"message":"key"})"}).error().code,
            ErrorCode::kAuth);
  EXPECT_EQ(validated_by({.status = 503, .body = "<html>"}).error().code, ErrorCode::kUnavailable);
}

TEST_F(ValidateApiTest, ATextIsWeighedForTikTok) {
  server_.on("POST /api/validate/postLength", {{.body = R"({"twitterWeightedLength":3015,"tikTokWeightedLength":3017,
    "tikTokValid":false,"maxCharLimits":{"twitter":280,"tiktok":2200}})"}});
  const auto weight = client_.text_weight("long 🌊", run_);
  ASSERT_TRUE(weight) << weight.error().message;
  EXPECT_EQ(weight->length, 3017);
  EXPECT_EQ(weight->length_max, 2200);
  EXPECT_FALSE(weight->fits);
  EXPECT_EQ(nlohmann::json::parse(server_.requests().at(0).body), nlohmann::json({{"post", "long 🌊"}}));
}

TEST_F(ValidateApiTest, AWeightThatIsNotThereIsNoZero) {
  server_.on("POST /api/validate/postLength", {{.body = R"({"twitterWeightedLength":3})"}});
  const auto weight = client_.text_weight("hi", run_);
  ASSERT_FALSE(weight);
  EXPECT_THAT(weight.error().message, HasSubstr("tikTokWeightedLength"));
}

}  // namespace
}  // namespace tokprep
