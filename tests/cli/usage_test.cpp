#include "tests/cli/cli_fixture.h"

namespace tokprep::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

using UsageTest = CliTest;

TEST_F(UsageTest, VersionIsOneLine) {
  const auto result = run({"--version"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, testing::MatchesRegex("tokprep [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST_F(UsageTest, HelpBeginsWithExamples) {
  const auto result = run({"--help"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, StartsWith("Examples"));
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(run({"post", "--help"}).out, StartsWith("Examples"));
}

TEST_F(UsageTest, AMistakeIsOneSentenceAndAPointer) {
  const auto result = run({"post", "a.mp4", "--captoin", "x", "--json"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err,
            "tokprep: --captoin is no option of tokprep post; did you mean '--caption'?\nsee tokprep post --help\n");
}

TEST_F(UsageTest, AMistakeInTheUsersConfigIsNamed) {
  fs::create_directories(path("config/tokprep"));
  (void)folder_.file("config/tokprep/config.toml", "jobs = 2\n\n[convert]\nfitt = 'pad'\n");
  const auto result = run({"rules"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("config.toml:4: unknown key 'fitt' in [convert]; did you mean 'fit'?"));
}

TEST_F(UsageTest, RulesTellSourceAndDate) {
  const auto lines = run_json({"rules"}, 0);
  EXPECT_GT(of_type(lines, "rule").size(), 30U);
  for (const Json& rule : of_type(lines, "rule")) {
    EXPECT_FALSE(rule.value("source", "").empty()) << rule;
    EXPECT_FALSE(rule.value("read_on", "").empty()) << rule;
  }
  const auto one = run({"rules", "video.duration_max"});
  EXPECT_EQ(one.exit_code, 0);
  EXPECT_THAT(one.out, HasSubstr("600 s"));
  EXPECT_THAT(one.out, HasSubstr("https://"));
  const auto none = run({"rules", "video.duration_maks"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.err, HasSubstr("did you mean 'video.duration_max'?"));
}

TEST_F(UsageTest, RulesOfTheUserAreInForce) {
  const auto file = folder_.file("rules.json", R"({"video.duration_max": 2})");
  EXPECT_THAT(run({"rules", "video.duration_max", "--rules", file}).out, HasSubstr("set by the user"));
  const auto lines = run_json({"probe", sample("city.mp4"), "--rules", file}, 0);
  EXPECT_EQ(only(lines, "probe")["verdict"], "refused");
  EXPECT_EQ(only(lines, "probe")["error"]["rule"], "video.duration_max");
}

// Whoever reads results from a full disk must not be told that all is done.
TEST_F(UsageTest, ResultsThatCannotBeWrittenAreNotDone) {
  const auto result = run_process({"/bin/sh", "-c", std::string(TOKPREP_PROGRAM) + " rules > /dev/full"}, settings_);
  EXPECT_EQ(result.exit_code, 6);
  EXPECT_THAT(result.err, HasSubstr("cannot write the output"));
}

TEST_F(UsageTest, AReaderThatGoesAwayIsNoFailure) {
  const auto result = run_process(
      {"/bin/sh", "-c", std::string("(") + TOKPREP_PROGRAM + " rules; echo code $? >&2) | true"}, settings_);
  EXPECT_THAT(result.err, HasSubstr("code 0"));
}

TEST_F(UsageTest, DoctorTriesWhatIsNeeded) {
  settings_.environment["AYRSHARE_API_KEY"] = "KEY-THAT-MUST-NOT-BE-SHOWN";
  settings_.environment["TOKPREP_API_URL"] = "http://127.0.0.1:9/api";
  const auto result = run({"doctor", "--json"});
  EXPECT_EQ(result.out.find("MUST-NOT"), std::string::npos);
  const auto lines = checked_lines(result);
  std::map<std::string, std::string> health;
  for (const Json& check : of_type(lines, "check")) health[check["name"]] = check["status"];
  EXPECT_EQ(health["video worker"], "ok");
  EXPECT_EQ(health["self-test"], "ok");
  EXPECT_EQ(health["state folder"], "ok");
  EXPECT_EQ(health["key"], "ok");
  EXPECT_EQ(health["service"], "fail");
  EXPECT_EQ(result.exit_code, 6);
}

TEST_F(UsageTest, DoctorMissesTheKeyAndTheWorkers) {
  EXPECT_EQ(run({"doctor"}).exit_code, 7);
  settings_.environment["TOKPREP_WORKER_DIR"] = folder_.path().string();
  const auto result = run({"doctor"});
  EXPECT_EQ(result.exit_code, 2) << "a setting, no bug";
  EXPECT_THAT(result.out, HasSubstr("fail  video worker"));
}

TEST_F(UsageTest, NamesTheSettingsThatWorkersNeed) {
  const auto clip = copy_sample("city.mp4", "city.mp4").string();
  settings_.environment["TOKPREP_WORKER_DIR"] = "/nope";
  const Json worker = only_error(run_json({"probe", clip}, 2));
  EXPECT_EQ(worker["code"], "invalid_argument");
  EXPECT_THAT(worker["fix"].get<std::string>(), HasSubstr("TOKPREP_WORKER_DIR"));
  settings_.environment.erase("TOKPREP_WORKER_DIR");
  settings_.environment["TMPDIR"] = "/nonexistent";
  EXPECT_THAT(only_error(run_json({"probe", clip}, 2))["message"].get<std::string>(), HasSubstr("/nonexistent"));
}

}  // namespace
}  // namespace tokprep::test
