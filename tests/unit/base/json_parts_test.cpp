#include "base/json_parts.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace tokprep {
namespace {

using Keys = std::vector<std::string>;

Json parts_of(std::string_view text, const MemberChoice& wanted) {
  const auto json = parse_json_parts(text, "document", wanted);
  EXPECT_TRUE(json) << json.error().message;
  return json.value_or(Json());
}

/// True for members that do not have this name.
MemberChoice without(const std::string& name) {
  return [name](std::span<const std::string> keys) { return keys.back() != name; };
}

TEST(ParseJsonParts, BuildsTheSameWhereEverythingIsWanted) {
  const char* text = R"({"a": [1, -2, 3.5, null, true, "x", [], {}, [{"b": {"c": [[{"d": "é"}]]}}]], "e": {"a": 0}})";
  EXPECT_EQ(parts_of(text, [](auto) { return true; }), Json::parse(text));
  for (const char* scalar : {"7", "null", "\"x\"", "[]", "[[1], [2]]"}) {
    EXPECT_EQ(parts_of(scalar, [](auto) { return true; }), Json::parse(scalar));
  }
}

TEST(ParseJsonParts, ReadsOverWhatIsNotWanted) {
  const char* text =
      R"({"no": 1, "a": {"no": {"a": [{"no": []}]}, "b": 2}, "c": [{"no": [1, [2]], "d": 3}, {"no": "x"}], "e": 4})";
  EXPECT_EQ(parts_of(text, without("no")), Json::parse(R"({"a": {"b": 2}, "c": [{"d": 3}, {}], "e": 4})"));
  EXPECT_EQ(parts_of(text, [](auto) { return false; }), Json::object());
}

TEST(ParseJsonParts, AsksWithTheKeysThatLeadThere) {
  std::vector<Keys> asked;
  (void)parts_of(R"({"a": [{"b": {"c": 1}}, 5, {"d": [[{"e": 2}]]}], "f": {"g": {"h": 3}}})",
                 [&](std::span<const std::string> keys) {
                   asked.emplace_back(keys.begin(), keys.end());
                   return keys.back() != "g";
                 });
  EXPECT_THAT(asked, testing::ElementsAre(Keys{"a"}, Keys{"a", "b"}, Keys{"a", "b", "c"}, Keys{"a", "d"},
                                          Keys{"a", "d", "e"}, Keys{"f"}, Keys{"f", "g"}));
}

TEST(ParseJsonParts, TellsOfAFaultAsParseJsonDoes) {
  const std::string deep(1'000'000, '[');
  for (const char* text :
       {deep.c_str(), "", "{\"no\": [1, }", "{\"a\": 1}\n}", "{\"no\": \"\xff\"}", "{\"a\"", "[1,]"}) {
    const auto parts = parse_json_parts(text, "a.json", without("no"));
    const auto whole = parse_json(text, "a.json");
    ASSERT_FALSE(whole);
    ASSERT_FALSE(parts) << text;
    EXPECT_EQ(parts.error().message, whole.error().message);
  }
}

}  // namespace
}  // namespace tokprep
