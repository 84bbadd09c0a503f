#include "upload/credentials.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/temp_folder.h"

namespace tokprep {
namespace {

constexpr const char* kKey = "AAAAAAA-BBBBBBB-CCCCCCC-DDDDDDD";
constexpr const char* kVariable = "TOKPREP_TEST_KEY";
constexpr const char* kFileVariable = "TOKPREP_TEST_KEY_FILE";

class CredentialsTest : public testing::Test {
 protected:
  void TearDown() override {
    ::unsetenv(kVariable);
    ::unsetenv(kFileVariable);
  }

  test::TempFolder folder_;
};

TEST_F(CredentialsTest, NothingWhereNothingIsSet) {
  const auto key = read_secret({std::nullopt, kVariable});
  ASSERT_TRUE(key);
  EXPECT_FALSE(*key);
}

TEST_F(CredentialsTest, AVariableOfSpacesIsNoKey) {
  ::setenv(kVariable, "  \n", 1);
  const auto key = read_secret({std::nullopt, kVariable});
  ASSERT_TRUE(key);
  EXPECT_FALSE(*key);
}

TEST_F(CredentialsTest, TheFlagWinsOverTheFileVariableWinsOverTheVariable) {
  const auto flagged = folder_.file("flag", std::string(kKey) + "\n");
  const auto named = folder_.file("named", "from-the-file-variable\r\n");
  const auto set_both = [&] {
    ::setenv(kVariable, "from-the-variable", 1);
    ::setenv(kFileVariable, named.c_str(), 1);
  };
  set_both();
  EXPECT_EQ((*read_secret({flagged, kVariable}))->reveal(), kKey);
  set_both();
  EXPECT_EQ((*read_secret({std::nullopt, kVariable}))->reveal(), "from-the-file-variable");
  ::setenv(kVariable, " from-the-variable ", 1);
  EXPECT_EQ((*read_secret({std::nullopt, kVariable}))->reveal(), "from-the-variable");
}

TEST_F(CredentialsTest, TheEnvironmentKeepsNothingWhicheverSourceWins) {
  ::setenv(kVariable, "from-the-variable", 1);
  const char* in_environment = std::getenv(kVariable);
  ASSERT_TRUE(read_secret({folder_.file("flag", kKey), kVariable}));
  EXPECT_EQ(std::getenv(kVariable), nullptr);
  EXPECT_STREQ(in_environment, "") << "the bytes that /proc/PID/environ shows";
}

TEST_F(CredentialsTest, AMissingOrEmptyFileIsNamed) {
  const auto missing = read_secret({folder_.path() / "none", kVariable});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kAuth);
  EXPECT_NE(missing.error().message.find("none: no such file"), std::string::npos) << missing.error().message;

  ::setenv(kFileVariable, folder_.file("empty", "\n").c_str(), 1);
  const auto empty = read_secret({std::nullopt, kVariable});
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().code, ErrorCode::kAuth);
  EXPECT_NE(empty.error().message.find(kFileVariable), std::string::npos) << empty.error().message;
  EXPECT_NE(empty.error().message.find("is empty"), std::string::npos) << empty.error().message;
}

TEST_F(CredentialsTest, AKeyOfTwoLinesIsRefusedWithoutBeingShown) {
  const auto key = read_secret({folder_.file("two", "first-line\nsecond-line"), kVariable});
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().code, ErrorCode::kAuth);
  EXPECT_EQ(key.error().message.find("line\nsecond"), std::string::npos);
  EXPECT_EQ(key.error().message.find("first-line"), std::string::npos) << key.error().message;
}

TEST(Secret, TheFingerprintTellsKeysApartAndIsNoPartOfThem) {
  const Secret key{kKey};
  EXPECT_EQ(key.fingerprint().size(), 12U);
  EXPECT_EQ(key.fingerprint(), Secret{kKey}.fingerprint());
  EXPECT_NE(key.fingerprint(), Secret{"another"}.fingerprint());
}

}  // namespace
}  // namespace tokprep
