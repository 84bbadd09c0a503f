#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/upload/client_fixture.h"

namespace tokprep {
namespace {

using namespace std::chrono_literals;
using test::ScriptedReply;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Headers = std::vector<std::pair<std::string, std::string>>;

class ClientRetryTest : public test::ClientFixture {
 protected:
  ClientRetryTest() { server_.on("POST /api/post", {{.body = R"({"status":"success","id":"lb42","postIds":[]})"}}); }

  static Headers counted(int count) {
    return {{"x-ratelimit-max", "300"}, {"x-ratelimit-count", std::to_string(count)}};
  }
};

TEST_F(ClientRetryTest, OnceAllCallsAreUsedTheNextOneWaitsForTheWindow) {
  server_.on("GET /api/user", {{.headers = counted(1)}, {.headers = counted(300)}, {.headers = counted(1)}});
  ASSERT_TRUE(client_.account(run_));
  clock_.advance(1min);
  ASSERT_TRUE(client_.account(run_));
  EXPECT_THAT(clock_.slept(), IsEmpty());
  ASSERT_TRUE(client_.account(run_));
  EXPECT_THAT(clock_.slept(), ElementsAre(4min));
}

TEST_F(ClientRetryTest, APostIsNotSentIntoAFullWindow) {
  server_.on("GET /api/user", {{.headers = counted(300)}});
  ASSERT_TRUE(client_.account(run_));
  const auto refused = client_.create_post({}, {"https://m.example/v.mp4"}, true, run_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRateLimited);
  EXPECT_TRUE(server_.requests("POST /api/post").empty());
  ASSERT_TRUE(client_.wait_for_window(run_));
  ASSERT_TRUE(client_.create_post({}, {"https://m.example/v.mp4"}, true, run_));
  EXPECT_THAT(clock_.slept(), ElementsAre(5min));
  EXPECT_EQ(server_.requests("POST /api/post").size(), 1U);
}

TEST_F(ClientRetryTest, AStopEndsTheWaitForTheWindow) {
  server_.on("GET /api/user", {{.headers = counted(300)}});
  ASSERT_TRUE(client_.account(run_));
  std::stop_source stop;
  stop.request_stop();
  run_.stop = stop.get_token();
  EXPECT_EQ(client_.wait_for_window(run_).error().code, ErrorCode::kCancelled);
}

TEST_F(ClientRetryTest, ARefusalForTheWindowIsTriedOnceItIsOver) {
  server_.on("GET /api/user", {{.status = 429, .headers = counted(301)}, {.headers = counted(1)}});
  ASSERT_TRUE(client_.account(run_));
  EXPECT_THAT(clock_.slept(), ElementsAre(5min));
  EXPECT_EQ(server_.requests("GET /api/user").size(), 2U);
}

// An hour is longer than a call waits: it is not sent, again and again, and the service is not called dead for it.
TEST_F(ClientRetryTest, ACallThatIsNotSentSpendsNoRetries) {
  server_.on("GET /api/user", {{.status = 429, .body = "{}", .headers = {{"Retry-After", "3600"}}}});
  EXPECT_EQ(client_.account(run_).error().code, ErrorCode::kRateLimited);
  const std::size_t sent = server_.requests("GET /api/user").size();
  for (int call = 0; call < 30; ++call) {
    const auto refused = client_.account(run_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kRateLimited);
    EXPECT_THAT(refused.error().message, HasSubstr("takes no call"));
  }
  EXPECT_EQ(server_.requests("GET /api/user").size(), sent);
}

TEST_F(ClientRetryTest, AllCallsOfAClientShareOneBudget) {
  server_.on("GET /api/user", {{.status = 503, .body = "<html>down</html>"}});
  server_.on("GET /api/media", {{.status = 503, .body = "<html>down</html>"}});
  for (int call = 0; call < 5; ++call) EXPECT_FALSE(client_.account(run_));
  EXPECT_EQ(server_.requests("GET /api/user").size(), 25U) << "the twenty retries there were";
  const auto files = client_.gallery(run_);
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(files.error().message, HasSubstr("the service seems down"));
  EXPECT_EQ(server_.requests("GET /api/media").size(), 1U);
}

TEST_F(ClientRetryTest, AFileThatIsNotThereYetIsNoSignOfADeadService) {
  server_.on("POST /api/media/upload", {{.body = R"({"url":"https://images.example/1.jpg"})"}});
  server_.on("POST /api/media/urlExists", {{.body = R"({"status":"error","statusCode":404})"}});
  for (int call = 0; call < 4; ++call) {
    EXPECT_FALSE(client_.upload({folder_.file("a.jpg", "jpeg"), "a.jpg", "image/jpeg"}, run_));
  }
  EXPECT_EQ(server_.requests("POST /api/media/urlExists").size(), 32U) << "eight looks each";
}

TEST_F(ClientRetryTest, AFileTooLargeForItsWindowIsRefusedBeforeAnythingIsSent) {
  AyrshareClient slow(http_, {server_.url() + "/api", Secret(test::kApiKey), std::nullopt, 10'000}, policy());
  const auto file = folder_.file("v.mp4", "");
  std::filesystem::resize_file(file, 31'000'000);
  const auto uploaded = slow.upload({file, "v.mp4", "video/mp4"}, run_);
  ASSERT_FALSE(uploaded);
  EXPECT_EQ(uploaded.error().code, ErrorCode::kNotCompliant);
  EXPECT_EQ(uploaded.error().rule, "upload.window");
  EXPECT_THAT(uploaded.error().message, HasSubstr("31.0 MB and would take 51 min 40 s at the set limit of 10.0 kB/s"));
  EXPECT_TRUE(server_.requests().empty());
}

/// An HTTP client for which each transfer of a file takes as long as the test says.
class SlowTransfers final : public HttpClient {
 public:
  SlowTransfers(HttpClient& http, test::FakeClock& clock, std::chrono::milliseconds each)
      : http_(http), clock_(clock), each_(each) {}

  Result<HttpResponse> send(const HttpRequest& request, const RunContext& run) override {
    auto response = http_.send(request, run);
    if (std::holds_alternative<FileBody>(request.body)) clock_.advance(each_);
    return response;
  }

 private:
  HttpClient& http_;
  test::FakeClock& clock_;
  std::chrono::milliseconds each_;
};

TEST_F(ClientRetryTest, TheMeasuredSpeedOfEarlierUploadsIsRemembered) {
  SlowTransfers http(http_, clock_, 30min - 1s);
  AyrshareClient client(http, {server_.url() + "/api", Secret(test::kApiKey), std::nullopt}, policy());
  server_.on(
      "GET /api/media/uploadUrl", {{.body = R"({"accessUrl":"https://media.example/v.mp4","contentType":"video/mp4",
    "uploadUrl":")" + server_.url() + R"(/put"})"}});
  server_.on("PUT /put", {{}});
  server_.on("POST /api/media/urlExists", {{.body = R"({"status":"success","statusCode":200})"}});
  const auto file = folder_.file("v.mp4", "");
  std::filesystem::resize_file(file, 31'000'000);
  ASSERT_TRUE(client.upload({file, "v.mp4", "video/mp4"}, run_));
  std::filesystem::resize_file(file, 33'000'000);
  const auto larger = client.upload({file, "v.mp4", "video/mp4"}, run_);
  ASSERT_FALSE(larger);
  EXPECT_EQ(larger.error().code, ErrorCode::kNotCompliant);
  EXPECT_THAT(larger.error().message, HasSubstr("the best measured 17.2 kB/s"));
  EXPECT_EQ(server_.requests("PUT /put").size(), 1U);
}

}  // namespace
}  // namespace tokprep
