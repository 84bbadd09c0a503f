#include "base/clock.h"

#include <gtest/gtest.h>

namespace tokprep {
namespace {

TEST(Iso8601, IsReadAsItIsWritten) {
  for (const std::string text : {"1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "2026-11-22T17:30:05Z"}) {
    const auto time = from_iso8601(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(to_iso8601(*time), text);
  }
  EXPECT_EQ(to_iso8601(from_iso8601("2025-07-30T20:23:49.774Z").value()), "2025-07-30T20:23:49Z");
}

TEST(Iso8601, TakesNoOtherForm) {
  for (const char* text :
       {"", "Z", "2026-11-22", "2026-11-22T17:30:05", "2026-11-22T17:30:05+02:00", "2026-11-22 17:30:05Z",
        "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T17:60:00Z",
        "-026-11-22T17:30:05Z", "2026-11-22T17:30:05.774", "2026-11-22T17:30:05Zx"}) {
    EXPECT_FALSE(from_iso8601(text)) << text;
  }
}

}  // namespace
}  // namespace tokprep
