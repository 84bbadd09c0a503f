#include <openssl/hmac.h>

#include <mutex>
#include <thread>

#include "tests/upload/sandbox_fixture.h"

namespace tokprep {
namespace {

/// A webhook of the user's own.
class Receiver {
 public:
  struct Call {
    Json body;
    std::string bytes;
    httplib::Headers headers;
    [[nodiscard]] std::string header(const std::string& name) const {
      const auto found = headers.find(name);
      return found == headers.end() ? "" : found->second;
    }
  };

  Receiver() {
    http_.Post("/hook", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      calls_.push_back({Json::parse(request.body), request.body, request.headers});
      response.status = status_;
    });
    port_ = http_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { http_.listen_after_bind(); });
    while (!http_.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ~Receiver() {
    http_.stop();
    thread_.join();
  }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook"; }
  void answer(int status) {
    const std::lock_guard lock(mutex_);
    status_ = status;
  }
  /// The calls so far, once there are `count` of them.
  std::vector<Call> wait_for(std::size_t count) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    for (;;) {
      {
        const std::lock_guard lock(mutex_);
        if (calls_.size() >= count || std::chrono::steady_clock::now() > until) return calls_;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

 private:
  httplib::Server http_;
  std::mutex mutex_;
  std::vector<Call> calls_;  // guarded by mutex_
  int status_ = 200;         // guarded by mutex_
  int port_ = 0;
  std::thread thread_;
};

std::string hmac(const std::string& secret, const std::string& message) {
  std::array<unsigned char, 32> raw{};
  unsigned length = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), raw.data(), &length);
  std::string hex;
  constexpr std::string_view kHex = "0123456789abcdef";
  for (const unsigned char byte : raw) (hex += kHex[byte >> 4]) += kHex[byte & 15];
  return hex;
}

class SandboxHook : public SandboxTest {
 protected:
  void hook(const Json& more = Json::object()) {
    Json body{{"action", "scheduled"}, {"url", receiver_.url()}};
    body.update(more);
    const Answer answer = post("/hook/webhook", body);
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
  std::string posted(const std::string& text) const { return submitted(post_body({uploaded("a.mp4")}, text)); }
  /// Waits until the outbox has what it should.
  [[nodiscard]] bool settles(const char* what, int count) const {
    for (int i = 0; i < 2000; ++i) {
      if (counts()["webhooks"][what] == count) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return false;
  }
  Receiver receiver_;
};

TEST_F(SandboxHook, RegisteredListedRemoved) {
  const Answer made = post("/hook/webhook", {{"action", "scheduled"}, {"url", receiver_.url()}});
  EXPECT_EQ(made.body["status"], "success");
  EXPECT_EQ(made.body["action"], "scheduled");
  EXPECT_EQ(made.body["url"], receiver_.url());
  EXPECT_EQ(made.body["refId"].get<std::string>().size(), 40U);
  EXPECT_EQ(get("/hook/webhook").body["scheduled"], receiver_.url());
  restart();
  EXPECT_EQ(get("/hook/webhook").body["scheduled"], receiver_.url());
  const auto remove_hook = [&] {
    return read(client().Delete("/api/hook/webhook", key(), R"({"action":"scheduled"})", "application/json"));
  };
  EXPECT_EQ(remove_hook().body, Json({{"status", "success"}, {"action", "scheduled"}}));
  EXPECT_FALSE(get("/hook/webhook").body.contains("scheduled"));
  EXPECT_EQ(remove_hook().status, 404);
}

TEST_F(SandboxHook, NothingButThisMachineIsCalled) {
  for (const char* url : {"https://example.com/hook", "http://example.com/hook", "http://127.0.0.1.example.com/",
                          "http://127.0.0.1:99999/", "http://127.0.0.1:80@example.com/", "ftp://127.0.0.1/"}) {
    EXPECT_EQ(post("/hook/webhook", {{"action", "scheduled"}, {"url", url}}).body["code"], 101) << url;
  }
  EXPECT_EQ(post("/hook/webhook", {{"action", "sheduled"}, {"url", receiver_.url()}}).body["code"], 101);
}

TEST_F(SandboxHook, ImmediatePostIsToldOfOnce) {
  hook();
  const std::string id = posted("now");
  clock_.advance(std::chrono::seconds(60));
  const auto calls = receiver_.wait_for(1);
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].body["action"], "scheduled");
  EXPECT_EQ(calls[0].body["subAction"], "tikTokPublished");
  EXPECT_EQ(calls[0].body["status"], "success");
  EXPECT_EQ(calls[0].body["code"], 200);
  EXPECT_EQ(calls[0].body["id"], id);
  EXPECT_TRUE(calls[0].body["postIds"][0].contains("postUrl"));
  EXPECT_EQ(calls[0].header("X-Ayrshare-Delivery-Attempt"), "1");
  EXPECT_EQ(calls[0].header("X-Authorization-Content-SHA256"), "") << "no secret, no signature";
}

TEST_F(SandboxHook, ScheduledPostFiresByItselfAndIsToldOfTwice) {
  hook();
  Json body = post_body({uploaded("a.mp4")});
  body["scheduleDate"] = "2026-11-22T00:40:00Z";
  submitted(body);
  clock_.advance(std::chrono::minutes(40));
  auto calls = receiver_.wait_for(1);  // nobody asks the server anything meanwhile
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_FALSE(calls[0].body.contains("subAction"));
  EXPECT_EQ(calls[0].body["postIds"][0]["id"], "pending");
  clock_.advance(std::chrono::minutes(1));
  calls = receiver_.wait_for(2);
  ASSERT_EQ(calls.size(), 2U);
  EXPECT_EQ(calls[1].body["subAction"], "tikTokPublished");
  EXPECT_NE(calls[1].body["hookId"], calls[0].body["hookId"]);
}

TEST_F(SandboxHook, FailuresAreToldAndPrivatePostsAreNot) {
  hook();
  Json hidden = post_body({uploaded("a.mp4")}, "followers");
  hidden["tikTokOptions"] = {{"visibility", "followers"}};
  submitted(hidden);
  Json body = post_body({uploaded("a.mp4")}, "bad");
  body["notes"] = "sandbox:fail=spam_risk";
  submitted(body);
  clock_.advance(std::chrono::seconds(60));
  ASSERT_TRUE(settles("delivered", 1));
  const auto calls = receiver_.wait_for(1);
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].body["status"], "error");
  EXPECT_EQ(calls[0].body["errors"][0]["details"], "spam_risk");
  EXPECT_EQ(calls[0].body["postIds"][0]["id"], "failed");
}

