// Interlaced and telecined pictures: no combs, the right rate, the right colours.
#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "tests/media/picture_support.h"

namespace tokprep::test {
namespace {

constexpr int kWidth = 320, kHeight = 240;

/// A bright bar that moves 4 pixels a field.
Painter bar_at(int field) {
  return [field](int x, int, bool) {
    const int left = 40 + 4 * field;
    const bool inside = x >= left && x < left + 40;
    return inside ? Paint{{0.9, 0.2, 0.2}, 1} : Paint{{0.1, 0.1, 0.4}, 1};
  };
}

FrameMaker maker() { return {AV_PIX_FMT_YUV420P, kWidth, kHeight}; }

/// What frames say of their fields: cameras and editors get it wrong.
enum class Flags { kRight, kMissing, kWrong };

struct Fields {
  bool top_first;
  Flags flags;
};

std::string name_of_fields(const testing::TestParamInfo<Fields>& row) {
  const char* flags = row.param.flags == Flags::kRight     ? ""
                      : row.param.flags == Flags::kMissing ? "_flags_missing"
                                                           : "_flags_wrong";
  return (row.param.top_first ? "top_first" : "bottom_first") + std::string(flags);
}

const auto kAllFields =
    testing::Values(Fields{true, Flags::kRight}, Fields{false, Flags::kRight}, Fields{true, Flags::kMissing},
                    Fields{false, Flags::kMissing}, Fields{true, Flags::kWrong}, Fields{false, Flags::kWrong});

/// Lines of `second` take the place of every other one of `first`: what shows them at different instants.
av::FramePtr woven(const av::FramePtr& first, const av::FramePtr& second, Fields fields) {
  av::FramePtr frame = maker().make([](int, int, bool) { return Paint{}; });
  for (int p = 0; p < 3; ++p) {
    for (int y = 0; y < (p > 0 ? kHeight / 2 : kHeight); ++y) {
      const AVFrame& from = (y % 2 == 0) == fields.top_first ? *first : *second;
      std::copy_n(from.data[p] + y * from.linesize[p], p > 0 ? kWidth / 2 : kWidth,
                  frame->data[p] + y * frame->linesize[p]);
    }
  }
  frame->interlaced_frame = fields.flags == Flags::kMissing ? 0 : 1;
  frame->top_field_first = fields.top_first == (fields.flags == Flags::kRight) ? 1 : 0;
  return frame;
}

/// How much neighbouring lines differ more than lines two apart: 0 without combs, large with them.
double combing(const AVFrame& frame) {
  double combs = 0;
  for (int y = 2; y + 2 < frame.height; ++y) {
    for (int x = 0; x < frame.width; ++x) {
      const auto at = [&](int line) { return static_cast<int>(frame.data[0][line * frame.linesize[0] + x]); };
      const int near = std::abs(at(y) - at(y - 1)) + std::abs(at(y) - at(y + 1));
      const int far = std::abs(at(y - 1) - at(y + 1));
      if (near > 40 && far < 10) ++combs;
    }
  }
  return combs / frame.height;
}

class PictureFields : public testing::TestWithParam<Fields> {};

TEST_P(PictureFields, AMovingBarLeavesNoComb) {
  const Fields fields = GetParam();
  std::vector<av::FramePtr> frames;
  for (int i = 0; i < 6; ++i)
    frames.push_back(woven(maker().make(bar_at(2 * i)), maker().make(bar_at(2 * i + 1)), fields));
  EXPECT_GT(combing(*frames[2]), 3);
  av::PictureSteps steps = plain_steps(kWidth, kHeight);
  steps.deinterlace = true;
  const auto out = filtered(steps, std::move(frames));
  ASSERT_EQ(out.size(), 6U);
  for (std::size_t i = 0; i < out.size(); ++i) {
    EXPECT_LT(combing(*out[i]), 0.3) << i;
    EXPECT_EQ(out[i]->pts, static_cast<std::int64_t>(i));
    // The bar stands where the first field showed it, in luma and in chroma.
    const auto bar = mean_codes(*out[i], 40 + 8 * static_cast<int>(i) + 8, 40, 24, 160);
    const auto wanted = codes({0.9, 0.2, 0.2}, kBt709, false);
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(bar[c], wanted[c], 3) << i;
  }
}

TEST_P(PictureFields, ScaledToHalfTheyStayApart) {
  const Fields fields = GetParam();
  std::vector<av::FramePtr> frames;
  for (int i = 0; i < 6; ++i)
    frames.push_back(woven(maker().make(bar_at(2 * i)), maker().make(bar_at(2 * i + 1)), fields));
  av::PictureSteps steps = plain_steps(kWidth / 2, kHeight / 2);
  steps.colour.matrix = "smpte170m";
  steps.deinterlace = true;
  for (const auto& frame : filtered(steps, std::move(frames))) EXPECT_LT(combing(*frame), 0.3);
}

TEST_P(PictureFields, ChromaOfStillPicturesStaysInItsLine) {
  // Red above, blue below: fields are alike, so the border must neither move nor blur.
  const auto still = [] {
    return maker().make([](int, int y, bool) {
      return Paint{y < kHeight / 2 ? Colour{0.8, 0.2, 0.2} : Colour{0.2, 0.2, 0.8}, 1};
    });
  };
  std::vector<av::FramePtr> frames;
  for (int i = 0; i < 5; ++i) frames.push_back(woven(still(), still(), GetParam()));
  av::PictureSteps steps = plain_steps(kWidth, kHeight);
  steps.deinterlace = true;
  const auto out = filtered(steps, std::move(frames));
  const auto wanted = still();
  for (int y = 0; y < kHeight / 2; ++y) {
    EXPECT_NEAR(out[2]->data[2][y * out[2]->linesize[2] + 50], wanted->data[2][y * wanted->linesize[2] + 50], 8) << y;
  }
}

INSTANTIATE_TEST_SUITE_P(Order, PictureFields, kAllFields, name_of_fields);

/// 3:2 pulldown: film frames A B C D give the fields AA BB BC CD DD.
std::vector<av::FramePtr> telecined(int film_frames, Fields fields) {
  std::vector<av::FramePtr> frames;
  const auto film = [](int i) { return maker().make(bar_at(2 * i)); };
  for (int i = 0; i + 3 < film_frames; i += 4) {
    const av::FramePtr a = film(i), b = film(i + 1), c = film(i + 2), d = film(i + 3);
    frames.push_back(woven(a, a, fields));
    frames.push_back(woven(b, b, fields));
    frames.push_back(woven(b, c, fields));
    frames.push_back(woven(c, d, fields));
    frames.push_back(woven(d, d, fields));
  }
  return frames;
}

int left_edge(const AVFrame& frame) {
  int x = 0;
  while (x < frame.width && frame.data[0][100 * frame.linesize[0] + x] < 50) ++x;
  return x;
}

class PictureTelecine : public testing::TestWithParam<Fields> {};

TEST_P(PictureTelecine, FilmFramesComeBackWholeAndOnce) {
  constexpr int kFilm = 24;
  av::PictureSteps steps = plain_steps(kWidth, kHeight);
  steps.detelecine = true;
  steps.frame_rate = {24000, 1001};
  const auto out = filtered(steps, telecined(kFilm, GetParam()), {1001, 30000});
  ASSERT_EQ(out.size(), static_cast<std::size_t>(kFilm));  // of 30
  for (std::size_t i = 0; i < out.size(); ++i) {
    EXPECT_LT(combing(*out[i]), 0.3) << i;
    EXPECT_NEAR(left_edge(*out[i]), 40 + 8 * static_cast<int>(i), 1) << i;  // each once, in order
    EXPECT_NEAR(static_cast<double>(out[i]->pts), 1.25 * static_cast<double>(i), 1) << i;
  }
}

TEST_P(PictureTelecine, TimesAreTheSourcesOwn) {
  // 25 pairs of fields a second instead of 29.97: far from the rate that was announced.
  av::PictureSteps steps = plain_steps(kWidth, kHeight);
  steps.detelecine = true;
  steps.frame_rate = {24000, 1001};
  const auto out = filtered(steps, telecined(24, GetParam()), {1, 25});
  ASSERT_EQ(out.size(), 24U);
  for (std::size_t i = 0; i < out.size(); ++i) EXPECT_EQ(out[i]->pts, static_cast<std::int64_t>(i * 5 / 4)) << i;
}

TEST_P(PictureTelecine, AGapInTheSourceStaysAGap) {
  auto frames = telecined(24, GetParam());
  av::PictureSteps steps = plain_steps(kWidth, kHeight);
  steps.detelecine = true;
  steps.frame_rate = {24000, 1001};
  av::PictureFilter filter(steps, {1001, 30000});
  std::vector<std::int64_t> times;
  const auto keep = [&](av::FramePtr frame) -> Status {
    times.push_back(frame->pts);
    return {};
  };
  for (std::size_t i = 0; i < frames.size(); ++i) {
    frames[i]->pts = static_cast<std::int64_t>(i < 15 ? i : i + 100);
    frames[i]->pkt_duration = 1;
    ASSERT_TRUE(filter.push(std::move(frames[i]), keep));
  }
  ASSERT_TRUE(filter.push(nullptr, keep));
  ASSERT_FALSE(times.empty());
  EXPECT_NEAR(static_cast<double>(times.back()), 128.5, 1.5);
}

INSTANTIATE_TEST_SUITE_P(Order, PictureTelecine, kAllFields, name_of_fields);

}  // namespace
}  // namespace tokprep::test
