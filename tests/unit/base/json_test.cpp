#include "base/json.h"

#include <gtest/gtest.h>

namespace tokprep {

enum class Shade { kDark, kLight };
template <>
struct EnumNames<Shade> {
  static constexpr std::array kTable{std::pair{Shade::kDark, std::string_view("dark")},
                                     std::pair{Shade::kLight, std::string_view("light")}};
};

struct Lamp {
  Shade shade = Shade::kLight;
  int watts = 40;
  std::optional<double> height_m;
};
TOKPREP_JSON(Lamp, shade, watts, height_m)

namespace {

std::string fault_of(std::string_view text) {
  const auto json = parse_json(text, "beach.post.json");
  if (json) return "parsed as " + json->dump();
  EXPECT_EQ(json.error().code, ErrorCode::kInvalidArgument);
  return json.error().message;
}

TEST(ParseJson, NamesTheDocumentAndThePlaceOfTheFirstFault) {
  EXPECT_EQ(fault_of("{\n  \"a\": ,\n  \"b\": 1\n}"), "beach.post.json: not valid JSON at line 2, column 8");
  EXPECT_EQ(fault_of("nonsense"), "beach.post.json: not valid JSON at line 1, column 2");
  EXPECT_EQ(fault_of(""), "beach.post.json: not valid JSON at line 1, column 1");
  EXPECT_EQ(fault_of("{\"a\": 1}\n}"), "beach.post.json: not valid JSON at line 2, column 1");
  EXPECT_EQ(fault_of("{\"a\": \"\xff\"}"), "beach.post.json: not valid JSON at line 1, column 8");
}

// Copying, comparing and writing recurse: a text of brackets would overflow the stack of whoever reads it.
TEST(ParseJson, RefusesWhatIsNestedFarTooDeep) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse_json(nested(64), "a"));
  EXPECT_EQ(fault_of(nested(65)), "beach.post.json: lists and objects in each other, far too deep");
  EXPECT_EQ(fault_of(std::string(1'000'000, '[')), "beach.post.json: lists and objects in each other, far too deep");
  EXPECT_TRUE(parse_json("\"" + std::string(100, '[') + "\\\"" + std::string(100, '{') + "\"", "a"));
  EXPECT_TRUE(parse_json("[" + nested(1) + "," + nested(63) + "]", "a"));
}

TEST(ParseJson, ReadsADocument) { EXPECT_EQ(parse_json(" {\"a\": [1, null]}\n", "a"), Json({{"a", {1, nullptr}}})); }

TEST(ToLine, IsOneLineWhateverTheTextsHold) {
  EXPECT_EQ(to_line({{"name", "two\nlines\r"}}), R"({"name":"two\nlines\r"})");
}

TEST(ToLine, WritesBytesThatAreNotUtf8AsTheirNumbers) {
  EXPECT_EQ(to_line({{"name", "caf\xe9.mov"}}),
            "{\"name\":\"caf\xef\xbf\xbd"
            "E9.mov\"}");
}

TEST(WithoutNulls, DropsUnknownFactsAtEveryDepth) {
  const Json before = Json::parse(R"({"a": null, "b": {"c": null, "d": 0}, "e": [{"f": null, "g": ""}], "h": {}})");
  EXPECT_EQ(without_nulls(before), Json::parse(R"({"b": {"d": 0}, "e": [{"g": ""}], "h": {}})"));
}

TEST(WithoutNulls, KeepsThePlacesOfAList) {
  EXPECT_EQ(without_nulls(Json::parse("[1, null, 3]")), Json::parse("[1, null, 3]"));
}

TEST(ParseAs, KeepsDefaultsOfMissingMembers) {
  const auto lamp = parse_as<Lamp>(Json::parse(R"({"shade": "dark", "unheard_of": 1})"), "lamp");
  ASSERT_TRUE(lamp);
  EXPECT_EQ(lamp->shade, Shade::kDark);
  EXPECT_EQ(lamp->watts, 40);
  EXPECT_EQ(lamp->height_m, std::nullopt);
}

TEST(ParseAs, ReadsNullAsUnknown) {
  const auto lamp = parse_as<Lamp>(Json::parse(R"({"height_m": null})"), "lamp");
  ASSERT_TRUE(lamp);
  EXPECT_EQ(lamp->height_m, std::nullopt);
}

TEST(ParseAs, RoundTrips) {
  const Json json = Lamp{Shade::kDark, 7, 1.5};
  EXPECT_EQ(json, Json::parse(R"({"shade": "dark", "watts": 7, "height_m": 1.5})"));
  const auto lamp = parse_as<Lamp>(json, "lamp");
  ASSERT_TRUE(lamp);
  EXPECT_EQ(Json(*lamp), json);
  EXPECT_EQ(Json(Lamp{}).at("height_m"), nullptr);
}

TEST(ParseAs, RefusesAValueThatDoesNotFit) {
  const auto wrong_type = parse_as<Lamp>(Json::parse(R"({"watts": "many"})"), "lamp");
  ASSERT_FALSE(wrong_type);
  EXPECT_EQ(wrong_type.error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(wrong_type.error().message.starts_with("lamp: ")) << wrong_type.error().message;

  const auto wrong_word = parse_as<Lamp>(Json::parse(R"({"shade": "pale"})"), "lamp");
  ASSERT_FALSE(wrong_word);
  EXPECT_EQ(wrong_word.error().message, "lamp: unknown value 'pale'");
}

TEST(EnumNames, SpellEachValueOnce) {
  EXPECT_EQ(name_of(Shade::kDark), "dark");
  EXPECT_EQ(enum_from<Shade>("light"), Shade::kLight);
  EXPECT_EQ(enum_from<Shade>("Light"), std::nullopt);
  EXPECT_EQ(names_of<Shade>(), (std::array<std::string_view, 2>{"dark", "light"}));
}

TEST(ToLine, KeepsDifferentBytesDifferent) {
  EXPECT_NE(to_line(Json("caf\xE9")), to_line(Json("caf\xE8")));
  EXPECT_EQ(to_line(Json("caf\xE9")),
            "\"caf\xEF\xBF\xBD"
            "E9\"");
  EXPECT_EQ(to_line(Json("said \xEF\xBF\xBD")), "\"said \xEF\xBF\xBD\"") << "a caption is sent as it was written";
}

TEST(Wire, BringsEveryTextAsItWas) {
  const Json message = {{"job",
                         {{"input", "drop/caf\xE9.mp4"},
                          {"caption",
                           "\xEF\xBF\xBD"
                           "41"}}},
                        {"list", {"\xFF", 1}}};
  const std::string line = to_wire(message);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(from_wire(line, "line"), message);
}

}  // namespace
}  // namespace tokprep