TEST_F(SandboxHook, SignedWithBothSecretsWhileTheyRotate) {
  hook({{"secret", "old secret"}});
  posted("one");
  clock_.advance(std::chrono::seconds(60));
  auto calls = receiver_.wait_for(1);
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].header("X-Authorization-Content-SHA256"), hmac("old secret", calls[0].bytes));
  EXPECT_EQ(calls[0].header("X-Authorization-Content-SHA256-V2"), "v1=" + hmac("old secret", calls[0].bytes));
  EXPECT_EQ(calls[0].header("X-Authorization-Timestamp"), "1795305660");
  const Answer rotated = post("/hook/webhook/secret", {{"secret", "new secret"}});
  EXPECT_EQ(rotated.body["action"], "webhook");
  posted("two");
  clock_.advance(std::chrono::seconds(60));
  calls = receiver_.wait_for(2);
  ASSERT_EQ(calls.size(), 2U);
  EXPECT_EQ(calls[1].header("X-Authorization-Content-SHA256-V2"),
            "v1=" + hmac("new secret", calls[1].bytes) + ",v1=" + hmac("old secret", calls[1].bytes));
  clock_.advance(std::chrono::hours(24));
  posted("three");
  clock_.advance(std::chrono::seconds(60));
  calls = receiver_.wait_for(3);
  ASSERT_EQ(calls.size(), 3U);
  EXPECT_EQ(calls[2].header("X-Authorization-Content-SHA256-V2"), "v1=" + hmac("new secret", calls[2].bytes));
}

