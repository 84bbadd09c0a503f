#include "upload/ayrshare/upload_window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "upload/ayrshare/upload_speed.h"

namespace tokprep {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::uint64_t kGigabyte = 1'000'000'000;

TEST(UploadWindow, WithoutAnyRateEverythingPasses) { EXPECT_TRUE(check_upload_window("v.mp4", 5 * kGigabyte, {})); }

TEST(UploadWindow, TheLimitIsComputedExactly) {
  EXPECT_TRUE(check_upload_window("v.mp4", 1'800'000'000, {1'000'000, std::nullopt}));
  const auto over = check_upload_window("v.mp4", 1'800'000'001, {1'000'000, std::nullopt});
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, ErrorCode::kNotCompliant);
  EXPECT_EQ(over.error().rule, "upload.window");
  EXPECT_EQ(over.error().file, "v.mp4");
  EXPECT_EQ(std::get<double>(over.error().measured), 1801);
  EXPECT_EQ(std::get<double>(over.error().limit), 1800);
  EXPECT_EQ(over.error().unit, "s");
  EXPECT_EQ(
      over.error().message,
      "v.mp4 has 1.80 GB and would take 30 min 01 s at the set limit of 1.00 MB/s; an upload URL lives 30 min 00 s");
  EXPECT_THAT(over.error().fix, HasSubstr("--limit-rate"));
}

TEST(UploadWindow, ASlowConnectionCountsAsWell) {
  const auto over = check_upload_window("v.mp4", kGigabyte, {10'000'000, 100'000.0});
  ASSERT_FALSE(over);
  EXPECT_THAT(over.error().message, HasSubstr("the best measured 100 kB/s"));
  EXPECT_THAT(over.error().fix, HasSubstr("180 MB"));
  EXPECT_TRUE(check_upload_window("v.mp4", 180'000'000, {10'000'000, 100'000.0}));
}

TEST(UploadSpeed, TheBestOfTheLatestCounts) {
  UploadSpeed speed;
  EXPECT_EQ(speed.best_bytes_per_s(), std::nullopt);
  speed.note(10'000'000, 1s);
  speed.note(10'000'000, 10s);
  EXPECT_EQ(speed.best_bytes_per_s(), 10'000'000);
  for (int i = 0; i < 8; ++i) speed.note(10'000'000, 10s);
  EXPECT_EQ(speed.best_bytes_per_s(), 1'000'000) << "the fast one is too long ago";
}

TEST(UploadSpeed, WhatIsTooSmallOrTooShortTellsNothing) {
  UploadSpeed speed;
  speed.note(1'000, 10s);
  speed.note(10'000'000, 1ms);
  speed.note(10'000'000, 0s);
  EXPECT_EQ(speed.best_bytes_per_s(), std::nullopt);
}

TEST(UploadPace, IsJudgedAfterAMinuteByWhatIsThrough) {
  EXPECT_TRUE(check_upload_pace("v.mp4", kGigabyte, 0, 59s)) << "it may only be warming up";
  EXPECT_TRUE(check_upload_pace("v.mp4", kGigabyte, 110'000'000, 3min));
  const auto slow = check_upload_pace("v.mp4", kGigabyte, 10'000'000, 2min);
  ASSERT_FALSE(slow);
  EXPECT_EQ(slow.error().rule, "upload.window");
  EXPECT_THAT(slow.error().message, HasSubstr("at the present 83.3 kB/s"));
  EXPECT_FALSE(check_upload_pace("v.mp4", kGigabyte, 0, 1min));
  EXPECT_TRUE(check_upload_pace("v.mp4", kGigabyte, kGigabyte, 29min));
}

}  // namespace
}  // namespace tokprep
