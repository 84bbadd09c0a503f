#include <gtest/gtest.h>

#include "upload/ayrshare/post_options.h"

namespace tokprep {
namespace {

TEST(ScheduleDate, BecomesUtc) {
  const std::pair<const char*, const char*> cases[] = {
      {"2026-07-08T14:30:00+02:00", "2026-07-08T12:30:00Z"}, {"2026-07-08T12:30:00Z", "2026-07-08T12:30:00Z"},
      {"2026-07-08 12:30Z", "2026-07-08T12:30:00Z"},         {"2026-07-08T12:30:00.999Z", "2026-07-08T12:30:00Z"},
      {"2026-12-31T20:00:00-0530", "2027-01-01T01:30:00Z"},  {"2028-02-29T00:30:00+01", "2028-02-28T23:30:00Z"},
  };
  for (const auto& [text, utc] : cases) EXPECT_EQ(to_utc_schedule(text).value_or("refused"), utc) << text;
}

TEST(ScheduleDate, WithoutAZoneIsRefusedAndSaysHow) {
  const auto utc = to_utc_schedule("2026-07-08T14:30:00");
  ASSERT_FALSE(utc);
  EXPECT_EQ(utc.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(utc.error().message, "'2026-07-08T14:30:00' does not say its time zone");
  EXPECT_FALSE(utc.error().fix.empty());
}

TEST(ScheduleDate, NonsenseIsRefused) {
  for (const char* text :
       {"", "tomorrow", "2026-07-08", "2026-02-30T10:00:00Z", "2026-07-08T24:00:00Z", "2026-07-08T10:60Z",
        "2026-07-08T10:00:00Q", "2026-07-08T10:00:00+15:00", "2026-07-08T10:00:00+02:", "2026-07-08T10:00:00Z and more",
        "-026-07-08T10:00:00Z", "8911-07-08T12:30:00Z"}) {
    EXPECT_FALSE(to_utc_schedule(text)) << text;
  }
}

}  // namespace
}  // namespace tokprep
