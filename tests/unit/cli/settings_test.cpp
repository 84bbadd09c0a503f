#include "pipeline/cli/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "pipeline/cli/toml_layer.h"
#include "tests/support/temp_folder.h"

namespace tokprep::cli {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class SettingsTest : public testing::Test {
 protected:
  Result<Settings> load() {
    variables_.try_emplace("XDG_CONFIG_HOME", (folder_.path() / "config").string());
    return load_settings(command_, [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      return found != variables_.end() ? std::optional(found->second) : std::nullopt;
    });
  }

  fs::path write(const std::string& name, std::string_view text) {
    fs::create_directories((folder_.path() / name).parent_path());
    return folder_.file(name, text);
  }

  Item item(const std::string& name) {
    Item one;
    one.name = name;
    one.sources = {folder_.path() / name};
    return one;
  }

  Result<ItemSettings> settle_item(const Item& one, bool is_video = true, bool several = false) {
    auto settings = load();
    if (!settings) return fail(settings.error());
    return settle(one, is_video, several, {folder_.path() / "drop"}, *settings);
  }

  test::TempFolder folder_;
  Command command_;
  std::map<std::string, std::string> variables_;
};

TEST_F(SettingsTest, NothingSetIsBuiltIn) {
  const auto settings = load();
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->api_url, "https://api.ayrshare.com/api");
  EXPECT_EQ(settings->jobs, 0);
  const auto settled = settle_item(item("drop/a.mov"));
  ASSERT_TRUE(settled);
  EXPECT_EQ(settled->convert.fit, Fit::kAuto);
  EXPECT_EQ(settled->post, PostOptions{});
}

// Each step takes the strongest source away: flags, environment, folder, user, built-in.
TEST_F(SettingsTest, TheOrderIsFlagsEnvironmentFolderUser) {
  write("config/tokprep/config.toml",
        "[convert]\nfit = 'crop'\npreset = 'fast'\nquality = 'best'\ntoo_long = 'trim'\n");
  write("drop/tokprep.toml", "[convert]\nfit = 'blur'\npreset = 'slow'\nquality = 'small'\n");
  variables_["TOKPREP_FIT"] = "pad";
  variables_["TOKPREP_PRESET"] = "medium";
  command_.flags.convert.fit = Fit::kAuto;
  const auto settled = settle_item(item("drop/a.mov"));
  ASSERT_TRUE(settled) << settled.error().message;
  EXPECT_EQ(settled->convert.fit, Fit::kAuto);
  EXPECT_EQ(settled->convert.preset, "medium");
  EXPECT_EQ(settled->convert.quality, Quality::kSmall);
  EXPECT_EQ(settled->convert.too_long, TooLong::kTrim);
}

TEST_F(SettingsTest, WhetherTheServiceIsAskedFirstIsSaidLikeAnOptionOfThePost) {
  Item one = item("drop/sub/a.mov");
  EXPECT_FALSE(settle_item(one)->validate);
  write("config/tokprep/config.toml", "[post]\nvalidate = true\n");
  EXPECT_TRUE(settle_item(one)->validate);
  write("drop/tokprep.toml", "[post]\nvalidate = false\n");
  EXPECT_FALSE(settle_item(one)->validate);
  write("drop/sub/tokprep.toml", "[post]\nvalidate = true\n");
  EXPECT_TRUE(settle_item(one)->validate);
  variables_["TOKPREP_VALIDATE"] = "false";
  EXPECT_FALSE(settle_item(one)->validate);
  one.validate = true;
  EXPECT_TRUE(settle_item(one)->validate);
  command_.flags.validate = false;
  EXPECT_FALSE(settle_item(one)->validate);
}

TEST_F(SettingsTest, TheNearestFolderIsTheStrongest) {
  write("tokprep.toml", "[convert]\nfit = 'crop'\n");  // above the named folder: not ours
  write("drop/tokprep.toml", "[convert]\npreset = 'slow'\nquality = 'small'\n");
  write("drop/sub/tokprep.toml", "[convert]\nquality = 'best'\n");
  const auto settled = settle_item(item("drop/sub/a.mov"));
  ASSERT_TRUE(settled) << settled.error().message;
  EXPECT_EQ(settled->convert.fit, Fit::kAuto);
  EXPECT_EQ(settled->convert.preset, "slow");
  EXPECT_EQ(settled->convert.quality, Quality::kBest);
}

TEST_F(SettingsTest, AFileThatIsNamedAloneHasItsFolder) {
  write("other/tokprep.toml", "[convert]\nfit = 'crop'\n");
  const auto settled = settle_item(item("other/a.mov"));
  ASSERT_TRUE(settled);
  EXPECT_EQ(settled->convert.fit, Fit::kCrop);
}

