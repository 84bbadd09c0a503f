#include "tests/media/picture_support.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace tokprep::test {
namespace {

/// Where a component's samples stand.
struct Component {
  AVComponentDescriptor layout;
  bool chroma = false;
  int right = 0, down = 0;
};

void write_sample(AVFrame& frame, const Component& component, int x, int y, double value) {
  std::uint8_t* at = frame.data[component.layout.plane] +
                     static_cast<std::ptrdiff_t>(y) * frame.linesize[component.layout.plane] +
                     static_cast<std::ptrdiff_t>(x) * component.layout.step + component.layout.offset;
  const long code = std::lround(value);
  if (component.layout.depth > 8) {
    *reinterpret_cast<std::uint16_t*>(at) = static_cast<std::uint16_t>(code << component.layout.shift);
  } else {
    *at = static_cast<std::uint8_t>(code);
  }
}

/// Colour c (0: Y or R, 1: Cb or G …) scaled to the depth.
double component_value(const FrameMaker& maker, const Colour& rgb, std::size_t c, int depth, bool is_rgb) {
  const double most = std::pow(2, depth) - 1;
  if (is_rgb) return maker.full_range ? rgb[c] * most : (16 + 219 * rgb[c]) * std::pow(2, depth - 8);
  const Colour eight = codes(rgb, maker.weights, maker.full_range);
  if (!maker.full_range) return eight[c] * std::pow(2, depth - 8);
  if (c == 0) return eight[0] / 255 * most;
  return std::min(std::pow(2, depth - 1) + (eight[c] - 128) / 255 * most, most);
}

}  // namespace

Colour codes(const Colour& rgb, Weights weights, bool full_range) {
  const double luma = weights.red * rgb[0] + (1 - weights.red - weights.blue) * rgb[1] + weights.blue * rgb[2];
  const double cb = (rgb[2] - luma) / 2 / (1 - weights.blue);
  const double cr = (rgb[0] - luma) / 2 / (1 - weights.red);
  if (full_range) return {255 * luma, 128 + 255 * cb, 128 + 255 * cr};
  return {16 + 219 * luma, 128 + 224 * cb, 128 + 224 * cr};
}

av::FramePtr FrameMaker::make(const Painter& painter) const {
  av::FramePtr frame(av_frame_alloc());
  frame->format = format;
  frame->width = width;
  frame->height = height;
  EXPECT_EQ(av_frame_get_buffer(frame.get(), 64), 0);
  const AVPixFmtDescriptor* desc = av_pix_fmt_desc_get(format);
  const bool is_rgb = (desc->flags & AV_PIX_FMT_FLAG_RGB) != 0;
  const bool has_alpha = (desc->flags & AV_PIX_FMT_FLAG_ALPHA) != 0;
  for (int i = 0; i < desc->nb_components; ++i) {
    const bool alpha = has_alpha && i == desc->nb_components - 1;
    const bool chroma = !is_rgb && !alpha && i > 0;
    const Component component{desc->comp[i], chroma, chroma ? desc->log2_chroma_w : 0,
                              chroma ? desc->log2_chroma_h : 0};
    const int across = AV_CEIL_RSHIFT(width, component.right);
    const int rows = AV_CEIL_RSHIFT(height, component.down);
    for (int y = 0; y < rows; ++y) {
      for (int x = 0; x < across; ++x) {
        const Paint paint = painter(x << component.right, y << component.down, chroma);
        const int depth = component.layout.depth;
        write_sample(*frame, component, x, y,
                     alpha ? paint.alpha * (std::pow(2, depth) - 1)
                           : component_value(*this, paint.rgb, static_cast<std::size_t>(i), depth, is_rgb));
      }
    }
  }
  return frame;
}

std::vector<av::FramePtr> filtered(const av::PictureSteps& steps, std::vector<av::FramePtr> frames,
                                   AVRational time_base) {
  av::PictureFilter filter(steps, time_base);
  std::vector<av::FramePtr> out;
  const auto keep = [&](av::FramePtr frame) -> Status {
    out.push_back(std::move(frame));
    return {};
  };
  std::int64_t pts = 0;
  for (av::FramePtr& frame : frames) {
    frame->pts = pts++;
    frame->pkt_duration = 1;
    const Status pushed = filter.push(std::move(frame), keep);
    EXPECT_TRUE(pushed) << (pushed ? "" : describe(pushed.error()));
  }
  EXPECT_TRUE(filter.push(nullptr, keep));
  return out;
}

av::FramePtr filtered(const av::PictureSteps& steps, av::FramePtr frame) {
  std::vector<av::FramePtr> frames;
  frames.push_back(std::move(frame));
  auto out = filtered(steps, std::move(frames));
  EXPECT_EQ(out.size(), 1U);
  return out.empty() ? av::FramePtr(av_frame_alloc()) : std::move(out.front());
}

Colour mean_codes(const AVFrame& frame, int x, int y, int width, int height) {
  Colour mean{};
  for (std::size_t plane = 0; plane < 3; ++plane) {
    const int shift = plane > 0 ? 1 : 0;
    const int p = static_cast<int>(plane);
    double sum = 0;
    for (int j = y >> shift; j < (y + height) >> shift; ++j) {
      for (int i = x >> shift; i < (x + width) >> shift; ++i) sum += frame.data[p][j * frame.linesize[p] + i];
    }
    mean[plane] = sum / ((width >> shift) * (height >> shift));
  }
  return mean;
}

Painter patches(std::vector<Colour> colours) {
  return [colours = std::move(colours)](int x, int, bool) {
    const auto index = std::min(static_cast<std::size_t>(std::max(x, 0) / kCell), colours.size() - 1);
    return Paint{colours[index], 1};
  };
}

Colour patch_codes(const AVFrame& frame, std::size_t index) {
  return mean_codes(frame, static_cast<int>(index) * kCell + 8, 8, kCell - 16, kCell - 16);
}

std::vector<Colour> ramp_and_bars() {
  std::vector<Colour> colours;
  for (int step = 0; step <= 8; ++step) colours.push_back({step / 8.0, step / 8.0, step / 8.0});
  for (const double level : {0.75, 1.0}) {
    for (unsigned bits = 1; bits < 7; ++bits) {
      colours.push_back({(bits & 4) != 0 ? level : 0, (bits & 2) != 0 ? level : 0, (bits & 1) != 0 ? level : 0});
    }
  }
  return colours;
}

Place turned(Place place, int rotation_deg, bool mirror) {
  for (int turn = 0; turn < rotation_deg; turn += 90) place = {-place.y, place.x};
  return mirror ? Place{-place.x, place.y} : place;
}

av::PictureSteps plain_steps(int width, int height) {
  av::PictureSteps steps;
  steps.picture = steps.canvas = {width, height};
  steps.colour = {"tv", "bt709", "bt709", "bt709", "left"};
  return steps;
}

}  // namespace tokprep::test
