#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "tests/support/scripted_server.h"
#include "tests/support/temp_folder.h"
#include "upload/curl_client.h"

namespace tokprep {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class CurlSettingsTest : public testing::Test {
 protected:
  HttpRequest put(const std::filesystem::path& file) {
    return {.method = "PUT", .url = server_.url() + "/file", .body = FileBody{file}};
  }

  HttpRequest form(const std::filesystem::path& file) {
    return {.method = "POST",
            .url = server_.url() + "/file",
            .body = MultipartBody{"file", file, "v.mp4", "video/mp4", {{"fileName", "v.mp4"}}}};
  }

  test::TempFolder folder_;
  test::ScriptedServer server_;
  RunContext run_;
};

TEST_F(CurlSettingsTest, SaysWhoItIsAndWhatItCanUnpack) {
  CurlClient client;
  server_.on("GET /x", {{}});
  ASSERT_TRUE(client.send({.url = server_.url() + "/x"}, run_));
  const auto request = server_.requests().at(0);
  EXPECT_THAT(request.header("user-agent"), testing::StartsWith("tokprep/"));
  EXPECT_EQ(request.header("accept-encoding"), "deflate, gzip, br");
}

TEST_F(CurlSettingsTest, ACompressedAnswerIsUnpacked) {
  // "hello" by gzip -n.
  const std::string packed(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcbH\xcd\xc9\xc9\x07\x00\x86\xa6\x10\x36\x05\x00\x00\x00", 25);
  server_.on("GET /x", {{.body = packed, .headers = {{"Content-Encoding", "gzip"}}}});
  CurlClient client;
  const auto response = client.send({.url = server_.url() + "/x"}, run_);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "hello");
}

TEST_F(CurlSettingsTest, ASetProxyIsUsedForEverything) {
  CurlClient client({.proxy = server_.url()});
  server_.on("GET http://api.example/x", {{.body = "by proxy"}});
  const auto response = client.send({.url = "http://api.example/x"}, run_);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "by proxy");
  server_.on("GET http://127.0.0.1:9/x", {{.body = "loopback too"}});
  EXPECT_EQ(client.send({.url = "http://127.0.0.1:9/x"}, run_)->body, "loopback too");
}

TEST_F(CurlSettingsTest, AProxyThatCannotBeReadKeepsItsPassword) {
  for (const char* proxy : {"http://me:hidden#word@proxy.invalid:3128", "http://me:hidden/word@proxy.invalid:3128",
                            "http://me:hidden?word@proxy.invalid:3128", "nonsense://me:hiddenword@proxy.invalid:3128",
                            "http://me:hiddenword@proxy.invalid:99999999"}) {
    CurlClient client({.proxy = proxy});
    const auto response = client.send({.url = "http://api.example/x"}, run_);
    ASSERT_FALSE(response) << proxy;
    EXPECT_THAT(describe(response.error()), testing::Not(HasSubstr("hidden"))) << proxy;
    EXPECT_THAT(describe(response.error()), testing::Not(HasSubstr("word"))) << proxy;
  }
}

TEST_F(CurlSettingsTest, TheEnvironmentsProxyIsNotForLoopback) {
  test::ScriptedServer target;
  target.on("GET /x", {{.body = "direct"}});
  ::setenv("http_proxy", server_.url().c_str(), 1);
  CurlClient client;
  server_.on("GET http://api.example/x", {{.body = "by proxy"}});
  const auto through = client.send({.url = "http://api.example/x"}, run_);
  const auto direct = client.send({.url = target.url() + "/x"}, run_);
  ::unsetenv("http_proxy");
  ASSERT_TRUE(through) << through.error().message;
  EXPECT_EQ(through->body, "by proxy");
  ASSERT_TRUE(direct) << direct.error().message;
  EXPECT_EQ(direct->body, "direct");
}

TEST_F(CurlSettingsTest, FormsGoOverAKeptConnectionAndFilesOverNewOnes) {
  CurlClient client;
  server_.on("POST /file", {{}});
  server_.on("PUT /file", {{}});
  const auto file = folder_.file("v.mp4", "bytes");
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(client.send(form(file), run_));
  const auto forms = server_.requests("POST /file");
  EXPECT_EQ(forms.at(2).connection, forms.at(0).connection);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(client.send(put(file), run_));
  const auto puts = server_.requests("PUT /file");
  EXPECT_NE(puts.at(1).connection, puts.at(0).connection);
}

TEST_F(CurlSettingsTest, AFormOnAConnectionThatDiedIsSentWhole) {
  CurlClient client;
  server_.on("GET /x", {{}});
  server_.on("POST /file", {{.answer = test::ScriptedReply::Answer::kNone}, {.body = "taken"}});
  ASSERT_TRUE(client.send({.url = server_.url() + "/x"}, run_));
  const std::string bytes(300'000, 'v');
  const auto response = client.send(form(folder_.file("v.mp4", bytes)), run_);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "taken");
  EXPECT_THAT(server_.requests("POST /file").back().body, HasSubstr(bytes));
}

class LimitRateTest : public CurlSettingsTest {
 protected:
  static double seconds_since(std::chrono::steady_clock::time_point began) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  }
  const std::string bytes_ = std::string(400'000, 'v');
};

TEST_F(LimitRateTest, AFileAndAFormKeepToItAndArriveWhole) {
  CurlClient client({.limit_rate_bytes_per_s = 2'000'000});
  server_.on("PUT /file", {{}});
  server_.on("POST /file", {{}});
  const auto file = folder_.file("v.mp4", bytes_);
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(client.send(put(file), run_));
  ASSERT_TRUE(client.send(form(file), run_));
  EXPECT_GE(seconds_since(began), 0.3) << "800 kB at 2 MB/s take 0.4 s";
  EXPECT_EQ(server_.requests("PUT /file").at(0).body, bytes_);
  EXPECT_THAT(server_.requests("POST /file").at(0).body, HasSubstr(bytes_));
}

TEST_F(LimitRateTest, ParallelTransfersShareIt) {
  CurlClient client({.limit_rate_bytes_per_s = 2'000'000});
  server_.on("PUT /file", {{}});
  const auto file = folder_.file("v.mp4", bytes_);
  const auto began = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] { EXPECT_TRUE(client.send(put(file), run_)); });
    }
  }
  EXPECT_GE(seconds_since(began), 0.45) << "1.2 MB at 2 MB/s take 0.6 s";
  for (const auto& request : server_.requests("PUT /file")) EXPECT_EQ(request.body, bytes_);
}

TEST_F(LimitRateTest, AStopEndsAHeldBackTransferAtOnce) {
  CurlClient client({.limit_rate_bytes_per_s = 1'000});
  server_.on("PUT /file", {{}});
  std::stop_source stop;
  run_.stop = stop.get_token();
  HttpRequest request = put(folder_.file("v.mp4", bytes_));
  request.on_sent = [&](std::uint64_t, std::uint64_t) { stop.request_stop(); };
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(client.send(request, run_).error().code, ErrorCode::kCancelled);
  EXPECT_LT(seconds_since(began), 10) << "at this rate it would take minutes";
}

TEST_F(LimitRateTest, OtherCallsPass) {
  CurlClient client({.limit_rate_bytes_per_s = 1});
  server_.on("POST /x", {{.body = "answer"}});
  const auto response =
      client.send({.method = "POST", .url = server_.url() + "/x", .body = std::string(10'000, 'j')}, run_);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "answer");
}

}  // namespace
}  // namespace tokprep
