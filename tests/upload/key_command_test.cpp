#include "upload/key_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/temp_folder.h"
#include "upload/credentials.h"

namespace tokprep {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kVariable = "AYRSHARE_TEST_KEY";

Result<std::string> run(const std::string& command, std::chrono::milliseconds timeout = 20s) {
  return output_of({command, "--api-key-command", timeout});
}

Result<std::optional<Secret>> read(const std::string& command) {
  return read_secret({std::nullopt, kVariable, command});
}

TEST(KeyCommand, WhatItPrintsIsTheOutput) {
  const auto output = run("printf '%s' one; echo ' two'");
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(*output, "one two\n");
}

TEST(KeyCommand, RunsWithoutInputAndWithoutOurKeys) {
  ::setenv("AYRSHARE_PROFILE_KEY", "another-key", 1);
  ::setenv("TOKPREP_KEEP", "kept", 1);
  const auto output = run("cat; echo \"[$AYRSHARE_PROFILE_KEY][$TOKPREP_KEEP]\"");
  ::unsetenv("AYRSHARE_PROFILE_KEY");
  ::unsetenv("TOKPREP_KEEP");
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(*output, "[][kept]\n");
}

TEST(KeyCommand, AFailureIsToldWithItsExitCodeAndNotWithItsOutput) {
  const auto output = run("echo the-secret; exit 3");
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::kAuth);
  EXPECT_EQ(output.error().message, "--api-key-command: the command ended with exit code 3");
  EXPECT_THAT(run("kill -9 $$").error().message, HasSubstr("signal 9"));
  EXPECT_THAT(run("no-such-program-anywhere 2>/dev/null").error().message, HasSubstr("exit code 127"));
}

TEST(KeyCommand, TooMuchOutputIsRefused) {
  EXPECT_EQ(run("head -c 4096 /dev/zero").value().size(), 4096U);
  const auto endless = run("yes");
  ASSERT_FALSE(endless);
  EXPECT_THAT(endless.error().message, HasSubstr("more than 4096 bytes"));
}

TEST(KeyCommand, TimeRunsOutAndTheWholeGroupGoes) {
  const test::TempFolder folder;
  const auto mark = folder.path() / "still-here";
  const auto began = std::chrono::steady_clock::now();
  const auto silent = run("sh -c 'sleep 2; touch " + mark.string() + "' & sleep 60", 150ms);
  ASSERT_FALSE(silent);
  EXPECT_THAT(silent.error().message, HasSubstr("did not end within 0.15 s"));
  const auto closed_only = run("exec >/dev/null; sleep 60", 150ms);
  ASSERT_FALSE(closed_only);
  EXPECT_THAT(closed_only.error().message, HasSubstr("did not end within 0.15 s"));
  EXPECT_LT(std::chrono::steady_clock::now() - began, 30s) << "nobody waited for the sleepers";
  EXPECT_FALSE(std::filesystem::exists(mark));
}

TEST(KeyCommand, GivesTheKeyTrimmed) {
  const auto key = read("printf ' AAAAAAA-BBBBBBB\\n'");
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ((*key)->reveal(), "AAAAAAA-BBBBBBB");
}

TEST(KeyCommand, TheFirstLineIsTheKeyWhateverFollows) {
  for (const char* command : {"printf 'AAAAAAA-BBBBBBB\\nurl: https://a.example\\nuser: me\\n'",
                              "printf 'AAAAAAA-BBBBBBB\\r\\n\\r\\n'", "printf 'AAAAAAA-BBBBBBB'"}) {
    const auto key = read(command);
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_EQ((*key)->reveal(), "AAAAAAA-BBBBBBB");
  }
  const auto late = read("printf '\\nAAAAAAA-BBBBBBB\\n'");
  ASSERT_FALSE(late);
  EXPECT_THAT(late.error().message, HasSubstr("printed nothing in its first line"));
}

TEST(KeyCommand, WinsOverTheEnvironmentAndYieldsToTheFile) {
  const test::TempFolder folder;
  ::setenv(kVariable, "from-the-variable", 1);
  EXPECT_EQ((*read("echo from-the-command"))->reveal(), "from-the-command");
  EXPECT_EQ(std::getenv(kVariable), nullptr);
  EXPECT_EQ((*read_secret({folder.file("key", "from-the-file"), kVariable, "echo from-the-command"}))->reveal(),
            "from-the-file");
}

TEST(KeyCommand, AnEmptyOrSpoiltOutputIsNoKey) {
  const auto empty = read("true");
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().code, ErrorCode::kAuth);
  EXPECT_THAT(empty.error().message, HasSubstr("printed nothing"));
  const auto two_words = read("echo the secret");
  ASSERT_FALSE(two_words);
  EXPECT_THAT(two_words.error().message, Not(HasSubstr("the secret")));
}

}  // namespace
}  // namespace tokprep
