#include "base/clock.h"
#include "tests/cli/post_fixture.h"

namespace tokprep::test {
namespace {

using testing::HasSubstr;

class CancelCommandTest : public PostTest {
 protected:
  static std::string in_hours(int hours) { return to_iso8601(system_clock().now() + std::chrono::hours(hours)); }

  [[nodiscard]] std::vector<std::string> scheduling(const std::string& name, int hours) const {
    return {"post", sample(name), "--yes", "--schedule", in_hours(hours), "--caption", "caption of " + name};
  }

  [[nodiscard]] std::string schedule(const std::string& name = "logo.png", int hours = 48) const {
    return only(run_json(scheduling(name, hours), 0), "item_done")["post"].value("id", "");
  }

  /// What the service says of its posts, oldest first.
  [[nodiscard]] std::vector<std::string> states_at_service() const {
    std::vector<std::string> states;
    const Json book = Json::parse(bytes_of(path("sandbox/posts.json")), nullptr, false);
    for (const Json& post : book.value("posts", Json::array())) states.push_back(post.value("state", ""));
    return states;
  }

  [[nodiscard]] std::string state_in_ledger(const std::string& id) const {
    return only(run_json({"ledger", "show", id}, 0), "ledger_post").value("state", "");
  }

  /// How many requests of a kind came in; none of any kind has a mistake in it.
  [[nodiscard]] std::size_t requests(std::string_view method, std::string_view path_asked = "/api/post") const {
    std::size_t count = 0;
    std::istringstream lines(bytes_of(path("sandbox/requests.jsonl")));
    for (std::string line; std::getline(lines, line);) {
      const Json request = Json::parse(line, nullptr, false);
      EXPECT_FALSE(request.contains("violations")) << line;
      if (request.value("method", "") == method && request.value("path", "") == path_asked) ++count;
    }
    return count;
  }
};

TEST_F(CancelCommandTest, TakesAScheduledPostBackAndItCanBePostedAnew) {
  const std::string id = schedule();
  const Json status = only(run_json({"cancel", id, "--yes"}, 0), "status");
  EXPECT_EQ(status["item"], sample("logo.png").string());
  EXPECT_EQ(status["post"]["id"], id);
  EXPECT_EQ(status["post"]["status"], "deleted");
  EXPECT_FALSE(status.contains("error")) << status;
  EXPECT_THAT(states_at_service(), testing::ElementsAre("deleted"));
  EXPECT_EQ(state_in_ledger(id), "cancelled");

  const auto again = run_json({"cancel", id, id, "--yes"}, 0);
  EXPECT_EQ(only(again, "status")["post"]["status"], "deleted");
  EXPECT_THAT(only(again, "note").value("message", ""), HasSubstr("taken back before"));
  EXPECT_EQ(requests("DELETE"), 1U);

  const std::string anew = schedule();
  EXPECT_NE(anew, id);
  EXPECT_EQ(states_at_service().size(), 2U);
  EXPECT_EQ(state_in_ledger(anew), "accepted");
}

TEST_F(CancelCommandTest, WhatWasTakenBackNoLongerCounts) {
  settings_.environment["TOKPREP_RULES"] = folder_.file("rules.json", R"({"post.rate_day": 1})");
  const std::string id = schedule("logo.png", 48);
  const auto refused = run_json(scheduling("city.cover.png", 50), 6);
  EXPECT_EQ(only_error(refused)["rule"], "post.rate_day");
  run_json({"cancel", id, "--yes"}, 0);
  EXPECT_NE(schedule("city.cover.png", 50), "");
}

TEST_F(CancelCommandTest, LeavesAPublishedPostAlone) {
  const std::string id = only(run_json({"post", sample("logo.png"), "--yes"}, 0), "item_done")["post"].value("id", "");
  run_json({"status", "--wait", "--timeout", "60s"}, 0);
  const Json status = only(run_json({"cancel", id, "--yes"}, 5), "status");
  EXPECT_EQ(status["post"]["status"], "published");
  EXPECT_EQ(status["error"]["code"], "rejected");
  EXPECT_THAT(status["error"].value("message", ""), HasSubstr("it is on TikTok"));
  EXPECT_EQ(requests("DELETE"), 0U);
  EXPECT_EQ(state_in_ledger(id), "published");
}

// The service deletes the post, and none of the answers comes back. A sandbox that is started anew has another key.
TEST_F(CancelCommandTest, ALostAnswerIsSettledByTheNextCall) {
  const auto faults =
      folder_.file("faults.json", R"({"rules":[{"match":{"endpoint":"post_delete"},"fault":"cut_after"}]})");
  sandbox_.reset();
  ASSERT_TRUE(start_sandbox("100ms", {"--faults", faults}));
  settings_.environment["TOKPREP_RETRY_FIRST_DELAY"] = "1ms";
  const std::string id = schedule();
  EXPECT_EQ(only(run_json({"cancel", id, "--yes"}, 6), "status")["error"]["transient"], true);
  EXPECT_EQ(state_in_ledger(id), "accepted");
  EXPECT_THAT(states_at_service(), testing::ElementsAre("deleted"));

  sandbox_.reset();
  ASSERT_TRUE(start_sandbox());
  EXPECT_EQ(only(run_json({"cancel", id, "--yes"}, 0), "status")["post"]["status"], "deleted");
  EXPECT_EQ(state_in_ledger(id), "cancelled");
}

TEST_F(CancelCommandTest, AWatchDoesNotPostItAgain) {
  (void)copy_sample("logo.png", "drop/logo.png");
  (void)folder_.file("drop/logo.post.json", R"({"post":"later","scheduleDate":")" + in_hours(48) + R"("})");
  const std::vector<std::string> watch = {"watch", path("drop"), "-o",       path("out"), "--post",
                                          "--yes", "--once",     "--settle", "10ms"};
  const std::string id = only(run_json(watch, 0), "item_done")["post"].value("id", "");
  run_json({"cancel", id, "--yes"}, 0);
  EXPECT_THAT(only(run_json(watch, 0), "item_skipped").value("reason", ""), HasSubstr("taken back"));
  EXPECT_THAT(states_at_service(), testing::ElementsAre("deleted"));
}

TEST_F(CancelCommandTest, WithoutATerminalItNeedsYes) {
  const std::string id = schedule();
  const auto result = run({"cancel", id});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("--yes"));
  run_json({"cancel", id}, 2);
  EXPECT_THAT(states_at_service(), testing::ElementsAre("scheduled"));
}

TEST_F(CancelCommandTest, ADryRunSaysWhatWouldBeDoneAndAsksNobody) {
  const std::string id = schedule();
  sandbox_.reset();  // a request would fail
  const auto lines = run_json({"cancel", id, "--dry-run"}, 0);
  EXPECT_EQ(only(lines, "status")["post"]["status"], "scheduled");
  EXPECT_THAT(only(lines, "note").value("message", ""), HasSubstr("would be taken back"));
  EXPECT_EQ(state_in_ledger(id), "accepted");
  EXPECT_THAT(only(run_json({"cancel", "nobody", "--dry-run"}, 8), "status")["error"].value("message", ""),
              HasSubstr("not on record here"));
}

TEST_F(CancelCommandTest, AnIdNobodyKnowsIsARefusalAndTheOthersAreTakenBack) {
  const std::string id = schedule();
  const auto lines = run_json({"cancel", "no-such-id", id, "--yes"}, 3);
  const auto statuses = of_type(lines, "status");
  ASSERT_EQ(statuses.size(), 2U);
  EXPECT_EQ(statuses[0]["error"]["code"], "rejected");
  EXPECT_EQ(statuses[1]["post"]["status"], "deleted");
  EXPECT_EQ(run({"cancel"}).exit_code, 2);
}

class ValidateTest : public CancelCommandTest {};

TEST_F(ValidateTest, TheServiceIsAskedOnceAPost) {
  run_json({"post", sample("logo.png"), "--yes", "--validate"}, 0);
  EXPECT_EQ(requests("POST", "/api/validate/post"), 1U);
  run_json({"post", sample("city.cover.png"), "--yes"}, 0);
  EXPECT_EQ(requests("POST", "/api/validate/post"), 1U);
  EXPECT_EQ(requests("POST", "/api/post"), 2U);
}

TEST_F(ValidateTest, WhatItWouldRefuseIsNotPosted) {
  run_json({"post", sample("logo.png"), "--yes", "--caption", "the same words"}, 0);
  const auto copy = copy_sample("logo.png", "drop/again.png");
  (void)folder_.file("drop/tokprep.toml", "[post]\nvalidate = true\nvisibility = 'friends'\n");
  const auto lines = run_json({"post", copy, "--yes", "--caption", "the same words", "--allow-duplicate-text"}, 5);
  const Json error = only_error(lines);
  EXPECT_THAT(error.value("message", ""), HasSubstr("POST /validate/post"));
  EXPECT_THAT(error.value("message", ""), HasSubstr("(code 137)"));
  EXPECT_FALSE(error.value("fix", "").empty());
  EXPECT_EQ(posts_at_service(), 1U);
  EXPECT_EQ(only(run_json({"ledger", "show", copy}, 0), "ledger_post").value("state", ""), "planned");
}

}  // namespace
}  // namespace tokprep::test
