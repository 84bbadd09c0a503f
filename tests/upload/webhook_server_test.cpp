#include "upload/webhook_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include "tests/support/fake_clock.h"
#include "tests/upload/webhook_signing.h"

namespace tokprep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kSecret = "s3cret";
constexpr const char* kBody = R"({"action":"scheduled","hookId":"h1","id":"lb42","status":"success"})";

class WebhookServerTest : public testing::Test {
 protected:
  WebhookServerTest() {
    WebhookServerSettings settings;
    settings.trust.secrets = {Secret("previous"), Secret(kSecret)};
    const auto handler = [this](const WebhookEvent& event) -> Status {
      seen_.push_back(event.key);
      return answer_;
    };
    auto server = WebhookServer::start(std::move(settings), handler, clock_);
    if (server) server_ = std::move(*server);
  }

  void SetUp() override { ASSERT_NE(server_, nullptr); }

  int post(const std::string& body, httplib::Headers headers, const std::string& path = "/webhook") {
    httplib::Client client("127.0.0.1", server_->port());
    const auto result = client.Post(path, headers, body, "application/json");
    if (!result) return 0;
    said_ = result->body;
    return result->status;
  }

  httplib::Headers signature(const std::string& body, const std::string& secret = kSecret) {
    httplib::Headers headers;
    for (const auto& [name, value] : test::signed_headers(body, secret, clock_.now())) headers.emplace(name, value);
    return headers;
  }

  int post_signed(const std::string& body) { return post(body, signature(body)); }

  test::FakeClock clock_;
  std::vector<std::string> seen_;
  Status answer_;
  std::string said_;
  std::unique_ptr<WebhookServer> server_;
};

TEST_F(WebhookServerTest, ASignedEventReachesTheHandler) {
  EXPECT_EQ(post_signed(kBody), 200);
  EXPECT_THAT(seen_, ElementsAre("h1"));
  EXPECT_EQ(server_->url(), "http://127.0.0.1:" + std::to_string(server_->port()) + "/webhook");
}

TEST_F(WebhookServerTest, ARepetitionReachesItTooForItToDrop) {
  EXPECT_EQ(post_signed(kBody), 200);
  EXPECT_EQ(post_signed(kBody), 200);
  EXPECT_THAT(seen_, ElementsAre("h1", "h1"));
}

TEST_F(WebhookServerTest, WhatIsNotStoredIsAskedForAgain) {
  answer_ = fail(ErrorCode::kNoSpace, "the disk is full at /private/path");
  EXPECT_EQ(post_signed(kBody), 503);
  EXPECT_THAT(said_, HasSubstr("no_space"));
  EXPECT_EQ(said_.find("/private"), std::string::npos) << "the world need not know our paths";
  answer_ = {};
  EXPECT_EQ(post_signed(kBody), 200);
}

TEST_F(WebhookServerTest, WhatIsNotSignedByUsIsRefused) {
  EXPECT_EQ(post(kBody, {}), 401);
  EXPECT_EQ(post(kBody, signature(kBody, "guess")), 401);
  EXPECT_EQ(post(std::string(kBody) + " ", signature(kBody)), 401);
  auto old = signature(kBody);
  clock_.advance(std::chrono::hours(49));
  EXPECT_EQ(post(kBody, old), 401);
  EXPECT_THAT(seen_, IsEmpty());
}

TEST_F(WebhookServerTest, TheSecretBeforeThisOneStillCounts) {
  EXPECT_EQ(post(kBody, signature(kBody, "previous")), 200);
}

TEST_F(WebhookServerTest, WhatIsNoEventIsRefusedForGood) {
  EXPECT_EQ(post_signed("not JSON"), 400);
  EXPECT_EQ(post_signed("{}"), 400);
  EXPECT_THAT(seen_, IsEmpty());
}

TEST_F(WebhookServerTest, AnUnknownActionIsAccepted) {
  EXPECT_EQ(post_signed(R"({"action":"moonPhase","hookId":"h9"})"), 200);
  EXPECT_THAT(seen_, ElementsAre("h9"));
}

TEST_F(WebhookServerTest, OtherPathsAndMethodsAreNotOurs) {
  EXPECT_EQ(post(kBody, signature(kBody), "/other"), 404);
  httplib::Client client("127.0.0.1", server_->port());
  EXPECT_EQ(client.Get("/webhook")->status, 405);
  EXPECT_EQ(client.Put("/webhook", kBody, "application/json")->status, 405);
  EXPECT_EQ(client.Delete("/webhook", kBody, "application/json")->status, 405);
  EXPECT_THAT(seen_, IsEmpty());
}

TEST_F(WebhookServerTest, TooLongABodyIsRefusedWithAndWithoutALength) {
  const std::string largest = R"({"action":"feed","x":")" + std::string((1 << 20) - 24, 'a') + "\"}";
  ASSERT_EQ(largest.size(), std::size_t{1} << 20);
  EXPECT_EQ(post_signed(largest), 200);
  EXPECT_EQ(post_signed(largest + " "), 413);

  httplib::Client client("127.0.0.1", server_->port());
  const std::string piece(64 * 1024, 'a');
  const auto endless = client.Post(
      "/webhook", signature(""),
      [&](std::size_t offset, httplib::DataSink& sink) {
        if (offset > (std::size_t{2} << 20)) sink.done();
        else sink.write(piece.data(), piece.size());
        return true;
      },
      "application/json");
  const int status = endless ? endless->status : 413;  // or the connection was cut, while it was still being sent
  EXPECT_EQ(status, 413);
  EXPECT_THAT(seen_.size(), 1U);
}

TEST_F(WebhookServerTest, ACompressedBodyIsNotUnpacked) {
  auto headers = signature(kBody);
  headers.emplace("Content-Encoding", "gzip");
  EXPECT_EQ(post(kBody, headers), 415);
}

TEST_F(WebhookServerTest, AfterAStopNobodyAnswers) {
  const int port = server_->port();
  server_->stop();
  httplib::Client client("127.0.0.1", port);
  EXPECT_FALSE(client.Post("/webhook", kBody, "application/json"));
}

TEST_F(WebhookServerTest, APortThatIsTakenIsTold) {
  WebhookServerSettings settings;
  settings.trust.secrets = {Secret(kSecret)};
  settings.port = server_->port();
  const auto second = WebhookServer::start(settings, [](const WebhookEvent&) { return Status(); });
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kNetwork);
}

TEST(WebhookServerSettings, WrongOnesAreRefused) {
  const auto start = [](WebhookServerSettings settings) {
    return WebhookServer::start(std::move(settings), [](const WebhookEvent&) { return Status(); });
  };
  WebhookServerSettings settings;
  EXPECT_EQ(start(settings).error().code, ErrorCode::kInvalidArgument) << "no secret";
  settings.trust.secrets = {Secret("")};
  EXPECT_EQ(start(settings).error().code, ErrorCode::kInvalidArgument) << "an empty one";
  settings.trust.secrets = {Secret(kSecret)};
  settings.port = 70000;
  EXPECT_EQ(start(settings).error().code, ErrorCode::kInvalidArgument);
  settings.port = 0;
  settings.path = "webhook";
  EXPECT_EQ(start(settings).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace tokprep
