#include "base/boxed.h"

#include <gtest/gtest.h>

#include <string>

namespace tokprep {
namespace {

using Text = Boxed<std::string>;

TEST(Boxed, IsEmptyUntilItIsGivenAValue) {
  Text text;
  EXPECT_FALSE(text);
  EXPECT_EQ(text.or_default(), "");
  text = std::string("a");
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, "a");
  EXPECT_EQ(text->size(), 1U);
  EXPECT_EQ(text.or_default(), "a");
  EXPECT_FALSE(Text(std::optional<std::string>()));
}

TEST(Boxed, CopiesItsValue) {
  Text one = std::string("one");
  Text other = one;
  other.edit() += "!";
  EXPECT_EQ(*one, "one");
  EXPECT_EQ(*other, "one!");
  one = other;
  one.edit() = "two";
  EXPECT_EQ(*other, "one!");
  one = Text();
  EXPECT_FALSE(one);
}

TEST(Boxed, IsEmptyAfterItWasMovedFrom) {
  Text one = std::string("one");
  const Text other = std::move(one);
  EXPECT_EQ(*other, "one");
  EXPECT_FALSE(one);  // NOLINT: that is the point
}

TEST(Boxed, MakesItsValueWhereItIsToBeChanged) {
  Text text;
  text.edit() += "made";
  EXPECT_EQ(*text, "made");
}

}  // namespace
}  // namespace tokprep