TEST_F(SettingsTest, SidecarsStandBetweenFlagsAndDefaults) {
  write("drop/tokprep.toml", "[post]\ncaption = 'of the folder'\nvisibility = 'private'\ntitle = 'T'\n");
  variables_["TOKPREP_VISIBILITY"] = "friends";
  command_.flags.post.draft = true;
  Item one = item("drop/a.mov");
  one.options.edit().caption = "of the sidecar";
  one.options.edit().draft = false;
  one.options.edit().thumbnail_offset_ms = 700;
  const auto settled = settle_item(one);
  ASSERT_TRUE(settled) << settled.error().message;
  EXPECT_EQ(settled->post.caption, "of the sidecar");
  EXPECT_EQ(settled->post.draft, true);
  EXPECT_EQ(settled->post.visibility, Visibility::kFriends);
  EXPECT_EQ(settled->convert.thumbnail_offset_ms, 700);  // the cover shows the frame that is posted
}

TEST_F(SettingsTest, OneFrameIsTheCoverAndIsTold) {
  write("drop/tokprep.toml", "[convert]\nthumbnail_offset = 'auto'\n");
  EXPECT_TRUE(settle_item(item("drop/a.mov"))->convert.thumbnail_auto);

  Item chosen = item("drop/a.mov");
  chosen.options.edit().thumbnail_offset_ms = 700;  // by its sidecar
  const auto by_sidecar = settle_item(chosen);
  EXPECT_FALSE(by_sidecar->convert.thumbnail_auto);
  EXPECT_EQ(by_sidecar->convert.thumbnail_offset_ms, 700);

  variables_["TOKPREP_THUMBNAIL_OFFSET"] = "1500";
  const auto by_variable = settle_item(item("drop/a.mov"));
  EXPECT_FALSE(by_variable->convert.thumbnail_auto);
  EXPECT_EQ(by_variable->post.thumbnail_offset_ms, 1500);

  command_.flags.convert.thumbnail_auto = true;
  const auto by_flag = settle_item(chosen);
  EXPECT_TRUE(by_flag->convert.thumbnail_auto);
  EXPECT_FALSE(by_flag->convert.thumbnail_offset_ms);
  EXPECT_FALSE(by_flag->post.thumbnail_offset_ms);
}

TEST_F(SettingsTest, DefaultsOfTheOtherKindSayNothing) {
  write("drop/tokprep.toml", "[post]\ndisable_duet = true\ntitle = 'T'\n");
  command_.flags.post.disable_stitch = true;
  const auto image = settle_item(item("drop/a.jpg"), false);
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_FALSE(image->post.disable_duet.has_value());
  EXPECT_EQ(image->post.title, "T");
  EXPECT_EQ(image->post.disable_stitch, true);  // said for this one item: to be refused, not dropped
  const auto one_of_many = settle_item(item("drop/a.jpg"), false, true);
  ASSERT_TRUE(one_of_many);
  EXPECT_FALSE(one_of_many->post.disable_stitch.has_value());
}

TEST_F(SettingsTest, MistakesNameFileLineAndTheNearestKey) {
  const auto file = write("drop/tokprep.toml", "[convert]\nfit = 'pad'\n\npad_colour = 'red'\n");
  const auto settled = settle_item(item("drop/a.mov"));
  ASSERT_FALSE(settled);
  EXPECT_EQ(settled.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(settled.error().file, file.string());
  EXPECT_THAT(settled.error().message, HasSubstr(file.string() + ":4:"));
  EXPECT_THAT(settled.error().message, HasSubstr("did you mean 'pad_color'?"));
}

TEST_F(SettingsTest, AFolderMayNotSayWhereTheKeyGoes) {
  for (const char* line : {"api_url = 'https://evil.example'\n", "rules = 'x.json'\n", "jobs = 2\n"}) {
    write("drop/tokprep.toml", line);
    const auto settled = settle_item(item("drop/a.mov"));
    ASSERT_FALSE(settled) << line;
    EXPECT_THAT(settled.error().message, HasSubstr("your own config.toml"));
  }
}

TEST_F(SettingsTest, TheUsersFileSetsTheRun) {
  write("config/tokprep/config.toml", "api_url = 'https://x.example/api/'\njobs = 2\nrules = 'my.json'\n");
  const auto settings = load();
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->api_url, "https://x.example/api");
  EXPECT_EQ(settings->jobs, 2);
  EXPECT_EQ(settings->rules, folder_.path() / "config/tokprep/my.json");
  variables_["TOKPREP_API_URL"] = "http://127.0.0.1:9/api";
  command_.flags.jobs = 7;
  const auto stronger = load();
  ASSERT_TRUE(stronger);
  EXPECT_EQ(stronger->api_url, "http://127.0.0.1:9/api");
  EXPECT_EQ(stronger->jobs, 7);
}

