#include "base/units.h"

#include <gtest/gtest.h>

namespace tokprep {
namespace {

using namespace std::chrono_literals;

TEST(ParseSize, KnowsPowersOfTenAndOfTwo) {
  EXPECT_EQ(parse_size_bytes("512"), 512U);
  EXPECT_EQ(parse_size_bytes("512B"), 512U);
  EXPECT_EQ(parse_size_bytes("1.5kB"), 1500U);
  EXPECT_EQ(parse_size_bytes("20MB"), 20'000'000U);
  EXPECT_EQ(parse_size_bytes("20 mb"), 20'000'000U);
  EXPECT_EQ(parse_size_bytes("1GB"), 1'000'000'000U);
  EXPECT_EQ(parse_size_bytes("1KiB"), 1024U);
  EXPECT_EQ(parse_size_bytes("20MiB"), 20'971'520U);
  EXPECT_EQ(parse_size_bytes("2GiB"), 2'147'483'648U);
  EXPECT_EQ(parse_size_bytes("0"), 0U);
}

TEST(ParseSize, RefusesWhatIsNoSize) {
  for (const char* text : {"", "MB", "-5MB", "20XB", "20MBs", "1e3", "inf", "nan", " 5MB", "999999999999GB"}) {
    const auto size = parse_size_bytes(text);
    ASSERT_FALSE(size) << text;
    EXPECT_EQ(size.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(size.error().message, std::string("'") + text + "' is not a size such as 20MB");
  }
}

TEST(ParseDuration, TakesABareNumberAsMilliseconds) {
  EXPECT_EQ(parse_duration("1500"), 1500ms);
  EXPECT_EQ(parse_duration("1500ms"), 1500ms);
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("1.5 S"), 1500ms);
  EXPECT_EQ(parse_duration("2min"), 2min);
  EXPECT_EQ(parse_duration("1h"), 1h);
}

TEST(ParseDuration, RefusesWhatIsNoTime) {
  for (const char* text : {"", "s", "-1s", "5 parsecs", "1:30", "99999999999999999h"}) {
    const auto duration = parse_duration(text);
    ASSERT_FALSE(duration) << text;
    EXPECT_EQ(duration.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(duration.error().message.find("time such as"), std::string::npos) << duration.error().message;
  }
}

TEST(FormatSize, KeepsThreeDigits) {
  EXPECT_EQ(format_size(0), "0 B");
  EXPECT_EQ(format_size(999), "999 B");
  EXPECT_EQ(format_size(1000), "1.00 kB");
  EXPECT_EQ(format_size(9'994), "9.99 kB");
  EXPECT_EQ(format_size(9'996), "10.0 kB");
  EXPECT_EQ(format_size(999'499), "999 kB");
  EXPECT_EQ(format_size(999'500), "1.00 MB");
  EXPECT_EQ(format_size(19'800'000), "19.8 MB");
  EXPECT_EQ(format_size(1'000'000'000), "1.00 GB");
  EXPECT_EQ(format_size(5'000'000'000'000'000), "5000 TB");
}

TEST(FormatDuration, GrowsFromSecondsToHours) {
  EXPECT_EQ(format_duration(0s), "0 s");
  EXPECT_EQ(format_duration(12'500ms), "12.5 s");
  EXPECT_EQ(format_duration(60s), "1 min 00 s");
  EXPECT_EQ(format_duration(125s), "2 min 05 s");
  EXPECT_EQ(format_duration(3599s + 600ms), "1 h 00 min");
  EXPECT_EQ(format_duration(62min), "1 h 02 min");
}

TEST(FormatNumber, HasAtMostThreeDecimalsAndNoTrailingZeros) {
  EXPECT_EQ(format_number(8.25), "8.25");
  EXPECT_EQ(format_number(60), "60");
  EXPECT_EQ(format_number(100), "100");
  EXPECT_EQ(format_number(60000.0 / 1001), "59.94");
  EXPECT_EQ(format_number(1e9), "1000000000");
  EXPECT_EQ(format_number(-0.0001), "0");
  EXPECT_EQ(format_number(-1.5), "-1.5");
}

}  // namespace
}  // namespace tokprep
