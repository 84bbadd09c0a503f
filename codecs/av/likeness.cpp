#include "codecs/av/likeness.h"

#include <algorithm>
#include <utility>

extern "C" {
#include <libavutil/imgutils.h>
}

namespace tokprep::av {
namespace {

constexpr int kMostSamples = 10;
constexpr std::int64_t kMostSampleBytes = 16'000'000;

constexpr int kBlock = 4;   // windows start on every block …
constexpr int kWindow = 2;  // … and are so many blocks wide and high
constexpr double kPixels = (kBlock * kWindow) * (kBlock * kWindow);
constexpr double kC1 = (0.01 * 255) * (0.01 * 255);
constexpr double kC2 = (0.03 * 255) * (0.03 * 255);

/// Sums over the pixels of one block, or of a window of them.
struct Sums {
  std::int32_t a = 0, b = 0, squares = 0, product = 0;

  Sums& operator+=(const Sums& other) {
    a += other.a;
    b += other.b;
    squares += other.squares;
    product += other.product;
    return *this;
  }
};

Sums block_sums(const std::uint8_t* a, std::ptrdiff_t a_stride, const std::uint8_t* b, std::ptrdiff_t b_stride) {
  Sums sums;
  for (int y = 0; y < kBlock; ++y, a += a_stride, b += b_stride) {
    for (int x = 0; x < kBlock; ++x) {
      const std::int32_t from = a[x], to = b[x];
      sums.a += from;
      sums.b += to;
      sums.squares += from * from + to * to;
      sums.product += from * to;
    }
  }
  return sums;
}

std::vector<Sums> row_of_blocks(const AVFrame& a, const AVFrame& b, int row) {
  std::vector<Sums> blocks(static_cast<std::size_t>(a.width / kBlock));
  const std::uint8_t* from = a.data[0] + static_cast<std::ptrdiff_t>(row) * kBlock * a.linesize[0];
  const std::uint8_t* to = b.data[0] + static_cast<std::ptrdiff_t>(row) * kBlock * b.linesize[0];
  for (Sums& block : blocks) {
    block = block_sums(from, a.linesize[0], to, b.linesize[0]);
    from += kBlock;
    to += kBlock;
  }
  return blocks;
}

/// A copy of the luma plane; nothing where there is no memory for it.
FramePtr luma_of(const AVFrame& frame) {
  FramePtr luma(av_frame_alloc());
  if (luma == nullptr) return nullptr;
  luma->format = AV_PIX_FMT_GRAY8;
  luma->width = frame.width;
  luma->height = frame.height;
  if (av_frame_get_buffer(luma.get(), 0) < 0) return nullptr;
  av_image_copy_plane(luma->data[0], luma->linesize[0], frame.data[0], frame.linesize[0], frame.width, frame.height);
  return luma;
}

double window_ssim(const Sums& sums) {
  const double mean_a = sums.a / kPixels;
  const double mean_b = sums.b / kPixels;
  const double both = mean_a * mean_a + mean_b * mean_b;
  const double variances = sums.squares / kPixels - both;
  const double covariance = sums.product / kPixels - mean_a * mean_b;
  return (2 * mean_a * mean_b + kC1) * (2 * covariance + kC2) / ((both + kC1) * (variances + kC2));
}

}  // namespace

double luma_ssim(const AVFrame& a, const AVFrame& b) {
  const int rows = a.height / kBlock;
  double total = 0;
  std::int64_t windows = 0;
  std::vector<Sums> above = row_of_blocks(a, b, 0);
  for (int row = 1; row < rows; ++row) {
    std::vector<Sums> here = row_of_blocks(a, b, row);
    for (std::size_t x = 1; x < here.size(); ++x) {
      Sums window = above[x - 1];
      ((window += above[x]) += here[x - 1]) += here[x];
      total += window_ssim(window);
      ++windows;
    }
    above = std::move(here);
  }
  return windows == 0 ? 1 : total / static_cast<double>(windows);
}

SampleTap::SampleTap(std::int64_t expected_frames, Size canvas) {
  const std::int64_t frame_bytes = std::int64_t{canvas.width_px} * canvas.height_px;
  const std::int64_t affordable = std::max<std::int64_t>(1, kMostSampleBytes / std::max<std::int64_t>(frame_bytes, 1));
  const std::int64_t count =
      std::min({std::int64_t{kMostSamples}, affordable, std::max<std::int64_t>(expected_frames, 1)});
  for (std::int64_t i = 0; i < count; ++i) samples_.push_back({(2 * i + 1) * expected_frames / (2 * count), nullptr});
}

SampleTap::Sample* SampleTap::find(std::int64_t number) {
  const auto found = std::ranges::lower_bound(samples_, number, std::ranges::less{}, &Sample::number);
  return found != samples_.end() && found->number == number ? &*found : nullptr;
}

void SampleTap::offer(const AVFrame& frame, std::int64_t number) {
  if (Sample* sample = find(number)) sample->frame = luma_of(frame);
}

void SampleTap::compare(const AVFrame& decoded, std::int64_t number, std::int64_t at_us) {
  const Sample* sample = find(number);
  if (sample == nullptr || sample->frame == nullptr) return;
  const bool same_shape = sample->frame->width == decoded.width && sample->frame->height == decoded.height;
  const double ssim = same_shape ? luma_ssim(*sample->frame, decoded) : 0;
  if (sum_.samples == 0) sum_.ssim_mean = 0;
  if (sum_.samples == 0 || ssim < sum_.ssim_min) {
    sum_.ssim_min = ssim;
    sum_.ssim_min_at_us = at_us;
  }
  sum_.ssim_mean += ssim;
  ++sum_.samples;
}

std::optional<Likeness> SampleTap::likeness() const {
  if (sum_.samples == 0) return std::nullopt;
  Likeness likeness = sum_;
  likeness.ssim_mean /= likeness.samples;
  return likeness;
}

}  // namespace tokprep::av
