#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>

#include "pipeline/rules/rules.h"
#include "pipeline/rules/shapes.h"

namespace tokprep {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(BuiltInRules, AreDatedAndSourcedAndUnique) {
  std::set<std::string> ids;
  for (const Rule& rule : built_in_rules().all()) {
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id;
    EXPECT_FALSE(rule.title.empty()) << rule.id;
    EXPECT_FALSE(rule.source.empty()) << rule.id;
    EXPECT_TRUE(std::regex_match(rule.read_on, std::regex(R"(\d{4}-\d\d-\d\d)"))) << rule.id;
    EXPECT_EQ(rule.url.empty(), rule.source.starts_with("tokprep")) << rule.id;  // others can be looked up
  }
}

TEST(BuiltInRules, HoldTheDocumentedLimits) {
  const Rules& rules = built_in_rules();
  EXPECT_EQ(rules.number("media.size_max"), 1e9);
  EXPECT_THAT(rules.find("media.size_max")->disputed_by, HasSubstr("10 GB"));
  EXPECT_EQ(rules.number("post.caption_max"), 2200);
  EXPECT_EQ(rules.number("post.title_max"), 90);
  EXPECT_EQ(rules.number("post.images_max"), 35);
  EXPECT_EQ(rules.number("post.images_min"), 1);
  EXPECT_EQ(rules.number("post.rate_minute"), 6);
  EXPECT_EQ(rules.number("post.rate_day"), 15);
  EXPECT_EQ(rules.number("upload.small_max"), 30e6);
  EXPECT_EQ(rules.number("upload.large_max"), 5e9);
  EXPECT_EQ(rules.find("no.such_rule"), nullptr);
}

TEST(BuiltInRules, VersionIsTheNewestReading) {
  EXPECT_EQ(rules_version(built_in_rules()), "2026-10-04");
  Rule older, newer;
  older.read_on = "2025-12-31";
  newer.read_on = "2026-01-01";
  EXPECT_EQ(rules_version(Rules({older, newer, older})), "2026-01-01");
}

TEST(RulesJson, WholeNumbersStayWhole) {
  const json bound = *built_in_rules().find("video.duration_max");
  EXPECT_EQ(bound["value"].dump(), "600");
  EXPECT_EQ(bound["unit"], "s");
  EXPECT_EQ(bound["severity"], "must");
  const json words = *built_in_rules().find("video.aspect");
  EXPECT_EQ(words["value"], json({"9:16", "16:9"}));
}

TEST(FindingJson, IsTheContract) {
  const json line =
      Finding{"audio.codec", Severity::kMust, std::string("pcm_s16le"), std::string("aac"), "", "m", true, "f", true};
  EXPECT_EQ(line["rule"], "audio.codec");
  EXPECT_EQ(line["measured"], "pcm_s16le");
  EXPECT_EQ(line["limit"], "aac");
  EXPECT_EQ(line["fixed"], true);
  EXPECT_FALSE(line.contains("unit"));
}

TEST(Overrides, ReplaceValuesAndSayWhatWasBuiltIn) {
  const auto rules = built_in_rules().with_overrides({{"video.duration_max", 300}, {"video.aspect", {"9:16"}}});
  ASSERT_TRUE(rules);
  EXPECT_EQ(rules->number("video.duration_max"), 300);
  EXPECT_EQ(rules->words("video.aspect"), std::vector<std::string>{"9:16"});
  EXPECT_EQ(rules->find("video.duration_max")->source, "set by the user");
  EXPECT_THAT(rules->find("video.duration_max")->disputed_by, HasSubstr("600"));
  EXPECT_EQ(built_in_rules().number("video.duration_max"), 600);  // the original is untouched
  EXPECT_EQ(rules->all().size(), built_in_rules().all().size());
}

TEST(Overrides, RefuseWhatCannotBeARule) {
  const auto message = [](const json& overrides) {
    const auto rules = built_in_rules().with_overrides(overrides);
    return rules ? "accepted" : rules.error().message;
  };
  EXPECT_THAT(message({{"video.duraton_max", 300}}), HasSubstr("'video.duration_max'"));
  EXPECT_THAT(message({{"video.duration_max", "300"}}), HasSubstr("number"));
  EXPECT_THAT(message({{"video.duration_max", -1}}), HasSubstr("number"));
  EXPECT_THAT(message({{"video.aspect", "9:16"}}), HasSubstr("list"));
  EXPECT_THAT(message({{"video.aspect", json::array()}}), HasSubstr("list"));
  EXPECT_THAT(message({{"video.aspect", {"9x16"}}}), HasSubstr("9x16"));
  EXPECT_THAT(message({{"image.box", {"1080:1920"}}}), HasSubstr("1080x1920"));
  EXPECT_THAT(message({{"audio.sample_rate", {"fast"}}}), HasSubstr("fast"));
  EXPECT_THAT(message({{"video.codec", {""}}}), HasSubstr("list"));
  EXPECT_THAT(message(json::array({1})), HasSubstr("object"));
  const auto rules = built_in_rules().with_overrides({{"nothing.like_it", 1}});
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.error().code, ErrorCode::kInvalidArgument);
}

TEST(Shapes, ParseOnlyWholePairs) {
  EXPECT_EQ(parse_ratio("9:16"), (Ratio{9, 16}));
  EXPECT_EQ(parse_ratio("1920:1080"), (Ratio{16, 9}));
  EXPECT_EQ(parse_box("1080x1920"), (Size{1080, 1920}));
  for (const char* text : {"", "9", "9:", ":16", "9:0", "-9:16", "9:16:1", "9x16", "a:b", "9:99999999999"}) {
    EXPECT_FALSE(parse_ratio(text)) << text;
  }
  EXPECT_FALSE(parse_box("0x5"));
}

}  // namespace
}  // namespace tokprep
