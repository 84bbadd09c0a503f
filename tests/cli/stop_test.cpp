#include <csignal>

#include "tests/cli/post_fixture.h"

namespace tokprep::test {
namespace {

class StopTest : public CliTest {
 protected:
  RunningProcess start(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), TOKPREP_PROGRAM);
    return {arguments, settings_};
  }
};

TEST_F(StopTest, TheSandboxEndsByItsSignal) {
  for (const auto& [signal, code] : {std::pair{SIGINT, 130}, std::pair{SIGTERM, 143}}) {
    auto sandbox = start({"sandbox", "--data", path("sandbox")});
    EXPECT_THAT(sandbox.next_line(), testing::StartsWith("export TOKPREP_API_URL=http://127.0.0.1:"));
    EXPECT_THAT(sandbox.next_line(), testing::StartsWith("export AYRSHARE_API_KEY="));
    sandbox.send_signal(signal);
    const auto result = sandbox.wait();
    EXPECT_EQ(result.exit_code, code);
    EXPECT_EQ(result.out, "");
  }
}

// A run that is stopped says so for every item, keeps what was finished, and a second run goes on from there.
TEST_F(StopTest, ABatchIsStoppedAndGoesOn) {
  for (int i = 0; i < 6; ++i) (void)copy_sample("landscape.webm", "drop/" + std::to_string(i) + ".webm");
  auto running = start({"prepare", path("drop"), "-o", path("out"), "--json", "--jobs", "1"});
  std::string lines;
  for (std::string line = running.next_line(); !line.empty(); line = running.next_line()) {
    lines += line + "\n";
    if (line.find("\"progress\"") != std::string::npos) break;
  }
  running.send_signal(SIGTERM);
  ProcessResult result = running.wait();
  result.out = lines + result.out;
  EXPECT_EQ(result.exit_code, 143);
  const auto stopped = checked_lines(result);
  EXPECT_EQ(only(stopped, "summary")["items"], 6);
  for (const Json& failed : of_type(stopped, "item_failed")) EXPECT_EQ(failed["error"]["code"], "cancelled");
  for (const std::string& file : files_in("out")) EXPECT_FALSE(file.ends_with(".part")) << file;

  const auto rest = run_json({"prepare", path("drop"), "-o", path("out")}, 0);
  EXPECT_EQ(of_type(rest, "item_skipped").size(), of_type(stopped, "item_done").size());
}

// A second signal does not wait for anything.
TEST_F(StopTest, ASecondSignalEndsItAtOnce) {
  (void)copy_sample("landscape.webm", "drop/a.webm");
  auto running = start({"prepare", path("drop"), "-o", path("out"), "--json"});
  while (running.next_line().find("\"progress\"") == std::string::npos) {
  }
  running.send_signal(SIGINT);
  running.send_signal(SIGINT);
  EXPECT_EQ(running.wait().exit_code, 130);
}

class StopPostTest : public PostTest {};

// The upload is cut off, nothing was posted, and a second run posts it once.
TEST_F(StopPostTest, AnUploadIsStoppedAndDoneAgain) {
  (void)copy_sample("city.mp4", "drop/city.mp4");
  RunningProcess running(
      {TOKPREP_PROGRAM, "post", path("drop"), "--yes", "-o", path("out"), "--json", "--limit-rate", "50kB/s"},
      settings_);
  std::string lines;
  for (std::string line = running.next_line(); !line.empty(); line = running.next_line()) {
    lines += line + "\n";
    if (line.find("\"stage\":\"upload\"") != std::string::npos) break;
  }
  running.send_signal(SIGTERM);
  ProcessResult result = running.wait();
  result.out = lines + result.out;
  EXPECT_EQ(result.exit_code, 143);
  EXPECT_EQ(only_error(checked_lines(result)).value("code", ""), "cancelled");
  for (const std::string& file : files_in("out")) EXPECT_FALSE(file.ends_with(".part")) << file;
  EXPECT_EQ(posts_at_service(), 0U);
  run_json({"post", path("drop"), "--yes", "-o", path("out")}, 0);
  EXPECT_EQ(posts_at_service(), 1U);
}

}  // namespace
}  // namespace tokprep::test
