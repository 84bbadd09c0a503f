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

}  // namespace
}  // namespace tokprep::test
