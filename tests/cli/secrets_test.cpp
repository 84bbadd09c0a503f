#include <fmt/format.h>
#include <unistd.h>

#include <set>
#include <thread>

#include "tests/cli/post_fixture.h"

// Where the key must never be: in what is printed, in any file that is left, in the environment or the arguments of
// any process, in a core dump.

namespace tokprep::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class SecretsTest : public PostTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(start_sandbox());
    key_ = settings_.environment.at("AYRSHARE_API_KEY");
    ASSERT_GT(key_.size(), 20U);
  }

  void expect_nowhere(const ProcessResult& result) const {
    EXPECT_THAT(result.out, Not(HasSubstr(key_)));
    EXPECT_THAT(result.err, Not(HasSubstr(key_)));
  }

  /// Every file of the state folder, of the outputs, and of the sandbox's own book and log.
  void expect_in_no_file() const {
    int looked_at = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      if (!entry.is_regular_file() || entry.path() == path("key")) continue;
      ++looked_at;
      EXPECT_EQ(bytes_of(entry.path()).find(key_), std::string::npos) << entry.path();
    }
    EXPECT_GT(looked_at, 5);
  }

  /// With the key in a file instead of the environment.
  void use_key_file() {
    settings_.environment.erase("AYRSHARE_API_KEY");
    settings_.environment["AYRSHARE_API_KEY_FILE"] = folder_.file("key", key_ + "\n");
  }

  std::string key_;
};

/// One process as /proc shows it. Empty where it has ended, or where nobody may look.
struct Seen {
  std::string arguments;
  std::string environment;
  pid_t parent = 0;
};

Seen look_at(pid_t pid) {
  const fs::path folder = fs::path("/proc") / std::to_string(pid);
  Seen seen{bytes_of(folder / "cmdline"), bytes_of(folder / "environ"), 0};
  const std::string status = bytes_of(folder / "status");
  if (const auto at = status.find("\nPPid:\t"); at != std::string::npos) {
    seen.parent = static_cast<pid_t>(std::atoi(status.c_str() + at + 7));
  }
  return seen;
}

std::map<pid_t, Seen> all_processes() {
  std::map<pid_t, Seen> all;
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator("/proc", gone)) {
    const pid_t pid = static_cast<pid_t>(std::atoi(entry.path().filename().c_str()));
    if (pid > 0) all[pid] = look_at(pid);
  }
  return all;
}

/// The tokprep that this test started, with everything it started: found by the folder in its arguments.
std::set<pid_t> family_of(const std::map<pid_t, Seen>& all, const std::string& argument) {
  std::set<pid_t> family;
  for (const auto& [pid, seen] : all) {
    if (seen.parent == ::getpid() && seen.arguments.find(argument) != std::string::npos) family.insert(pid);
  }
  for (bool grew = true; grew;) {
    grew = false;
    for (const auto& [pid, seen] : all) {
      if (family.contains(seen.parent) && family.insert(pid).second) grew = true;
    }
  }
  return family;
}

TEST_F(SecretsTest, AreInNothingThatIsPrintedOrLeft) {
  for (const char* name : {"city.mp4", "beach.mkv", "logo.png"}) (void)copy_sample(name, std::string("drop/") + name);
  const std::string out = path("out").string();
  const std::vector<std::vector<std::string>> runs = {
      {"post", path("drop").string(), "--yes", "-o", out, "-v", "--json"},
      {"post", path("drop").string(), "--yes", "-o", out, "-v"},
      {"status", "--wait", "--timeout", "60s", "-v"},
      {"upload", sample("city.mp4").string(), "--json"},
      {"doctor", "--online", "--json"},
      {"doctor", "--online", "-v"},
      {"ledger", "--json"},
      {"explain", path("drop/logo.png").string(), "--json"},
      {"status", "no-such-id"},
  };
  for (const auto& arguments : runs) expect_nowhere(run(arguments));
  expect_in_no_file();
  EXPECT_TRUE(fs::exists(path("state/ledger.sqlite")));
  EXPECT_TRUE(fs::exists(path("out/city.tokprep.json")));
}

TEST_F(SecretsTest, AreNotQuotedWhenTheServiceRefusesThem) {
  const std::string key = "AAAAAAA-BBBBBBB-CCCCCCC-DDDDDDD";
  settings_.environment["AYRSHARE_API_KEY"] = key;
  settings_.environment["AYRSHARE_PROFILE_KEY"] = "EEEEEEE-FFFFFFF-GGGGGGG-HHHHHHH";
  for (const char* verb : {"status", "doctor"}) {
    const auto result = run({verb, "--json", "-v"});
    EXPECT_THAT(result.out + result.err, Not(HasSubstr("AAAAAAA"))) << verb;
    EXPECT_THAT(result.out + result.err, Not(HasSubstr("EEEEEEE"))) << verb;
  }
}

