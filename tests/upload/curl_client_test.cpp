#include "upload/curl_client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <set>
#include <thread>

#include "tests/support/scripted_server.h"
#include "tests/support/temp_folder.h"

namespace tokprep {
namespace {

using namespace std::chrono_literals;
using test::ScriptedReply;

class CurlClientTest : public testing::Test {
 protected:
  Result<HttpResponse> get(const std::string& path) { return client_.send({.url = server_.url() + path}, run_); }

  HttpRequest put(const std::filesystem::path& file) {
    return {.method = "PUT",
            .url = server_.url() + "/file",
            .headers = {{"Content-Type", "video/mp4"}},
            .body = FileBody{file}};
  }

  test::TempFolder folder_;
  test::ScriptedServer server_;
  CurlClient client_;
  RunContext run_;
};

TEST_F(CurlClientTest, AnyStatusIsAResponse) {
  server_.on("GET /x", {{.status = 418, .body = "teapot", .headers = {{"X-RateLimit-Max", " 300 "}}}});
  const auto response = get("/x");
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 418);
  EXPECT_EQ(response->body, "teapot");
  EXPECT_EQ(response->headers.at("x-ratelimit-max"), "300");
}

TEST_F(CurlClientTest, RedirectsAreNotFollowed) {
  server_.on("GET /x", {{.status = 302, .headers = {{"Location", "/y"}}}});
  EXPECT_EQ(get("/x")->status, 302);
  EXPECT_TRUE(server_.requests("GET /y").empty());
}

TEST_F(CurlClientTest, ConnectionsAreKept) {
  server_.on("GET /x", {{}});
  ASSERT_TRUE(get("/x"));
  ASSERT_TRUE(get("/x"));
  EXPECT_EQ(server_.requests().at(1).connection, server_.requests().at(0).connection);
}

TEST_F(CurlClientTest, NoConnectionMeansNothingWasSent) {
  std::string gone;
  {
    const test::ScriptedServer closed;
    gone = closed.url();
  }
  const auto response = client_.send({.url = gone + "/x?signature=secret"}, run_);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kNetwork);
  EXPECT_NE(response.error().message.find("127.0.0.1"), std::string::npos);
  EXPECT_EQ(response.error().message.find("secret"), std::string::npos) << response.error().message;
}

TEST_F(CurlClientTest, AFailedTlsHandshakeMeansNothingWasSent) {
  const std::string url = "https" + server_.url().substr(4) + "/x";
  const auto response = client_.send({.url = url}, run_);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kNetwork);
}

TEST_F(CurlClientTest, ALostAnswerIsUnknown) {
  server_.on("GET /none", {{.answer = ScriptedReply::Answer::kNone}});
  server_.on("GET /half", {{.body = "0123456789", .answer = ScriptedReply::Answer::kHalf}});
  EXPECT_EQ(get("/none").error().code, ErrorCode::kOutcomeUnknown);
  EXPECT_EQ(get("/half").error().code, ErrorCode::kOutcomeUnknown);
}

TEST_F(CurlClientTest, TimeRunsOut) {
  server_.on("GET /slow", {{.delay = 10s}});
  const auto response = client_.send({.url = server_.url() + "/slow", .total_timeout = 20ms}, run_);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kOutcomeUnknown);
  EXPECT_EQ(response.error().native, ETIMEDOUT);
}

TEST_F(CurlClientTest, ATooLargeAnswerIsUnreadable) {
  CurlClient strict({.response_max_bytes = 100});
  server_.on("GET /x", {{.body = std::string(100, 'a')}, {.body = std::string(101, 'a')}});
  EXPECT_TRUE(strict.send({.url = server_.url() + "/x"}, run_));
  const auto response = strict.send({.url = server_.url() + "/x"}, run_);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kOutcomeUnknown);
}