TEST_F(SandboxHook, RepeatedAfterFiveAndThirtySeconds) {
  hook();
  receiver_.answer(400);
  posted("one");
  clock_.advance(std::chrono::seconds(60));
  ASSERT_TRUE(settles("tries", 1));
  clock_.advance(std::chrono::seconds(5));
  ASSERT_TRUE(settles("tries", 2));
  clock_.advance(std::chrono::seconds(30));
  ASSERT_TRUE(settles("tries", 3));
  ASSERT_TRUE(settles("waiting", 0)) << "three tries are all";
  const auto calls = receiver_.wait_for(3);
  ASSERT_EQ(calls.size(), 3U);
  EXPECT_EQ(calls[2].bytes, calls[0].bytes);
  EXPECT_EQ(calls[2].header("X-Ayrshare-Delivery-Attempt"), "3");
  EXPECT_EQ(calls[2].header("X-Ayrshare-Delivery-Id"), calls[0].header("X-Ayrshare-Delivery-Id"));
  const Json history = get("/hook/history").body["history"];
  ASSERT_EQ(history.size(), 3U);
  EXPECT_EQ(history[0]["code"], 400);
  EXPECT_EQ(history[2]["willRetry"], false);
}

TEST_F(SandboxHook, NewerRulesDoNotRepeatRefusals) {
  config_.webhook_retries_all = false;
  config_.webhook_retry_delays = {std::chrono::hours(1)};
  restart();
  hook();
  receiver_.answer(400);
  posted("one");
  clock_.advance(std::chrono::seconds(60));
  ASSERT_TRUE(settles("tries", 1));
  EXPECT_EQ(counts()["webhooks"]["waiting"], 0);
  receiver_.answer(503);
  posted("two");
  clock_.advance(std::chrono::seconds(60));
  ASSERT_TRUE(settles("tries", 2));
  EXPECT_EQ(counts()["webhooks"]["waiting"], 1);
}

TEST_F(SandboxHook, WaitingEventsSurviveARestart) {
  hook();
  receiver_.answer(500);
  posted("one");
  clock_.advance(std::chrono::seconds(60));
  ASSERT_TRUE(settles("tries", 1));
  restart();
  receiver_.answer(200);
  clock_.advance(std::chrono::seconds(5));
  EXPECT_TRUE(settles("delivered", 1));
}

TEST_F(SandboxHook, RepeatedAndOutOfOrderOnRequest) {
  hook({{"secret", "secret"}});
  script({{"webhooks", {{"repeat", 2}, {"reorder", 2}, {"timestamp_shift_s", -3600}}}});
  const std::string first = posted("one");
  clock_.advance(std::chrono::seconds(1));
  const std::string second = posted("two");
  clock_.advance(std::chrono::milliseconds(59'000));
  static_cast<void>(get("/user"));  // the first is due alone
  clock_.advance(std::chrono::milliseconds(1'000));
  const auto calls = receiver_.wait_for(4);
  ASSERT_EQ(calls.size(), 4U);
  std::vector<std::string> ids;
  for (const auto& call : calls) ids.push_back(call.body["id"]);
  EXPECT_EQ(ids, (std::vector<std::string>{second, second, first, first}));
  EXPECT_EQ(calls[0].body["hookId"], calls[1].body["hookId"]);
  EXPECT_EQ(calls[0].header("X-Authorization-Timestamp"), "1795302061");
}

TEST_F(SandboxHook, BadlySignedOnRequest) {
  hook({{"secret", "secret"}});
  script({{"webhooks", {{"bad_signature", true}}}});
  posted("one");
  clock_.advance(std::chrono::seconds(60));
  const auto calls = receiver_.wait_for(1);
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].header("X-Authorization-Content-SHA256").size(), 64U);
  EXPECT_NE(calls[0].header("X-Authorization-Content-SHA256"), hmac("secret", calls[0].bytes));
}

TEST_F(SandboxHook, StopDoesNotWaitForASilentReceiver) {
  // Listens and never answers.
  FileDescriptor silent(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(silent.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(silent.get(), 1), 0);
  socklen_t size = sizeof address;
  ASSERT_EQ(::getsockname(silent.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  hook({{"url", "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/"}});
  posted("one");
  clock_.advance(std::chrono::seconds(60));
  ASSERT_TRUE(settles("waiting", 1));
  const FileDescriptor called(::accept(silent.get(), nullptr, nullptr));
  ASSERT_TRUE(called.valid());
  const auto began = std::chrono::steady_clock::now();
  sandbox_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(4));
}

}  // namespace
}  // namespace tokprep
