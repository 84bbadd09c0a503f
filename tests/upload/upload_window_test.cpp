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

TEST(UploadSpeed, WhatSharedTheLineTellsOfAllOfIt) {
  UploadSpeed speed;
  speed.note(10'000'000, 10s, 4);
  EXPECT_EQ(speed.best_bytes_per_s(), 4'000'000);
}

/// What the pace says of one that goes at `bytes_per_s` until `end`.
Status at_rate(UploadPace& pace, std::uint64_t bytes_per_s, std::chrono::seconds begin, std::chrono::seconds end,
               std::uint64_t sent_bytes = 0) {
  for (auto now = begin; now <= end; now += 1s) {
    if (Status in_time = pace.check(sent_bytes, now); !in_time) return in_time;
    sent_bytes += bytes_per_s;
  }
  return {};
}

TEST(UploadPace, IsJudgedAfterAMinute) {
  UploadPace slow("v.mp4", kGigabyte);
  EXPECT_TRUE(at_rate(slow, 100'000, 0s, 59s)) << "it may only be warming up";
  const Status refused = slow.check(6'000'000, 60s);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().rule, "upload.window");
  EXPECT_THAT(refused.error().message, HasSubstr("at its best so far, 100 kB/s"));
  UploadPace fast("v.mp4", kGigabyte);
  EXPECT_TRUE(at_rate(fast, 600'000, 0s, 1666s));
}

TEST(UploadPace, OneThatStoodStillMayMakeUpForIt) {
  UploadPace pace("v.mp4", kGigabyte);
  EXPECT_TRUE(at_rate(pace, 0, 0s, 25s));
  EXPECT_TRUE(at_rate(pace, 875'000, 26s, 600s));
  UploadPace nothing("v.mp4", kGigabyte);
  EXPECT_TRUE(at_rate(nothing, 0, 0s, 90s)) << "that is for the limit of stalls to say";
}

TEST(UploadPace, OneThatSlowsDownIsEndedOnceNothingCanSaveIt) {
  UploadPace pace("v.mp4", kGigabyte);
  EXPECT_TRUE(at_rate(pace, 600'000, 0s, 100s));
  EXPECT_TRUE(at_rate(pace, 1'000, 101s, 200s, 60'600'000));
  EXPECT_FALSE(at_rate(pace, 1'000, 201s, 1799s, 60'700'000));
}

}  // namespace
}  // namespace tokprep
