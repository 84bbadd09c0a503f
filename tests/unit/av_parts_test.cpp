// Parts of the transcoder that need no file: clean cuts, likeness, gain, levels.
#include <gtest/gtest.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <numbers>

#include "codecs/av/av_error.h"
#include "codecs/av/clean_tail.h"
#include "codecs/av/demuxer.h"
#include "codecs/av/gain.h"
#include "codecs/av/likeness.h"
#include "codecs/av/sound_meter.h"

namespace tokprep::av {
namespace {

TEST(InputError, BlamesTheFileForAllButAFailingDisk) {
  const auto code_of = [](int ret, int read_errno) { return input_error(ret, "open", read_errno).value().code; };
  EXPECT_EQ(code_of(AVERROR(EIO), 0), ErrorCode::kCorruptInput) << "what demuxers say of a damaged header";
  EXPECT_EQ(code_of(AVERROR(ENOMEM), 0), ErrorCode::kCorruptInput) << "a size that no memory can hold";
  EXPECT_EQ(code_of(AVERROR(EPERM), 0), ErrorCode::kCorruptInput);
  EXPECT_EQ(code_of(AVERROR_INVALIDDATA, 0), ErrorCode::kCorruptInput);
  EXPECT_EQ(code_of(AVERROR_PATCHWELCOME, 0), ErrorCode::kUnsupportedInput);
  EXPECT_EQ(code_of(AVERROR_INVALIDDATA, EIO), ErrorCode::kIo) << "half a header, as the rest could not be read";
  EXPECT_EQ(code_of(AVERROR_EXIT, EIO), ErrorCode::kCancelled);
}

TEST(InputError, AFileThatCannotBeReadIsNotDamaged) {
  // No process has memory at 0: each read of it fails with EIO.
  const auto opened = open_input("/proc/self/mem", "mov,matroska", {});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kIo) << opened.error().message;
}

TEST(CleanPrefix, EndsBetweenGroupsOfBFrames) {
  // I P B B | P B B: in decoding order, shown 0 1 2 3 4 5 6.
  const std::vector<std::int64_t> times = {0, 3, 1, 2, 6, 4, 5};
  EXPECT_EQ(clean_prefix(times, 100), 7);
  EXPECT_EQ(clean_prefix(times, 7), 7);
  EXPECT_EQ(clean_prefix(times, 6), 4) << "4 and 5 are decoded from 6, which may not stay";
  EXPECT_EQ(clean_prefix(times, 4), 4);
  EXPECT_EQ(clean_prefix(times, 3), 1);
  EXPECT_EQ(clean_prefix(times, 0), 0);
}

TEST(CleanPrefix, WithoutBFramesEveryFrameIsAnEnd) {
  const std::vector<std::int64_t> times = {0, 1, 2, 3};
  for (std::int64_t end = 0; end <= 4; ++end) EXPECT_EQ(clean_prefix(times, end), static_cast<std::size_t>(end));
}

TEST(CleanPrefix, LeadingPicturesBelongToTheirKeyFrame) {
  // An open group: the key frame 6 is followed by 4 and 5, which are shown before it.
  EXPECT_EQ(clean_prefix({0, 3, 1, 2, 6, 4, 5, 9, 7, 8}, 6), 4);
}

FramePtr grey(int level, int noise) {
  FramePtr frame(av_frame_alloc());
  frame->width = 64;
  frame->height = 48;
  frame->format = AV_PIX_FMT_GRAY8;
  EXPECT_EQ(av_frame_get_buffer(frame.get(), 0), 0);
  unsigned seed = 1;
  for (int y = 0; y < frame->height; ++y) {
    for (int x = 0; x < frame->width; ++x) {
      seed = seed * 1664525U + 1013904223U;
      const int swing = noise == 0 ? 0 : static_cast<int>(seed >> 16) % noise - noise / 2;
      frame->data[0][y * frame->linesize[0] + x] = static_cast<std::uint8_t>(level + 2 * (x % 16) + swing);
    }
  }
  return frame;
}

TEST(LumaSsim, IsOneForTheSameAndLessForLess) {
  const FramePtr clean = grey(100, 0);
  EXPECT_DOUBLE_EQ(luma_ssim(*clean, *clean), 1);
  const double slight = luma_ssim(*clean, *grey(100, 4));
  const double heavy = luma_ssim(*clean, *grey(100, 40));
  EXPECT_LT(slight, 1);
  EXPECT_LT(heavy, slight);
  EXPECT_GT(heavy, 0);
  EXPECT_LT(luma_ssim(*grey(20, 0), *grey(200, 0)), 0.5) << "another brightness is another picture";
}

TEST(SampleTap, ComparesTheFramesItKept) {
  SampleTap tap(20, {64, 48});
  const FramePtr clean = grey(100, 0);
  const FramePtr spoilt = grey(100, 60);
  EXPECT_FALSE(tap.likeness());
  for (std::int64_t i = 0; i < 20; ++i) tap.offer(*clean, i);
  for (std::int64_t i = 0; i < 20; ++i) tap.compare(i == 7 ? *spoilt : *clean, i, i * 40'000);
  const auto likeness = tap.likeness();
  ASSERT_TRUE(likeness);
  EXPECT_EQ(likeness->samples, 10);
  EXPECT_EQ(likeness->ssim_min_at_us, 280'000);
  EXPECT_LT(likeness->ssim_min, likeness->ssim_mean);
  EXPECT_NEAR(likeness->ssim_mean, (9 + likeness->ssim_min) / 10, 1e-9);
}

TEST(GainDb, ReachesTheTargetUnderThePeak) {
  EXPECT_DOUBLE_EQ(gain_db({-20, -12}, -14, -1), 6);
  EXPECT_DOUBLE_EQ(gain_db({-20, -4}, -14, -1), 3) << "the true peak may not pass -1";
  EXPECT_DOUBLE_EQ(gain_db({-20, 0.5}, -14, -1), 0) << "sound that peaks above the limit is not lifted";
  EXPECT_DOUBLE_EQ(gain_db({-8, 0.5}, -14, -1), -6) << "but lowered";
  EXPECT_DOUBLE_EQ(gain_db({std::nullopt, -90}, -14, -1), 0);
}

FramePtr sound(float amplitude, std::size_t flat_from, std::size_t flat_count) {
  FramePtr frame(av_frame_alloc());
  frame->format = AV_SAMPLE_FMT_FLTP;
  frame->nb_samples = 480;
  frame->sample_rate = 48000;
  av_channel_layout_default(&frame->ch_layout, 1);
  EXPECT_EQ(av_frame_get_buffer(frame.get(), 0), 0);
  auto* samples = reinterpret_cast<float*>(frame->extended_data[0]);
  for (std::size_t i = 0; i < 480; ++i) {
    const bool flat = i >= flat_from && i < flat_from + flat_count;
    samples[i] = flat ? 1.0F : amplitude * std::sin(static_cast<float>(i) * std::numbers::pi_v<float> / 24);
  }
  return frame;
}

TEST(SoundMeter, PeakAndSilence) {
  SoundMeter meter;
  EXPECT_FALSE(meter.peak_dbfs());
  meter.take(*sound(0, 0, 0));
  EXPECT_FALSE(meter.peak_dbfs());
  meter.take(*sound(0.5F, 0, 0));
  EXPECT_NEAR(meter.peak_dbfs().value(), -6.02, 0.01);
  EXPECT_EQ(meter.clipped_samples(), 0);
}

TEST(SoundMeter, OnlyRunsAtFullScaleAreClipping) {
  SoundMeter meter;
  meter.take(*sound(0.5F, 100, 2));
  EXPECT_EQ(meter.clipped_samples(), 0);
  meter.take(*sound(0.5F, 100, 5));
  EXPECT_EQ(meter.clipped_samples(), 5);
}

}  // namespace
}  // namespace tokprep::av
