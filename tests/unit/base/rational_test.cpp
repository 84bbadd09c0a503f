#include "base/rational.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace tokprep {
namespace {

TEST(Rational, IsWrittenAsAFractionOrAWholeNumber) {
  EXPECT_EQ(to_text(Rational{30000, 1001}), "30000/1001");
  EXPECT_EQ(to_text(Rational{25, 1}), "25");
  EXPECT_EQ(to_text(Rational{-1, 2}), "-1/2");
}

TEST(Rational, IsReducedToLowestTermsWithAPositiveDenominator) {
  EXPECT_EQ(reduced({60000, 2002}), (Rational{30000, 1001}));
  EXPECT_EQ(reduced({3, -6}), (Rational{-1, 2}));
  EXPECT_EQ(reduced({-3, -6}), (Rational{1, 2}));
  EXPECT_EQ(reduced({0, 7}), (Rational{0, 1}));
  EXPECT_EQ(reduced({7, 0}), (Rational{0, 1}));
}

TEST(Rational, HasAValueEvenWithoutADenominator) {
  EXPECT_DOUBLE_EQ((Rational{30000, 1001}).value(), 30000.0 / 1001.0);
  EXPECT_DOUBLE_EQ((Rational{1, 0}).value(), 0.0);
}

TEST(Rational, TravelsThroughJsonExactly) {
  for (const Rational value : {Rational{30000, 1001}, Rational{25, 1}, Rational{-1, 2}}) {
    EXPECT_EQ(parse_as<Rational>(Json(value), "rate"), value) << to_text(value);
  }
  EXPECT_EQ(Json(Rational{30000, 1001}), "30000/1001");
}

TEST(Rational, ThatIsNoneIsRefused) {
  for (const Json& json : {Json("fast"), Json("30000/"), Json("/1001"), Json(29.97), Json(nullptr)}) {
    const auto rate = parse_as<Rational>(json, "rate");
    ASSERT_FALSE(rate) << json;
    EXPECT_EQ(rate.error().code, ErrorCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace tokprep
