#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <map>

#include "pipeline/cli/keys.h"
#include "pipeline/cli/settings.h"
#include "pipeline/cli/toml_layer.h"
#include "pipeline/cli/transport_values.h"
#include "tests/support/temp_folder.h"

namespace tokprep::cli {
namespace {

using testing::HasSubstr;

Result<Settings> load(const Command& command, const std::map<std::string, std::string>& variables) {
  return load_settings(command, [&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found != variables.end() ? std::optional(found->second) : std::nullopt;
  });
}

TEST(TransportValues, RatesAreBytesASecond) {
  SettingsLayer layer;
  for (const char* text : {"2MB/s", "2MB", "2000000"}) {
    ASSERT_TRUE(set_limit_rate(layer, text)) << text;
    EXPECT_EQ(layer.limit_rate_bytes_per_s, 2'000'000U) << text;
  }
  for (const char* text : {"0", "0/s", "fast", "", "/s", "-1MB/s"}) {
    const Status set = set_limit_rate(layer, text);
    ASSERT_FALSE(set) << text;
    EXPECT_EQ(set.error().code, ErrorCode::kInvalidArgument) << text;
  }
}

TEST(TransportValues, AProxyIsAUrlOfAKnownKind) {
  SettingsLayer layer;
  for (const char* text : {"http://p.example:3128", "socks5h://127.0.0.1:1080"}) {
    EXPECT_TRUE(set_proxy(layer, text)) << text;
  }
  EXPECT_EQ(layer.proxy, "socks5h://127.0.0.1:1080");
  for (const char* text : {"p.example:3128", "ftp://p.example", "http://", ""}) EXPECT_FALSE(set_proxy(layer, text));
  EXPECT_THAT(set_proxy(layer, "ftp://me:word@p.example").error().message, testing::Not(HasSubstr("word")));
  for (const char* text : {"http://me:pass#word@p.example:1", "http://me:pass/word@p.example:1",
                           "http://me:pass?word@p.example:1", "me:pass/word@p.example:1"}) {
    const Status refused = set_proxy(layer, text);
    ASSERT_FALSE(refused) << text;
    EXPECT_THAT(refused.error().message,
                testing::AllOf(HasSubstr("%23"), testing::Not(HasSubstr("word@")), testing::Not(HasSubstr("me:pass"))));
  }
  EXPECT_TRUE(set_proxy(layer, "http://me:pass%23word@p.example:1"));
}

TEST(TransportValues, AuthoritiesMustBeThere) {
  SettingsLayer layer;
  const test::TempFolder folder;
  EXPECT_TRUE(set_ca_file(layer, folder.file("ca.pem", "x").string()));
  EXPECT_THAT(set_ca_file(layer, (folder.path() / "none.pem").string()).error().message, HasSubstr("is not there"));
}

TEST(TransportSettings, FlagsThenEnvironmentThenTheUsersFile) {
  const test::TempFolder folder;
  Command command;
  command.common.config = folder.file("config.toml", "limit_rate = \"1MB/s\"\nproxy = \"http://toml:1\"\n");
  EXPECT_EQ(load(command, {})->limit_rate_bytes_per_s, 1'000'000U);
  EXPECT_EQ(load(command, {{"TOKPREP_PROXY", "http://env:1"}})->proxy, "http://env:1");
  ASSERT_TRUE(set_proxy(command.flags, "http://flag:1"));
  EXPECT_EQ(load(command, {{"TOKPREP_PROXY", "http://env:1"}})->proxy, "http://flag:1");
  EXPECT_THAT(load(command, {{"TOKPREP_LIMIT_RATE", "fast"}}).error().message, HasSubstr("TOKPREP_LIMIT_RATE"));
}

// A folder comes with somebody else's media: it must not run programs, nor send the key by way of another machine.
TEST(TransportSettings, AFoldersFileMayNotSayHowTheServiceIsReached) {
  for (const char* text : {"api_key_command = \"true\"", "profile_key_command = \"true\"", "proxy = \"http://p:1\"",
                           "ca_file = \"x\"", "limit_rate = \"1MB\""}) {
    const auto layer = parse_toml_layer(text, "drop/tokprep.toml", TomlOwner::kFolder);
    ASSERT_FALSE(layer) << text;
    EXPECT_THAT(layer.error().message, HasSubstr("your own config.toml")) << text;
  }
  EXPECT_EQ(parse_toml_layer("api_key_command = \"true\"", "c.toml", TomlOwner::kUser)->api_key_command, "true");
}

class KeysTest : public testing::Test {
 protected:
  KeysTest() {
    for (const char* name : {"AYRSHARE_API_KEY", "AYRSHARE_API_KEY_FILE", "AYRSHARE_API_KEY_COMMAND"}) ::unsetenv(name);
  }

  Keys take() {
    auto keys = take_keys(command_, settings_);
    EXPECT_TRUE(keys);
    return std::move(*keys);
  }

  static std::string key_of(const Keys& keys) {
    return keys.api_key && *keys.api_key ? (*keys.api_key)->reveal() : "none";
  }

  Command command_{{}, {}, StatusCommand{}};
  Settings settings_;
};

TEST_F(KeysTest, TheStrongestPlaceWinsAndTheEnvironmentIsEmptied) {
  settings_.user.api_key_command = "echo of-config";
  EXPECT_EQ(key_of(take()), "of-config");
  ::setenv("AYRSHARE_API_KEY_COMMAND", "echo of-variable", 1);
  EXPECT_EQ(key_of(take()), "of-variable");
  ::setenv("AYRSHARE_API_KEY", "of-environment", 1);
  const Keys of_environment = take();
  EXPECT_EQ(key_of(of_environment), "of-environment");
  EXPECT_EQ(of_environment.api_key_source, "AYRSHARE_API_KEY");
  EXPECT_EQ(::getenv("AYRSHARE_API_KEY"), nullptr);
  ::setenv("AYRSHARE_API_KEY", "of-environment", 1);
  command_.common.api_key_command = "echo of-flag";
  EXPECT_EQ(key_of(take()), "of-flag");
  EXPECT_EQ(::getenv("AYRSHARE_API_KEY"), nullptr);
}

TEST_F(KeysTest, NoProgramIsAskedForAKeyThatIsNotNeeded) {
  const test::TempFolder folder;
  const std::string mark = (folder.path() / "ran").string();
  settings_.user.api_key_command = "touch " + mark + "; echo key";
  command_.verb = ProbeCommand{};
  EXPECT_EQ(key_of(take()), "none");
  command_.verb = PostCommand{};
  command_.common.dry_run = true;
  EXPECT_EQ(key_of(take()), "none");
  EXPECT_FALSE(std::filesystem::exists(mark));
  command_.common.dry_run = false;
  EXPECT_EQ(key_of(take()), "key");
  EXPECT_TRUE(std::filesystem::exists(mark));
}

TEST_F(KeysTest, ACommandThatFailsIsNamedByItsPlace) {
  settings_.user.api_key_command = "exit 3";
  const Keys keys = take();
  ASSERT_FALSE(keys.api_key);
  EXPECT_EQ(keys.api_key.error().code, ErrorCode::kAuth);
  EXPECT_THAT(keys.api_key.error().message, HasSubstr("api_key_command"));
}

}  // namespace
}  // namespace tokprep::cli
