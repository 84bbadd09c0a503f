#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <string_view>

#include "pipeline/explain.h"
#include "pipeline/rules/rules.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/fake_service.h"
#include "upload/ayrshare/client.h"
#include "upload/ayrshare/post_options.h"
#include "upload/ayrshare/upload_window.h"

// A failure names the rule behind it, and whoever reads that asks `tokprep explain` for it: the table has to know it.

namespace tokprep {
namespace {

namespace fs = std::filesystem;

// What looks like a rule's name in the code and is none: the beginnings that several rules share, and a file.
// Whatever else the test below finds belongs into pipeline/rules/rule_table.cpp.
constexpr std::array<std::string_view, 6> kNoRules = {"image.size",     "post.json",        "post.rate_",
                                                      "video.duration", "video.frame_rate", "video.side"};

std::string text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// `container|media|…`: what stands before the dot in the names of rules.
std::string subjects() {
  std::set<std::string> words;
  for (const Rule& rule : built_in_rules().all()) words.insert(rule.id.substr(0, rule.id.find('.')));
  std::string pattern;
  for (const std::string& word : words) pattern += (pattern.empty() ? "" : "|") + word;
  return pattern;
}

void add_names(const fs::path& file, const std::regex& pattern, std::set<std::string>& names) {
  const std::string text = text_of(file);
  for (std::sregex_iterator name(text.begin(), text.end(), pattern), end; name != end; ++name) names.insert((*name)[1]);
}

/// Every literal in the code that has the form of a rule's name, the table's own aside.
std::set<std::string> names_in_code() {
  const std::regex pattern("\"((?:" + subjects() + ")\\.[a-z0-9_]+)\"");
  const fs::path root = TOKPREP_SOURCE_DIR;
  std::set<std::string> names;
  for (const char* layer : {"base", "codecs", "upload", "pipeline"}) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / layer)) {
      const bool is_code = entry.path().extension() == ".cpp" || entry.path().extension() == ".h";
      if (is_code && entry.path().parent_path() != root / "pipeline/rules") add_names(entry.path(), pattern, names);
    }
  }
  return names;
}

TEST(RuleNames, OfTheCodeAreAllInTheTable) {
  const std::set<std::string> names = names_in_code();
  EXPECT_GT(names.size(), 40U) << "the search does not work any more";
  EXPECT_TRUE(names.contains("upload.window"));
  for (const std::string& name : names) {
    const bool is_none = std::ranges::find(kNoRules, name) != kNoRules.end();
    EXPECT_NE(is_none, built_in_rules().find(name) != nullptr) << name;
  }
}

TEST(RuleNames, CanAllBeExplained) {
  for (const Rule& rule : built_in_rules().all()) {
    const auto explanation = explain_rule(rule.id, built_in_rules(), {});
    ASSERT_TRUE(explanation) << rule.id;
    EXPECT_FALSE(explanation->meaning.empty()) << rule.id;
  }
}

double limit_in_table(std::string_view id) { return built_in_rules().number(id); }

/// The limit that a failure names, which has to be of this rule.
double limit_of(const Error& error, std::string_view id) {
  EXPECT_EQ(error.rule, id);
  const Rule* rule = built_in_rules().find(id);
  EXPECT_TRUE(rule != nullptr && rule->unit == error.unit) << id;
  if (const auto* count = std::get_if<std::int64_t>(&error.limit)) return static_cast<double>(*count);
  const auto* number = std::get_if<double>(&error.limit);
  return number != nullptr ? *number : -1;
}

// The layer that speaks to the service does not see the table: what it goes by has to be the same all the same.
TEST(RuleValues, OfUploadsAreThoseOfTheTable) {
  const Status slow = check_upload_window("film.mp4", 1'000'000'000, {.limit = 1'000, .measured = std::nullopt});
  ASSERT_FALSE(slow);
  EXPECT_EQ(limit_of(slow.error(), "upload.window"), limit_in_table("upload.window"));

  const test::TempFolder folder;
  const auto file = folder.file("film.mp4", "");
  fs::resize_file(file, 5'000'000'001);  // sparse
  test::FakeService service;
  AyrshareClient client(service, {"https://service.test/api", Secret("KEY"), std::nullopt});
  const auto large = client.upload({file, "film.mp4", "video/mp4"}, {});
  ASSERT_FALSE(large);
  EXPECT_EQ(limit_of(large.error(), "upload.large_max"), limit_in_table("upload.large_max"));
  EXPECT_TRUE(service.calls.empty());
}

TEST(RuleValues, OfHostedMediaAreThoseOfTheTable) {
  const auto small_bytes = static_cast<std::uint64_t>(limit_in_table("upload.small_max"));
  EXPECT_EQ(hosting_life(small_bytes), std::chrono::days(90));
  EXPECT_THAT(built_in_rules().find("post.schedule_max")->disputed_by, testing::HasSubstr("90 days"));
  EXPECT_EQ(static_cast<double>(hosting_life(small_bytes + 1).count()), limit_in_table("post.schedule_max"));
}

TEST(RuleValues, OfPostsAreThoseOfTheTable) {
  for (const auto& [visibility, name] : EnumNames<Visibility>::kTable) {
    PostOptions options;
    options.is_branded_content = true;
    options.visibility = visibility;
    const auto& permitted = built_in_rules().words("post.branded_visibility");
    const bool may_be = std::ranges::find(permitted, name) != permitted.end();
    const Status verdict = validate(options, {}, {});
    EXPECT_EQ(verdict.has_value(), may_be) << name;
    EXPECT_EQ(verdict ? std::string() : verdict.error().rule, may_be ? "" : "post.branded_visibility");
  }
}

}  // namespace
}  // namespace tokprep
