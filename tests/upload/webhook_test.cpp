#include "upload/ayrshare/webhook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/upload/webhook_signing.h"

namespace tokprep {
namespace {

using namespace std::chrono_literals;
using test::hmac_hex;
using test::signed_headers;
using testing::HasSubstr;

const Clock::TimePoint kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + 12h;
constexpr const char* kBody = R"({"action":"scheduled","id":"lb42","status":"success"})";

class WebhookTest : public testing::Test {
 protected:
  WebhookTest() { trust_.secrets.emplace_back("s3cret"); }

  Status verify(const std::map<std::string, std::string>& headers, const std::string& body = kBody,
                Clock::TimePoint now = kNow) {
    return verify_webhook(body, headers, trust_, now);
  }

  void expect_refused(const std::map<std::string, std::string>& headers, const std::string& why,
                      const std::string& body = kBody, Clock::TimePoint now = kNow) {
    const Status verified = verify(headers, body, now);
    ASSERT_FALSE(verified) << why;
    EXPECT_EQ(verified.error().code, ErrorCode::kAuth);
    EXPECT_THAT(verified.error().message, HasSubstr(why));
  }

  WebhookTrust trust_;
};

TEST_F(WebhookTest, AKnownMacIsReproduced) {
  // RFC 4231, test case 2: the helper of these tests, and with it the code under test, computes the real thing.
  EXPECT_EQ(hmac_hex("what do ya want for nothing?", "Jefe"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  trust_.secrets = {Secret("Jefe")};
  EXPECT_TRUE(
      verify({{"x-authorization-timestamp", std::to_string(test::unix_seconds(kNow))},
              {"x-authorization-content-sha256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"}},
             "what do ya want for nothing?"));
}

TEST_F(WebhookTest, TheRightSecretIsBelieved) { EXPECT_TRUE(verify(signed_headers(kBody, "s3cret", kNow))); }

TEST_F(WebhookTest, HexOfEitherCaseIsRead) {
  auto headers = signed_headers(kBody, "s3cret", kNow);
  for (char& c : headers["x-authorization-content-sha256"]) c = static_cast<char>(std::toupper(c));
  EXPECT_TRUE(verify(headers));
}

TEST_F(WebhookTest, ATamperedBodyIsRefused) {
  const auto headers = signed_headers(kBody, "s3cret", kNow);
  std::string tampered(kBody);
  tampered.replace(tampered.find("lb42"), 4, "lb43");
  expect_refused(headers, "not by our secret", tampered);
  expect_refused(headers, "not by our secret", std::string(kBody) + " ");
}

TEST_F(WebhookTest, AnotherSecretIsRefused) {
  expect_refused(signed_headers(kBody, "guess", kNow), "not by our secret");
  expect_refused(signed_headers(kBody, "", kNow), "not by our secret");
}

TEST_F(WebhookTest, NoUsableSignatureIsRefused) {
  auto headers = signed_headers(kBody, "s3cret", kNow);
  const std::string mac = headers["x-authorization-content-sha256"];
  for (const std::string& spoilt :
       {std::string(), mac.substr(1), mac + "0", "sha256=" + mac, std::string(64, 'g'), " -" + mac.substr(2)}) {
    headers["x-authorization-content-sha256"] = spoilt;
    expect_refused(headers, "not signed");
  }
  expect_refused({}, "not signed");
}

TEST_F(WebhookTest, OldAndFutureTimestampsAreRefused) {
  EXPECT_TRUE(verify(signed_headers(kBody, "s3cret", kNow - 48h)));
  EXPECT_TRUE(verify(signed_headers(kBody, "s3cret", kNow + 300s)));
  expect_refused(signed_headers(kBody, "s3cret", kNow - 48h - 1s),
                 "dated 2026-11-20T11:59:59Z, more than 172800 s behind");
  expect_refused(signed_headers(kBody, "s3cret", kNow + 301s), "ahead of our clock");
  trust_.tolerance = 1h;
  EXPECT_TRUE(verify(signed_headers(kBody, "s3cret", kNow + 301s)));
  trust_.age_max = 1h;
  expect_refused(signed_headers(kBody, "s3cret", kNow - 61min), "more than 3600 s behind");
}

TEST_F(WebhookTest, ARepetitionWithItsFirstTimeIsBelievedForTwoDays) {
  const auto recorded = signed_headers(kBody, "s3cret", kNow);
  for (const auto later : {0s, 35s, 3600s, 86'400s}) EXPECT_TRUE(verify(recorded, kBody, kNow + later));
  expect_refused(recorded, "dated", kBody, kNow + 49h);
  expect_refused(recorded, "not by our secret", std::string(kBody) + " ", kNow + 1h);
}

TEST_F(WebhookTest, ATimestampIsNeeded) {
  for (const char* text : {"", "soon", "-5", "1e9", "99999999999"}) {
    auto headers = signed_headers(kBody, "s3cret", kNow);
    headers["x-authorization-timestamp"] = text;
    expect_refused(headers, "no usable X-Authorization-Timestamp");
  }
}

TEST_F(WebhookTest, WhileASecretIsReplacedEitherIsBelieved) {
  trust_.secrets = {Secret("old"), Secret("new")};
  EXPECT_TRUE(verify(signed_headers(kBody, "old", kNow)));
  EXPECT_TRUE(verify(signed_headers(kBody, "new", kNow)));
  expect_refused(signed_headers(kBody, "older", kNow), "not by our secret");
}

TEST_F(WebhookTest, AnySignatureOfTheSecondHeaderWillDo) {
  auto headers = signed_headers(kBody, "s3cret", kNow);
  headers.erase("x-authorization-content-sha256");
  headers["x-authorization-content-sha256-v2"] =
      "v1=" + hmac_hex(kBody, "other") + ", V1=" + hmac_hex(kBody, "s3cret") + ",v2=whatever";
  EXPECT_TRUE(verify(headers));
  headers["x-authorization-content-sha256-v2"] = "v2=" + hmac_hex(kBody, "s3cret");
  expect_refused(headers, "not signed");
  headers["x-authorization-content-sha256"] = hmac_hex(kBody, "other");
  headers["x-authorization-content-sha256-v2"] = "v1=" + hmac_hex(kBody, "s3cret");
  EXPECT_TRUE(verify(headers)) << "the plain header may be by the other of two secrets";
}

TEST_F(WebhookTest, WithoutASecretNothingIsBelieved) {
  for (const WebhookTrust& trust : {WebhookTrust{}, WebhookTrust{{Secret("")}, 300s}}) {
    const auto verified = verify_webhook(kBody, signed_headers(kBody, "", kNow), trust, kNow);
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(WebhookEvent, APostThatWasHandedOverIsStillPending) {
  const auto event = parse_webhook(R"({"action":"scheduled","created":"2026-01-05T01:18:47Z","code":200,"refId":"23a9",
    "hookId":"h1","status":"success","id":"lb42","errors":[],"url":"https://mysite.com/webhook",
    "postIds":[{"platform":"tiktok","status":"success","id":"pending"}]})");
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(event->kind, WebhookKind::kPost);
  EXPECT_EQ(event->key, "h1");
  EXPECT_EQ(event->created, "2026-01-05T01:18:47Z");
  EXPECT_EQ(event->post.id, "lb42");
  EXPECT_EQ(event->post.state, PostState::kPending);
  EXPECT_EQ(event->post.url, "") << "the payload's own url is ours";
  EXPECT_TRUE(event->post.errors.empty());
}

TEST(WebhookEvent, TikTokIsDone) {
  const auto event = parse_webhook(R"({"action":"scheduled","subAction":"tikTokPublished","code":200,"status":"success",
    "id":"lb42","errors":[],"postIds":[{"platform":"tiktok","status":"success","id":"7404",
    "postUrl":"https://www.tiktok.com/@me/video/7404"}]})");
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(event->kind, WebhookKind::kTikTokPublished);
  EXPECT_EQ(event->post.state, PostState::kPublished);
  EXPECT_EQ(event->post.tiktok_id, "7404");
  EXPECT_EQ(event->post.url, "https://www.tiktok.com/@me/video/7404");
}

TEST(WebhookEvent, AFailureBringsItsReasons) {
  const auto event = parse_webhook(R"({"action":"scheduled","subAction":"tikTokPublished","code":400,"status":"error",
    "id":"lb42","hookId":"h2","postIds":[{"platform":"tiktok","status":"error","id":"failed"}],
    "errors":[{"code":0,"message":"frame_rate_check_failed","platform":"tiktok"}]})");
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(event->post.state, PostState::kFailed);
  ASSERT_EQ(event->post.errors.size(), 1U);
  EXPECT_EQ(event->post.errors[0].message, "frame_rate_check_failed");
}

TEST(WebhookEvent, AnAccountThatHasToBeLinkedAgain) {
  const auto event = parse_webhook(R"({"action":"social","created":"2026-01-05T01:18:47Z","code":200,"hookId":"h3",
    "platform":"TikTok","type":"refresh","refreshBy":"2026-02-01","refId":"p1","source":"system","title":"Mine"})");
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(event->kind, WebhookKind::kSocial);
  EXPECT_EQ(event->platform, "tiktok");
  EXPECT_EQ(event->change, "refresh");
  EXPECT_EQ(event->refresh_by, "2026-02-01");
  EXPECT_EQ(event->ref_id, "p1");
}

TEST(WebhookEvent, AnUnknownActionIsReceivedAndOfNoUse) {
  const auto event = parse_webhook(R"({"action":"moonPhase","new":[1]})");
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(event->kind, WebhookKind::kOther);
  EXPECT_EQ(event->action, "moonPhase");
}

TEST(WebhookEvent, WithoutAHookIdTheBytesTellEventsApart) {
  const auto first = parse_webhook(R"({"action":"feed","n":1})");
  EXPECT_EQ(first->key, parse_webhook(R"({"action":"feed","n":1})")->key);
  EXPECT_NE(first->key, parse_webhook(R"({"action":"feed","n":2})")->key);
}

TEST(WebhookEvent, WhatIsNoEventIsRefused) {
  for (const char* body : {"", "{", "[]", "null", "{}", R"({"action":""})", R"({"action":{}})",
                           R"({"action":"scheduled","status":"success"})"}) {
    const auto event = parse_webhook(body);
    ASSERT_FALSE(event) << body;
    EXPECT_EQ(event.error().code, ErrorCode::kInvalidArgument) << body;
  }
}

}  // namespace
}  // namespace tokprep