// While tokprep works, neither it nor a worker shows the key to others; and the workers have no keys to show.
TEST_F(SecretsTest, AreInNoProcess) {
  settings_.environment["AYRSHARE_WEBHOOK_SECRET"] = "another-secret-of-the-test";
  (void)copy_sample("landscape.webm", "drop/landscape.webm");
  const std::string out = path("out").string();
  RunningProcess running({TOKPREP_PROGRAM, "post", path("drop"), "--yes", "-o", out, "--json"}, settings_);
  std::set<std::string> programs;
  for (std::string line = running.next_line(); !line.empty(); line = running.next_line()) {
    EXPECT_THAT(line, Not(HasSubstr(key_)));
    const auto all = all_processes();
    for (const pid_t pid : family_of(all, out)) {
      const Seen& seen = all.at(pid);
      programs.insert(fs::path(seen.arguments.substr(0, seen.arguments.find('\0'))).filename());
      for (const std::string& secret : {key_, std::string("another-secret-of-the-test")}) {
        EXPECT_EQ(seen.arguments.find(secret), std::string::npos) << seen.arguments;
        EXPECT_EQ(seen.environment.find(secret), std::string::npos) << seen.arguments;
      }
      const bool is_worker = seen.arguments.find("worker") != std::string::npos;
      EXPECT_FALSE(is_worker && seen.environment.find("AYRSHARE") != std::string::npos);
    }
    if (line.find("\"summary\"") != std::string::npos) break;
  }
  EXPECT_EQ(running.wait().exit_code, 0);
  EXPECT_TRUE(programs.contains("tokprep"));
  EXPECT_TRUE(programs.contains("tokprep-av-worker")) << Json(programs).dump();
}

// A crash leaves no core file, wherever cores are allowed.
TEST_F(SecretsTest, AreInNoCoreDump) {
  use_key_file();
  fs::create_directory(path("cwd"));
  settings_.folder = path("cwd");
  settings_.environment["AYRSHARE_WEBHOOK_SECRET"] = "another-secret-of-the-test";
  const std::string shell = fmt::format("ulimit -c unlimited; exec {} webhook --json", TOKPREP_PROGRAM);
  RunningProcess running({"/bin/sh", "-c", shell}, settings_);
  ASSERT_THAT(running.next_line(), HasSubstr("webhook_server"));  // it has read its secrets
  running.send_signal(SIGABRT);
  EXPECT_EQ(running.wait().exit_code, 128 + SIGABRT);
  EXPECT_TRUE(fs::is_empty(path("cwd")));
  expect_in_no_file();
}

TEST_F(SecretsTest, ComeFromACommandThatSeesNone) {
  settings_.environment.erase("AYRSHARE_API_KEY");
  settings_.environment["AYRSHARE_WEBHOOK_SECRET"] = "another-secret-of-the-test";
  (void)folder_.file("key", key_);
  const std::string command = fmt::format("env > {}; cat {}", path("seen").string(), path("key").string());
  const auto by_flag = run({"doctor", "--json", "--api-key-command", command});
  EXPECT_THAT(by_flag.out, HasSubstr("from --api-key-command, fingerprint"));
  expect_nowhere(by_flag);
  EXPECT_EQ(bytes_of(path("seen")).find("AYRSHARE_"), std::string::npos);

  fs::create_directories(path("config/tokprep"));
  (void)folder_.file("config/tokprep/config.toml", fmt::format("api_key_command = \"cat {}\"\n", path("key").string()));
  EXPECT_EQ(run({"status"}).exit_code, 0);
  const auto failing = run({"status", "--api-key-command", fmt::format("cat {}; exit 1", path("key").string())});
  EXPECT_EQ(failing.exit_code, 7);
  expect_nowhere(failing);
}

// A folder of somebody else's cannot have a program run.
TEST_F(SecretsTest, AFolderCannotNameTheCommand) {
  settings_.environment.erase("AYRSHARE_API_KEY");
  (void)copy_sample("logo.png", "drop/logo.png");
  (void)folder_.file("drop/tokprep.toml", fmt::format("api_key_command = \"touch {}\"\n", path("ran").string()));
  run_json({"prepare", path("drop"), "-o", path("out")}, 2);
  EXPECT_EQ(run({"post", path("drop"), "--yes"}).exit_code, 7);
  EXPECT_FALSE(fs::exists(path("ran")));
}

// As the service is started where there is no key file: its unit's default is an empty line.
TEST_F(SecretsTest, AnEmptyKeyFileIsInTheWayOfPostsAlone) {
  settings_.environment.erase("AYRSHARE_API_KEY");
  settings_.environment["AYRSHARE_API_KEY_FILE"] = folder_.file("key", "\n");
  (void)copy_sample("logo.png", "drop/logo.png");
  const std::vector<std::string> watch = {"watch", path("drop"), "-o", path("out"), "--settle", "1ms", "--once"};
  run_json(watch, 0);
  EXPECT_TRUE(fs::exists(path("out/logo.jpg")));

  auto posting = watch;
  posting.insert(posting.end(), {"--post", "--yes"});
  const auto refused = run(posting);
  EXPECT_EQ(refused.exit_code, 7);
  EXPECT_THAT(refused.err, HasSubstr("key is empty"));
}

}  // namespace
}  // namespace tokprep::test
