#include "pipeline/process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "base/line_channel.h"
#include "base/sanitized.h"
#include "tests/unit/fake_worker.h"

namespace tokprep {
namespace {

std::string end_of(const std::string& script) {
  const test::FakeWorkers programs;
  auto child = ChildProcess::start(programs.write("program", script));
  return child ? child->end().text() : child.error().message;
}

TEST(ChildProcess, SaysHowItEnded) {
  EXPECT_EQ(end_of("exit 0"), "exit code 0");
  EXPECT_EQ(end_of("exit 7"), "exit code 7");
  EXPECT_EQ(end_of("kill -ABRT $$"), "signal 6 (Aborted)");
}

TEST(ChildProcess, IsToldToEndByTheEndOfItsInput) { EXPECT_EQ(end_of("cat; exit 5"), "exit code 5"); }

TEST(ChildProcess, IsKilledWhenItDoesNotEndByItself) {
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(end_of("exec sleep 60"), "signal 9 (Killed)");
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));
}

TEST(ChildProcess, TalksThroughItsPipes) {
  const test::FakeWorkers programs;
  auto child = ChildProcess::start(programs.write("program", "exec cat\n"));
  ASSERT_TRUE(child) << child.error().message;
  ChildProcess moved = std::move(*child);
  LineChannel channel(moved.stdout_fd(), moved.stdin_fd());
  ASSERT_TRUE(channel.send({{"say", "hello"}}));
  const auto echo = channel.receive({}, std::chrono::seconds(20));
  ASSERT_TRUE(echo && *echo);
  EXPECT_EQ((*echo)->at("say"), "hello");
}

TEST(ChildProcess, GetsItsArgumentsAndAFolderOfItsOwnToWriteTo) {
  const test::FakeWorkers programs;
  const auto program = programs.write("program", "printf '{\"say\":\"%s %s %s\"}\\n' \"$1\" \"$TMPDIR\" \"$HOME\"\n");
  auto child = ChildProcess::start(program, {"--cage=off"}, programs.folder());
  ASSERT_TRUE(child) << child.error().message;
  LineChannel channel(child->stdout_fd(), child->stdin_fd());
  const auto line = channel.receive({}, std::chrono::seconds(20));
  ASSERT_TRUE(line && *line);
  const std::string folder = programs.folder().string();
  EXPECT_EQ((*line)->at("say"), "--cage=off " + folder + " " + folder);
}

TEST(ChildProcess, IsNotWaitedForEndlesslyWhenItReadsNothing) {
  const test::FakeWorkers programs;
  const auto child = ChildProcess::start(programs.write("program", "exec cat\n"));
  ASSERT_TRUE(child) << child.error().message;
  timeval patience{};
  socklen_t size = sizeof(patience);
  ASSERT_EQ(::getsockopt(child->stdin_fd(), SOL_SOCKET, SO_SNDTIMEO, &patience, &size), 0);
  EXPECT_GT(patience.tv_sec, 0);
}

TEST(ChildProcess, HasAStandardErrorOfItsOwn) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer reports there";
  const test::FakeWorkers programs;
  const auto program = programs.write("program", "readlink /proc/$$/fd/2 >&2; exec readlink /proc/$$/fd/2\n");
  for (const std::filesystem::path& scratch : {std::filesystem::path(), programs.folder()}) {
    auto child = ChildProcess::start(program, {}, scratch);
    ASSERT_TRUE(child) << child.error().message;
    std::string seen(200, ' ');
    seen.resize(static_cast<std::size_t>(std::max<ssize_t>(0, ::read(child->stdout_fd(), seen.data(), seen.size()))));
    const std::string place = scratch.empty() ? "/dev/null" : (scratch / ChildProcess::kStderrName).string();
    EXPECT_EQ(seen, place + "\n");
    const std::vector<std::string> kept = scratch.empty() ? std::vector<std::string>() : std::vector{place};
    EXPECT_EQ(programs.lines(ChildProcess::kStderrName), kept);
  }
}

TEST(ChildProcess, IsInAProcessGroupOfItsOwnAndGoesWithItsOwner) {
  const test::FakeWorkers programs;
  pid_t pid = -1;
  {
    const auto child = ChildProcess::start(programs.write("program", "exec cat\n"));
    ASSERT_TRUE(child) << child.error().message;
    pid = child->pid();
    EXPECT_EQ(::getpgid(pid), pid);  // a Ctrl-C on the terminal does not reach it
  }
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(ChildProcess, ThatCannotBeStartedIsNamed) {
  const test::FakeWorkers programs;
  const auto path = programs.file("no-program", "not even executable");
  const auto child = ChildProcess::start(path);
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().code, ErrorCode::kInternal);
  EXPECT_EQ(child.error().native, EACCES);
  EXPECT_NE(child.error().message.find(path.string()), std::string::npos);
}

}  // namespace
}  // namespace tokprep
