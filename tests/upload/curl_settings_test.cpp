#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "base/file_descriptor.h"
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

/// A port of this machine whose connections nobody accepts: the first few are made by the system, and nothing that is
/// sent on them is ever read; those that do not fit into the queue are not answered at all.
class SilentPort {
 public:
  SilentPort() {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address_;
    auto* any = reinterpret_cast<sockaddr*>(&address_);
    const bool listens = ::bind(listener_.get(), any, length) == 0 && ::listen(listener_.get(), 0) == 0 &&
                         ::getsockname(listener_.get(), any, &length) == 0;
    EXPECT_TRUE(listens);
  }

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(ntohs(address_.sin_port)); }

  /// Fills the queue; false on a system where that cannot be done.
  bool fill() {
    constexpr int kMost = 64;
    constexpr int kPatienceMs = 300;
    while (waiting_.size() < kMost) {
      waiting_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      const int fd = waiting_.back().get();
      if (::connect(fd, reinterpret_cast<const sockaddr*>(&address_), sizeof address_) == 0) continue;
      if (errno != EINPROGRESS) return false;
      pollfd made{fd, POLLOUT, 0};
      if (::poll(&made, 1, kPatienceMs) == 0) return true;
    }
    return false;
  }

 private:
  FileDescriptor listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address_{};
  std::vector<FileDescriptor> waiting_;
};

/// What ends a call that does not get on. It is only told apart from the defaults, the shortest of which is 15 s.
class TimeoutTest : public CurlSettingsTest {
 protected:
  /// Sends it; expects that time ran out, at `least` or later.
  Error error_of(const CurlSettings& settings, const HttpRequest& request, std::chrono::milliseconds least) {
    CurlClient client(settings);
    const auto began = std::chrono::steady_clock::now();
    const auto response = client.send(request, run_);
    const auto took = std::chrono::steady_clock::now() - began;
    EXPECT_FALSE(response);
    if (response) return {};
    EXPECT_EQ(response.error().native, ETIMEDOUT) << describe(response.error());
    EXPECT_GE(took, least - 50ms);
    EXPECT_LT(took, 14s);
    return response.error();
  }

  /// Sparse, and too large for the buffers of a connection.
  [[nodiscard]] std::filesystem::path large_file() const {
    const auto path = folder_.file("film.mp4", "");
    std::filesystem::resize_file(path, 256'000'000);
    return path;
  }

  // More than fits into the buffers within a second: what they take at first is no progress.
  const CurlSettings impatient_{.stall_bytes_per_s = 200'000'000, .stall_timeout = 1s};
};

TEST_F(TimeoutTest, AConnectionThatIsNotMadeMeansNothingWasSent) {
  SilentPort port;
  if (!port.fill()) GTEST_SKIP() << "connections beyond the queue are made here";
  const Error error = error_of({.connect_timeout = 400ms}, {.url = port.url() + "/x"}, 400ms);
  EXPECT_EQ(error.code, ErrorCode::kNetwork) << describe(error);
}

TEST_F(TimeoutTest, AFileThatIsNotReadEndsByTheStall) {
  const SilentPort port;
  HttpRequest request = put(large_file());
  request.url = port.url() + "/file";
  std::uint64_t sent = 0;
  request.on_sent = [&](std::uint64_t bytes, std::uint64_t) { sent = bytes; };
  const Error error = error_of(impatient_, request, 1s);
  EXPECT_EQ(error.code, ErrorCode::kOutcomeUnknown) << describe(error);
  EXPECT_LT(sent, 256'000'000U);
}

TEST_F(TimeoutTest, AFormThatIsNotReadEndsByTheStall) {
  const SilentPort port;
  HttpRequest request = form(large_file());
  request.url = port.url() + "/file";
  EXPECT_EQ(error_of(impatient_, request, 1s).code, ErrorCode::kOutcomeUnknown);
}

TEST_F(TimeoutTest, AFileThatIsReadAndNotAnsweredEndsByTheStall) {
  server_.on("PUT /file", {{.delay = 60s}});
  EXPECT_EQ(error_of(impatient_, put(folder_.file("v.mp4", "bytes")), 1s).code, ErrorCode::kOutcomeUnknown);
  EXPECT_EQ(server_.requests("PUT /file").at(0).body, "bytes");
}

TEST_F(TimeoutTest, ACallWithoutAFileEndsByItsTotal) {
  server_.on("POST /x", {{.delay = 60s}});
  for (const bool at_most_once : {false, true}) {
    const HttpRequest request{.method = "POST",
                              .url = server_.url() + "/x",
                              .body = std::string("{}"),
                              .total_timeout = 300ms,
                              .at_most_once = at_most_once};
    EXPECT_EQ(error_of({}, request, 300ms).code, ErrorCode::kOutcomeUnknown);
  }
  EXPECT_EQ(server_.requests("POST /x").size(), 2U) << "once each";
}

TEST_F(TimeoutTest, ATotalIsForFilesToo) {
  server_.on("PUT /file", {{.body = "taken", .delay = 600ms}});
  HttpRequest request = put(folder_.file("v.mp4", "bytes"));
  CurlClient client;
  const auto response = client.send(request, run_);
  ASSERT_TRUE(response) << describe(response.error());
  EXPECT_EQ(response->body, "taken");
  request.total_timeout = 100ms;
  EXPECT_EQ(error_of({}, request, 100ms).native, ETIMEDOUT);
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
