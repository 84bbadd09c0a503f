#include "base/text.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include <algorithm>
#include <array>
#include <vector>

namespace tokprep {
namespace {

constexpr std::string_view kEAcute = "\xc3\xa9";        // U+00E9
constexpr std::string_view kEuro = "\xe2\x82\xac";      // U+20AC
constexpr std::string_view kSurf = "\xf0\x9f\x8f\x84";  // U+1F3C4: two units in UTF-16

TEST(IsUtf8, TakesWellFormedText) {
  for (const std::string_view text : {std::string_view(), std::string_view("plain"), kEAcute, kEuro, kSurf,
                                      std::string_view("\xf4\x8f\xbf\xbf"), std::string_view("a\0b", 3)}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
}

TEST(IsUtf8, RefusesEveryKindOfDamage) {
  for (const std::string_view text : {"\x80",              // a continuation alone
                                      "caf\xe9",           // Latin-1, cut off
                                      "\xe2\x82",          // half a character
                                      "\xc3(",             // no continuation
                                      "\xc0\xaf",          // overlong '/'
                                      "\xe0\x80\xaf",      // overlong in three
                                      "\xf0\x80\x80\xaf",  // overlong in four
                                      "\xed\xa0\x80",      // a surrogate
                                      "\xf4\x90\x80\x80",  // above U+10FFFF
                                      "\xff"}) {
    EXPECT_FALSE(is_utf8(text)) << text.size();
  }
}

TEST(Utf16Length, CountsAsJavaScriptDoes) {
  EXPECT_EQ(utf16_length(""), 0U);
  EXPECT_EQ(utf16_length("plain"), 5U);
  EXPECT_EQ(utf16_length(kEAcute), 1U);
  EXPECT_EQ(utf16_length(kEuro), 1U);
  EXPECT_EQ(utf16_length(kSurf), 2U);
  EXPECT_EQ(utf16_length("caf\xe9!"), 5U);
}

TEST(Nearest, FindsTheSlipOfAHand) {
  constexpr std::array<std::string_view, 3> kNames = {"caption", "visibility", "thumbnailOffset"};
  EXPECT_EQ(nearest("captoin", kNames), "caption");
  EXPECT_EQ(nearest("Visibilty", kNames), "visibility");
  EXPECT_EQ(nearest("thumbNailOffset", kNames), "thumbnailOffset");
  EXPECT_EQ(nearest("hashtags", kNames), std::nullopt);
  EXPECT_EQ(nearest("caption", {}), std::nullopt);
}

TEST(NaturalLess, OrdersNamesAsPeopleNumberThem) {
  const std::vector<std::string> expected = {"",     "1.jpg", "2.jpg", "2a.jpg", "10.jpg",
                                             "a1b2", "a1b10", "a02b1", "a10b1"};
  std::vector<std::string> names = expected;
  std::ranges::reverse(names);
  std::ranges::sort(names, natural_less);
  EXPECT_EQ(names, expected);
}

TEST(NaturalLess, IsAnOrder) {
  const std::vector<std::string> names = {"",
                                          "0",
                                          "00",
                                          "1",
                                          "01",
                                          "001",
                                          "1a",
                                          "01a",
                                          "a",
                                          "a1",
                                          "a01",
                                          "10",
                                          "9",
                                          "99999999999999999999999",
                                          "100000000000000000000000"};
  for (const auto& a : names) {
    EXPECT_FALSE(natural_less(a, a)) << a;
    for (const auto& b : names) {
      EXPECT_EQ(natural_less(a, b) == natural_less(b, a), a == b) << a << " and " << b;
      for (const auto& c : names) {
        const bool chained = natural_less(a, b) && natural_less(b, c);
        EXPECT_TRUE(!chained || natural_less(a, c)) << a << ", " << b << ", " << c;
      }
    }
  }
}

TEST(NaturalLess, ComparesNumbersOfAnyLength) {
  EXPECT_TRUE(natural_less("99999999999999999999999.jpg", "100000000000000000000000.jpg"));
  EXPECT_TRUE(natural_less("0000000000000000000000001.jpg", "2.jpg"));
}

TEST(ToLower, ChangesAsciiAlone) { EXPECT_EQ(to_lower("A.MOV \xc3\x89"), "a.mov \xc3\x89"); }

TEST(NameText, IsTheNameItselfWhereThatIsText) {
  for (const char* name : {"beach.mov", "", "naïve\n café.mp4", "a\\xE9.mp4"}) {
    EXPECT_EQ(text_of_name(name), name);
    EXPECT_EQ(bytes_of_name(name), name);
  }
}

TEST(NameText, NeverGivesTwoNamesOneTextAndFindsTheWayBack) {
  const std::vector<std::string> names = {"caf\xE9",
                                          "caf\xE8",
                                          "caf\xC3\xA9",
                                          "caf\xEF\xBF\xBD",
                                          "caf\xEF\xBF\xBD"
                                          "E9",
                                          "caf\xEF\xBF\xBD"
                                          "EF",
                                          "\xFF",
                                          "\xFF\xFE\xFD",
                                          "\xEF\xBF",
                                          "a\xC0\x80",
                                          "\xEF\xBF\xBD\xEF\xBF\xBD",
                                          "x\xF0\x9F"};
  std::set<std::string> texts;
  for (const std::string& name : names) {
    const std::string text = text_of_name(name);
    EXPECT_TRUE(is_utf8(text));
    EXPECT_EQ(bytes_of_name(text), name);
    EXPECT_TRUE(texts.insert(text).second) << text;
  }
  EXPECT_EQ(text_of_name("caf\xE9"),
            "caf\xEF\xBF\xBD"
            "E9");
}

}  // namespace
}  // namespace tokprep
