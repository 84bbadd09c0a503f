#include <set>
#include <thread>

#include "tests/cli/post_fixture.h"
#include "tests/support/free_port.h"

namespace tokprep::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class WebhookTest : public PostTest {
 protected:
  void SetUp() override { secret_ = folder_.file("hook.secret", "a-secret-of-the-test\n"); }

  /// The sandbox with what goes wrong with its webhooks, and a receiver that is registered with it.
  void start(const std::string& faults) {
    const auto script = folder_.file("faults.json", R"({"webhooks":)" + faults + "}");
    ASSERT_TRUE(start_sandbox("100ms", {"--faults", script}));
    const std::string port = std::to_string(free_port());
    const std::string url = "http://127.0.0.1:" + port + "/webhook";
    receiver_ =
        std::make_unique<RunningProcess>(std::vector<std::string>{TOKPREP_PROGRAM, "webhook", "--json", "--port", port,
                                                                  "--secret-file", secret_, "--register", url},
                                         settings_);
    EXPECT_EQ(next()["url"], url);
  }

  Json next() { return Json::parse(receiver_->next_line(), nullptr, false); }

  /// The next event about a post that TikTok is done with.
  Json next_final() {
    for (;;) {
      Json line = next();
      if (!line.is_object() || line.value("kind", "") == "tiktok_published") return line;
    }
  }

  std::string post_one() {
    const auto picture = copy_sample("logo.png", "drop/logo.png");
    return only(run_json({"post", picture, "--yes"}, 0), "item_done")["post"].value("id", "");
  }

  std::string state_in_ledger(const std::string& id) {
    return only(run_json({"ledger", "show", id}, 0), "ledger_post").value("state", "");
  }

  std::string secret_;
  std::unique_ptr<RunningProcess> receiver_;
};

TEST_F(WebhookTest, SettlesAPostOnceHoweverOftenItIsTold) {
  start(R"({"repeat": 2})");
  const std::string id = post_one();
  const Json first = next_final();
  EXPECT_EQ(first["new"], true) << first;
  EXPECT_EQ(first["item"], path("drop/logo.png").string());
  EXPECT_EQ(first["post"]["id"], id);
  EXPECT_EQ(first["post"]["state"], "published");
  EXPECT_THAT(first["post"].value("url", ""), StartsWith("https://"));
  EXPECT_EQ(state_in_ledger(id), "published");  // nobody asked for its status

  const Json again = next_final();
  EXPECT_EQ(again["new"], false);
  EXPECT_EQ(again["key"], first["key"]);
  const Json post = only(run_json({"ledger", "show", id}, 0), "ledger_post");
  EXPECT_EQ(std::ranges::count_if(post["events"], [](const Json& event) { return event["to"] == "published"; }), 1);
}

TEST_F(WebhookTest, EventsThatComeInAnotherOrderEndTheSame) {
  start(R"({"reorder": 2, "repeat": 2})");
  const std::string first = post_one();
  const auto other = copy_sample("city.cover.png", "drop/other.png");
  const std::string second =
      only(run_json({"post", other, "--yes", "--caption", "another"}, 0), "item_done")["post"].value("id", "");
  std::set<std::string> keys;
  for (int i = 0; i < 4; ++i) {
    const Json line = next();
    ASSERT_TRUE(line.is_object());
    keys.insert(line.value("key", ""));
  }
  EXPECT_EQ(keys.size(), 2U);
  EXPECT_EQ(state_in_ledger(first), "published");
  EXPECT_EQ(state_in_ledger(second), "published");
}

TEST_F(WebhookTest, EndsByItsSignal) {
  start("{}");
  receiver_->send_signal(SIGTERM);
  const auto result = receiver_->wait();
  EXPECT_EQ(result.exit_code, 143);
  EXPECT_EQ(Json::parse(result.out)["type"], "summary");
}

class RefusedWebhookTest : public WebhookTest, public testing::WithParamInterface<const char*> {};

// What somebody else signed, and what was sent days ago, is not believed.
TEST_P(RefusedWebhookTest, ChangesNothing) {
  start(GetParam());
  const std::string id = post_one();
  const std::string log = path("sandbox/posts.json");
  for (int i = 0; i < 100 && bytes_of(log).find("\"attempts\"") == std::string::npos; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  run_json({"ledger", "show", id}, 0);
  EXPECT_EQ(state_in_ledger(id), "accepted");
  receiver_->send_signal(SIGINT);
  const auto result = receiver_->wait();
  EXPECT_EQ(result.exit_code, 130);
  EXPECT_EQ(result.out.find("\"webhook\""), std::string::npos) << result.out;
}

INSTANTIATE_TEST_SUITE_P(Forged, RefusedWebhookTest,
                         testing::Values(R"({"bad_signature": true})", R"({"timestamp_shift_s": -180000})",
                                         R"({"timestamp_shift_s": 3600})"));

TEST_F(WebhookTest, UnregistersWhatWasRegistered) {
  start("{}");
  const auto hooks = [&] { return bytes_of(path("sandbox/posts.json")); };
  EXPECT_THAT(hooks(), HasSubstr("/webhook"));
  EXPECT_EQ(run({"webhook", "--unregister"}).exit_code, 0);
  EXPECT_THAT(hooks(), testing::Not(HasSubstr("/webhook")));
  EXPECT_EQ(run({"webhook", "--unregister"}).exit_code, 0);  // there is none any more, as wished
}

TEST_F(WebhookTest, RegistersNothingWhereItCannotListen) {
  ASSERT_TRUE(start_sandbox());
  post_one();  // from here on the service's book is there
  const std::string& api = settings_.environment["TOKPREP_API_URL"];
  const std::string origin = api.substr(0, api.rfind('/'));
  const std::string port = origin.substr(origin.rfind(':') + 1);  // taken: by the sandbox itself
  const auto lines =
      run_json({"webhook", "--port", port, "--secret-file", secret_, "--register", origin + "/webhook"}, 6);
  EXPECT_EQ(only(lines, "error")["error"]["code"], "network");
  const Json book = Json::parse(bytes_of(path("sandbox/posts.json")), nullptr, false);
  ASSERT_TRUE(book.is_object());
  EXPECT_TRUE(book["hooks"].empty()) << book["hooks"];
}

TEST_F(WebhookTest, NeedsASecret) {
  const Json error = only(run_json({"webhook"}, 7), "error")["error"];
  EXPECT_EQ(error["code"], "auth");
  EXPECT_THAT(error.value("fix", ""), HasSubstr("AYRSHARE_WEBHOOK_SECRET_FILE"));
}

TEST_F(WebhookTest, ReceivesWithoutAKeyAndIsRegisteredOnlyWithOne) {
  settings_.environment["AYRSHARE_WEBHOOK_SECRET"] = "from-the-environment";
  RunningProcess receiver({TOKPREP_PROGRAM, "webhook"}, settings_);
  EXPECT_THAT(receiver.next_line(), StartsWith("listening at http://127.0.0.1:"));
  run_json({"webhook", "--register", "https://hooks.example.com/webhook"}, 7);
}

}  // namespace
}  // namespace tokprep::test