// "auto" is said, and is stronger than a number that is said more weakly.
TEST_F(SettingsTest, AutoIsANumberOfJobsLikeAnyOther) {
  write("config/tokprep/config.toml", "jobs = 'auto'\n");
  ASSERT_TRUE(load()) << load().error().message;
  EXPECT_EQ(load()->jobs, 0);
  write("config/tokprep/config.toml", "jobs = 2\n");
  variables_["TOKPREP_JOBS"] = "auto";
  EXPECT_EQ(load()->jobs, 0);
  variables_["TOKPREP_JOBS"] = "3";
  EXPECT_EQ(load()->jobs, 3);
  command_.flags.jobs = 0;
  EXPECT_EQ(load()->jobs, 0);
}

TEST_F(SettingsTest, TheKeyIsNotSentInTheClear) {
  for (const char* url : {"http://api.example/api", "ftp://api.example", "api.example", "https://"}) {
    command_.flags.api_url = url;
    const auto settings = load();
    ASSERT_FALSE(settings) << url;
    EXPECT_EQ(settings.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST_F(SettingsTest, EnvironmentMistakesNameTheVariable) {
  variables_["TOKPREP_JOBS"] = "none";
  const auto settings = load();
  ASSERT_FALSE(settings);
  EXPECT_THAT(settings.error().message, HasSubstr("TOKPREP_JOBS: 'none'"));
}

TEST_F(SettingsTest, ANamedConfigMustBeThere) {
  command_.common.config = folder_.path() / "missing.toml";
  const auto settings = load();
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().code, ErrorCode::kInvalidArgument);
}

TEST_F(SettingsTest, RulesAreReplacedByAFile) {
  command_.flags.rules = write("rules.json", R"({"video.duration_max": 60})");
  auto settings = load();
  ASSERT_TRUE(settings);
  const auto rules = load_rules(*settings);
  ASSERT_TRUE(rules) << rules.error().message;
  EXPECT_EQ(rules->number("video.duration_max"), 60);

  settings->rules = write("rules.json", R"({"video.duration_maks": 60})");
  const auto wrong = load_rules(*settings);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(wrong.error().message, HasSubstr("video.duration_max"));
}

TEST(TomlLayer, ReadsEveryKindOfValue) {
  const auto layer = parse_toml_layer(
      "[convert]\nloudness = -14\nkeep_metadata = true\nthumbnail_offset = 1500\nmax_size = '720x1280'\n"
      "[post]\ncaption = \"two\\nlines\"\nimage_cover_index = 1\ndraft = true\nschedule = "
      "'2026-07-08T14:30:00+02:00'\n",
      "t.toml", TomlOwner::kFolder);
  ASSERT_TRUE(layer) << layer.error().message;
  EXPECT_EQ(layer->convert.loudness->lufs, -14);
  EXPECT_EQ(layer->convert.keep_metadata, true);
  EXPECT_EQ(layer->convert.thumbnail_offset_ms, 1500);
  EXPECT_EQ(layer->post.caption, "two\nlines");
  EXPECT_EQ(layer->post.image_cover_index, 1);
  EXPECT_EQ(layer->post.schedule_date, "2026-07-08T12:30:00Z");
}

TEST(TomlLayer, RefusesWhatDoesNotFit) {
  const struct {
    const char* text;
    const char* message;
  } cases[] = {
      {"[convert\n", "t.toml:1:"},
      {"[post]\ncaption = 5\n", "t.toml:2: caption in [post] must be a string"},
      {"[post]\ndraft = 'yes'\n", "neither true nor false"},
      {"[post]\napi_key = 'secret'\n", "unknown key 'api_key'"},
      {"[post]\nidempotency_key = 'x'\n", "unknown key"},
      {"[convert]\nfit = ['pad']\n", "must be a string, a number"},
      {"convert = 3\n", "[convert] must be a table"},
      {"[psot]\ndraft = true\n", "did you mean 'post'?"},
  };
  for (const auto& one : cases) {
    const auto layer = parse_toml_layer(one.text, "t.toml", TomlOwner::kFolder);
    ASSERT_FALSE(layer) << one.text;
    EXPECT_EQ(layer.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(layer.error().message, HasSubstr(one.message));
  }
}

}  // namespace
}  // namespace tokprep::cli
