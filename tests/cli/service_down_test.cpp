#include <regex>
#include <sstream>

#include "tests/cli/post_fixture.h"

namespace tokprep::test {
namespace {

using testing::HasSubstr;

constexpr std::size_t kItems = 30;

/// A batch that meets a service which is down, and the service when it is up again.
class ServiceDownTest : public PostTest {
 protected:
  void SetUp() override {
    settings_.environment["TOKPREP_RETRY_FIRST_DELAY"] = "4ms";
    // More than TikTok would take in a minute, so that every item has its turn at once.
    rules_ = folder_.file("rules.json", R"({"post.rate_minute": 1000, "post.rate_day": 1000})");
    for (std::size_t i = 0; i < kItems; ++i) {
      (void)copy_sample("logo.png", "drop/" + std::to_string(i) + ".png");
      (void)folder_.file("drop/" + std::to_string(i) + ".txt", "caption " + std::to_string(i));
    }
  }

  [[nodiscard]] std::vector<std::string> post() const {
    return {"post", path("drop"), "-o", path("out"), "--yes", "--rules", rules_};
  }

  [[nodiscard]] std::size_t requests() const {
    const std::string log = bytes_of(path("sandbox/requests.jsonl"));
    return static_cast<std::size_t>(std::ranges::count(log, '\n'));
  }

  [[nodiscard]] std::size_t refused_for_rate() const {
    std::istringstream log(bytes_of(path("sandbox/requests.jsonl")));
    std::size_t refused = 0;
    for (std::string line; std::getline(log, line);) refused += Json::parse(line).value("status", 0) == 429 ? 1 : 0;
    return refused;
  }

  /// As the line for people has it.
  static std::size_t untried(const std::string& text) {
    std::smatch found;
    const std::regex sentence("the service seems down: ([0-9]+) of 30 items were not tried");
    return std::regex_search(text, found, sentence) ? std::stoul(found[1]) : 0;
  }

  void expect_that_a_run_posts_them_all() {
    run_json(post(), 0);
    EXPECT_EQ(posts_at_service(), kItems);
    const auto again = run_json(post(), 0);
    EXPECT_EQ(of_type(again, "item_skipped").size(), kItems);
    EXPECT_EQ(posts_at_service(), kItems);
  }

  std::string rules_;
};

// It is asked for the account, and then has nothing but 503 to say.
TEST_F(ServiceDownTest, ABatchEndsOnceTheRetriesAreSpent) {
  const auto faults = folder_.file("faults.json", R"({"rules":[
      {"match":{"path":"/api/media/*"},"fault":{"kind":"server_error","status":503}}]})");
  ASSERT_TRUE(start_sandbox("100ms", {"--faults", faults}));
  const ProcessResult result = run(post());
  EXPECT_EQ(result.exit_code, 6) << result.err;
  EXPECT_GE(untried(result.err), kItems / 2) << result.err;
  EXPECT_THAT(result.err, HasSubstr("run again later"));
  // Without a budget each item has five attempts, at each of its files.
  EXPECT_LT(requests(), 2 * kItems);
  EXPECT_EQ(posts_at_service(), 0U);

  sandbox_.reset();
  ASSERT_TRUE(start_sandbox());
  expect_that_a_run_posts_them_all();
}

// Every post within two seconds of the first would be refused as well.
TEST_F(ServiceDownTest, ARefusalForTheRateHoldsTheWholeBatch) {
  const auto faults = folder_.file("faults.json", R"({"rules":[{"match":{"endpoint":"post","method":"POST"},
      "for_ms":2000,"fault":{"kind":"rate_limit","retry_after":3}}]})");
  ASSERT_TRUE(start_sandbox("100ms", {"--faults", faults}));
  const auto lines = run_json(post(), 3);
  const Json error = only(lines, "item_failed")["error"];
  EXPECT_EQ(error["code"], "rate_limited");
  EXPECT_EQ(error["fix"], "run again in 3 s");
  EXPECT_EQ(refused_for_rate(), 1U);
  EXPECT_EQ(posts_at_service(), kItems - 1);
  expect_that_a_run_posts_them_all();
}

TEST_F(ServiceDownTest, NothingIsTriedWhereNobodyAnswers) {
  ASSERT_TRUE(start_sandbox());
  sandbox_.reset();
  const Json error = only(run_json(post(), 6), "error")["error"];
  EXPECT_EQ(error["code"], "network");
  EXPECT_EQ(error["transient"], true);
  EXPECT_THAT(error.value("message", ""), HasSubstr("none of the 30 items was tried"));
  EXPECT_TRUE(files_in("out").empty());
}

TEST_F(ServiceDownTest, ItDiesInTheMiddleOfABatch) {
  ASSERT_TRUE(start_sandbox());
  std::vector<std::string> command = post();
  command.insert(command.begin(), TOKPREP_PROGRAM);
  command.emplace_back("--json");
  RunningProcess running(command, settings_);
  std::string lines;
  for (std::string line = running.next_line(); !line.empty(); line = running.next_line()) {
    lines += line + "\n";
    if (line.find("\"item_done\"") != std::string::npos) break;
  }
  sandbox_->send_signal(SIGKILL);
  ProcessResult result = running.wait();
  result.out = lines + result.out;
  EXPECT_EQ(result.exit_code, 3) << result.err;
  const auto failures = of_type(checked_lines(result), "item_failed");
  const auto not_tried = std::ranges::count_if(
      failures, [](const Json& line) { return line["error"].value("message", "").starts_with("not tried: "); });
  EXPECT_GE(not_tried, static_cast<std::ptrdiff_t>(kItems / 3)) << Json(failures).dump(1);
  for (const Json& line : failures) {
    const bool may_come_again = line["error"]["transient"] == true || line["error"]["code"] == "outcome_unknown";
    EXPECT_TRUE(may_come_again) << line;
  }
}

}  // namespace
}  // namespace tokprep::test
