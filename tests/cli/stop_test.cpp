#include <chrono>
#include <csignal>
#include <thread>

#include "tests/cli/post_fixture.h"

namespace tokprep::test {
namespace {

using namespace std::chrono_literals;

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
  std::this_thread::sleep_for(250ms);
  running.send_signal(SIGINT);
  EXPECT_EQ(running.wait().exit_code, 130);
}

/// A run whose output nobody reads: it stands in a write, whatever it is asked.
class StopUnreadTest : public StopTest {
 protected:
  StopUnreadTest() {
    const std::string long_name(150, 'x');  // so that what is said of them is more than a pipe holds
    for (int i = 0; i < 600; ++i) (void)folder_.file("drop/" + std::to_string(i) + long_name + ".mp4", "no video");
  }

  [[nodiscard]] RunningProcess start_unread() const { return start({"probe", path("drop"), "--json"}); }

  /// Returns once it has filled the pipe, most likely.
  static void let_it_block(RunningProcess& running) {
    EXPECT_NE(running.next_line(), "");
    std::this_thread::sleep_for(3s);
  }
};

TEST_F(StopUnreadTest, ASecondSignalOfAnotherKindEndsItToo) {
  auto running = start_unread();
  let_it_block(running);
  running.send_signal(SIGINT);
  std::this_thread::sleep_for(400ms);
  running.send_signal(SIGTERM);
  std::this_thread::sleep_for(400ms);
  EXPECT_EQ(running.wait().exit_code, 143) << "130 is what the first would have come to";
}

TEST_F(StopUnreadTest, IsGivenUpAWhileAfterTheStop) {
  auto running = start_unread();
  let_it_block(running);
  running.send_signal(SIGTERM);
  std::this_thread::sleep_for(4s);
  const ProcessResult result = running.wait();
  EXPECT_EQ(result.exit_code, 143);
  EXPECT_EQ(result.out.find("\"summary\""), std::string::npos) << "it would have been there, had it waited for us";
}

// A terminal that is closed: nothing half-made stays.
TEST_F(StopTest, AHangupIsAStop) {
  (void)copy_sample("landscape.webm", "drop/a.webm");
  auto running = start({"prepare", path("drop"), "-o", path("out"), "--json"});
  while (running.next_line().find("\"progress\"") == std::string::npos) {
  }
  running.send_signal(SIGHUP);
  const auto result = running.wait();
  EXPECT_EQ(result.exit_code, 129);
  EXPECT_NE(result.out.find("\"summary\""), std::string::npos);
  EXPECT_THAT(files_in("out"), testing::IsEmpty());
}

// As timeout(1) sends them: to the program, and to its group.
TEST_F(StopTest, TwoSignalsAtOnceAreOne) {
  for (int i = 0; i < 6; ++i) (void)copy_sample("landscape.webm", "drop/" + std::to_string(i) + ".webm");
  auto running = start({"prepare", path("drop"), "-o", path("out"), "--json"});
  while (running.next_line().find("\"progress\"") == std::string::npos) {
  }
  running.send_signal(SIGTERM);
  std::this_thread::sleep_for(20ms);
  running.send_signal(SIGTERM);
  const auto result = running.wait();
  EXPECT_EQ(result.exit_code, 143);
  EXPECT_NE(result.out.find("\"summary\""), std::string::npos);
}

// Thousands of items that were not begun are one line, beside the few that failed.
TEST_F(StopTest, WhatWasNotBegunIsCounted) {
  for (int i = 0; i < 40; ++i) (void)copy_sample("landscape.webm", "drop/" + std::to_string(i) + ".webm");
  auto running = start({"prepare", path("drop"), "-o", path("out"), "--jobs", "1"});
  EXPECT_THAT(running.next_line(), testing::HasSubstr("0.webm: done"));
  running.send_signal(SIGTERM);
  const auto result = running.wait();
  EXPECT_EQ(result.exit_code, 143);
  EXPECT_THAT(result.err, testing::ContainsRegex("40 items: [0-9]+ done(, 1 failed)?, 3[0-9] not begun"));
  EXPECT_EQ(result.err.find("39.webm"), std::string::npos);
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