TEST_F(CurlClientTest, OnlyHttpAndPrintableHeaders) {
  for (const char* url : {"file:///etc/passwd", "ftp://127.0.0.1/x", "", "http://", "http://127.0.0.1/\nx"}) {
    const auto response = client_.send({.url = url}, run_);
    ASSERT_FALSE(response) << url;
    EXPECT_EQ(response.error().code, ErrorCode::kInvalidArgument) << url;
  }
  HttpRequest smuggling{.url = server_.url(), .headers = {{"X", "a\r\nAuthorization: b"}}};
  EXPECT_EQ(client_.send(smuggling, run_).error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(CurlClientTest, AFileIsSentWholeAndWithoutDelay) {
  const std::string bytes = std::string(200'000, 'v') + "end";
  server_.on("PUT /file", {{}});
  HttpRequest request = put(folder_.file("v.mp4", bytes));
  std::uint64_t last_sent = 0;
  request.on_sent = [&](std::uint64_t sent, std::uint64_t total) {
    EXPECT_GE(sent, last_sent);
    EXPECT_EQ(total, bytes.size());
    last_sent = sent;
  };
  ASSERT_TRUE(client_.send(request, run_));
  const auto seen = server_.requests().at(0);
  EXPECT_EQ(seen.body, bytes);
  EXPECT_EQ(seen.header("content-length"), std::to_string(bytes.size()));
  EXPECT_EQ(seen.header("content-type"), "video/mp4");
  EXPECT_EQ(seen.header("expect"), "");
  EXPECT_EQ(last_sent, bytes.size());
}

TEST_F(CurlClientTest, AnEmptyFileIsSentAsSuch) {
  server_.on("PUT /file", {{}});
  ASSERT_TRUE(client_.send(put(folder_.file("v.mp4", "")), run_));
  EXPECT_EQ(server_.requests().at(0).header("content-length"), "0");
}

TEST_F(CurlClientTest, AMissingFileIsNamedAndNothingIsSent) {
  const auto response = client_.send(put(folder_.path() / "none.mp4"), run_);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kInputUnreadable);
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(CurlClientTest, AFileThatShrinksMeanwhileEndsTheTransfer) {
  const auto file = folder_.file("v.mp4", "");
  std::filesystem::resize_file(file, 40'000'000);
  server_.on("PUT /file", {{}});
  HttpRequest request = put(file);
  request.on_sent = [&](std::uint64_t, std::uint64_t) { std::filesystem::resize_file(file, 1000); };
  const auto response = client_.send(request, run_);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kIo);
  EXPECT_EQ(response.error().file, file.string());
}

TEST_F(CurlClientTest, AStopEndsAnUploadAtOnce) {
  const auto file = folder_.file("v.mp4", std::string(1000, 'v'));
  server_.on("PUT /file", {{.delay = 30s}});
  std::stop_source stop;
  run_.stop = stop.get_token();
  HttpRequest request = put(file);
  request.on_sent = [&](std::uint64_t, std::uint64_t) { stop.request_stop(); };
  const auto began = std::chrono::steady_clock::now();
  const auto response = client_.send(request, run_);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kCancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 900ms) << "curl itself would look once a second";
}

TEST_F(CurlClientTest, AStopFromAnotherThreadWakesAWaitingCall) {
  server_.on("GET /slow", {{.delay = 30s}});
  std::stop_source stop;
  run_.stop = stop.get_token();
  const std::jthread stopper([&] {
    while (server_.requests().empty()) std::this_thread::sleep_for(1ms);
    stop.request_stop();
  });
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(get("/slow").error().code, ErrorCode::kCancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 900ms);
}

TEST_F(CurlClientTest, NothingIsSentAfterAStop) {
  std::stop_source stop;
  stop.request_stop();
  run_.stop = stop.get_token();
  EXPECT_EQ(get("/x").error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(server_.requests().empty());
}

class AtMostOnceTest : public CurlClientTest {
 protected:
  Result<HttpResponse> post(CurlClient& client, const RunContext& run) {
    return client.send({.method = "POST", .url = server_.url() + "/post", .body = "{}", .at_most_once = true}, run);
  }
};

TEST_F(AtMostOnceTest, AKeptConnectionThatDiesDoesNotSendTwice) {
  server_.on("GET /x", {{}});
  server_.on("POST /post", {{.answer = ScriptedReply::Answer::kNone}});
  ASSERT_TRUE(get("/x"));  // leaves a connection that libcurl would reuse, and repeat on
  const auto response = post(client_, run_);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kOutcomeUnknown);
  EXPECT_EQ(server_.requests("POST /post").size(), 1U);
}

TEST_F(AtMostOnceTest, AStopWaitsAMomentForTheAnswer) {
  server_.on("POST /post", {{.body = "posted", .delay = 50ms}});
  std::stop_source stop;
  run_.stop = stop.get_token();
  const std::jthread stopper([&] {
    while (server_.requests().empty()) std::this_thread::sleep_for(1ms);
    stop.request_stop();
  });
  const auto response = post(client_, run_);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "posted");
}

TEST_F(AtMostOnceTest, AStopWithoutAnAnswerIsUnknownNotCancelled) {
  CurlClient hasty({.answer_grace = 10ms});
  server_.on("POST /post", {{.delay = 30s}});
  std::stop_source stop;
  run_.stop = stop.get_token();
  const std::jthread stopper([&] {
    while (server_.requests().empty()) std::this_thread::sleep_for(1ms);
    stop.request_stop();
  });
  EXPECT_EQ(post(hasty, run_).error().code, ErrorCode::kOutcomeUnknown);
}

TEST_F(CurlClientTest, ManyThreadsShareOneClient) {
  server_.on("GET /x", {{.body = "answer"}});
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int call = 0; call < 5; ++call) {
          const auto response = get("/x");
          if (response && response->body == "answer") ++good;
        }
      });
    }
  }
  EXPECT_EQ(good, 20);
  std::set<int> connections;
  for (const auto& request : server_.requests()) connections.insert(request.connection);
  EXPECT_LE(connections.size(), 4U);
}

}  // namespace
}  // namespace tokprep
