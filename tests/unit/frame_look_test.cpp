// What a frame looks like, on planes drawn for the purpose.
#include "codecs/av/frame_look.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <random>

namespace tokprep::av {
namespace {

constexpr int kWidth = 240;
constexpr int kHeight = 135;

using Draw = std::function<double(int x, int y)>;

SmallPicture drawn(const Draw& luma) {
  SmallPicture picture{kWidth, kHeight, {}, {}, {}};
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) picture.luma.push_back(static_cast<float>(luma(x, y)));
  }
  picture.cb.assign(picture.luma.size(), 0);
  picture.cr = picture.cb;
  return picture;
}

SmallPicture grey(double level) {
  return drawn([=](int, int) { return level; });
}

/// Blocks of random brightness: an arbitrary picture with edges, `shift` pixels to the left.
SmallPicture scene(unsigned seed, int shift = 0) {
  std::mt19937 random(seed);
  std::vector<double> blocks(4096);
  for (double& level : blocks) level = 0.1 + 0.8 * static_cast<double>(random() % 1000) / 1000;
  return drawn(
      [&](int x, int y) { return blocks[static_cast<std::size_t>((y / 9) * 61 + (x + shift) / 11) % blocks.size()]; });
}

/// Of the one and of the other, in shares.
SmallPicture mixed(const SmallPicture& a, const SmallPicture& b, double share_of_b) {
  SmallPicture picture = a;
  const auto share = static_cast<float>(share_of_b);
  for (std::size_t i = 0; i < a.luma.size(); ++i) picture.luma[i] = a.luma[i] * (1 - share) + b.luma[i] * share;
  return picture;
}

SmallPicture blurred(const SmallPicture& picture, int reach) {
  const auto sample = [&](int x, int y) {
    return static_cast<double>(
        picture.luma[static_cast<std::size_t>(std::clamp(y, 0, kHeight - 1) * kWidth + std::clamp(x, 0, kWidth - 1))]);
  };
  return drawn([&](int x, int y) {
    double sum = 0;
    for (int dy = -reach; dy <= reach; ++dy) {
      for (int dx = -reach; dx <= reach; ++dx) sum += sample(x + dx, y + dy);
    }
    return sum / ((2 * reach + 1) * (2 * reach + 1));
  });
}

TEST(FrameLook, OfBlackIsBlackAndFlat) {
  const FrameLook look = look_of(grey(0));
  EXPECT_TRUE(look.black);
  EXPECT_TRUE(look.flat);
  EXPECT_TRUE(look.unfit());
  EXPECT_FALSE(look.fading.has_value()) << "a frame alone does not tell";
  EXPECT_EQ(look.luma_mean, 0);
  EXPECT_EQ(look.sharpness, 0);
}

TEST(FrameLook, NoiseInTheDarkIsBlackStill) {
  std::mt19937 random(3);
  EXPECT_TRUE(look_of(drawn([&](int, int) { return static_cast<double>(random() % 80) / 1000; })).black);
}

TEST(FrameLook, ATitleOnBlackIsNoBlackFrame) {
  const FrameLook look =
      look_of(drawn([](int x, int y) { return x > 60 && x < 180 && y > 60 && y < 75 && x / 5 % 2 == 0 ? 0.9 : 0.0; }));
  EXPECT_FALSE(look.black);
  EXPECT_FALSE(look.flat);
  EXPECT_FALSE(look.blurred);
}

TEST(FrameLook, ALogoInTheCornerOfBlackIs) {
  EXPECT_TRUE(look_of(drawn([](int x, int y) { return x < 20 && y < 20 ? 0.9 : 0.0; })).black);
}

TEST(FrameLook, OneColourIsFlatWhateverItsBrightness) {
  for (const double level : {0.2, 0.5, 1.0}) {
    const FrameLook look = look_of(grey(level));
    EXPECT_TRUE(look.flat) << level;
    EXPECT_FALSE(look.black) << level;
    EXPECT_NEAR(look.luma_mean, level, 1e-4);
  }
}

TEST(FrameLook, ColoursOfOneBrightnessAreNotFlat) {
  SmallPicture picture = grey(0.5);
  for (std::size_t i = 0; i < picture.cb.size(); ++i) picture.cb[i] = i % kWidth < kWidth / 2 ? 0.3F : -0.3F;
  EXPECT_FALSE(look_of(picture).flat);
  EXPECT_GT(look_of(picture).colourfulness, 0.2);
}

TEST(FrameLook, AGradientIsNotFlatButHasNoEdges) {
  const FrameLook look = look_of(drawn([](int x, int) { return static_cast<double>(x) / kWidth; }));
  EXPECT_FALSE(look.flat);
  EXPECT_TRUE(look.blurred);
}

TEST(FrameLook, BlurTakesSharpnessAwayStepByStep) {
  const SmallPicture sharp = scene(1);
  double last = look_of(sharp).sharpness;
  EXPECT_FALSE(look_of(sharp).blurred);
  for (const int reach : {1, 3, 6}) {
    const double now = look_of(blurred(sharp, reach)).sharpness;
    EXPECT_LT(now, last) << reach;
    last = now;
  }
  EXPECT_TRUE(look_of(blurred(sharp, 6)).blurred);
}

TEST(FrameLook, SharpnessDoesNotDependOnContrast) {
  const SmallPicture sharp = scene(1);
  EXPECT_NEAR(look_of(mixed(sharp, grey(0.5), 0.5)).sharpness, look_of(sharp).sharpness, 0.05);
}

TEST(FrameLook, BlackBarsDoNotMakeABlurredPictureSharp) {
  SmallPicture barred = blurred(scene(1), 6);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      if (x < 60 || x >= 180) barred.luma[static_cast<std::size_t>(y * kWidth + x)] = 0;
    }
  }
  EXPECT_TRUE(look_of(barred).blurred);
}

TEST(FrameLook, ShakenAlongOneAxisIsBlurred) {
  const SmallPicture sharp = scene(1);
  const SmallPicture shaken = drawn([&](int x, int y) {
    double sum = 0;
    for (int dx = -8; dx <= 8; ++dx) {
      sum += static_cast<double>(sharp.luma[static_cast<std::size_t>(y * kWidth + std::clamp(x + dx, 0, kWidth - 1))]);
    }
    return sum / 17;
  });
  EXPECT_TRUE(look_of(shaken).blurred);
}

TEST(IsFading, FromAndToBlackAndWhite) {
  const SmallPicture picture = scene(1);
  for (const double end : {0.0, 1.0}) {
    const auto at = [&](double share) { return mixed(grey(end), picture, share); };
    EXPECT_TRUE(is_fading(at(0.2), at(0.4), at(0.6))) << end;
    EXPECT_TRUE(is_fading(at(0.6), at(0.4), at(0.2))) << end;
    EXPECT_TRUE(is_fading(at(0), at(0.5), at(1))) << end;
    EXPECT_FALSE(is_fading(at(1), at(1), at(1))) << end;
  }
}

TEST(IsFading, OfASceneThatMovesMeanwhile) {
  for (const double end : {0.0, 1.0}) {
    const auto at = [&](double share, int shift) { return mixed(grey(end), scene(1, shift), share); };
    EXPECT_TRUE(is_fading(at(0.3, 0), at(0.5, 40), at(0.7, 80))) << end;
    EXPECT_TRUE(is_fading(at(0.7, 0), at(0.4, 40), at(0, 80))) << end;
    EXPECT_FALSE(is_fading(at(1, 0), at(1, 40), at(1, 80))) << end;
  }
}

TEST(IsFading, InADissolve) {
  const SmallPicture a = scene(1), b = scene(2);
  EXPECT_TRUE(is_fading(a, mixed(a, b, 0.5), b));
  EXPECT_TRUE(is_fading(mixed(a, b, 0.3), mixed(a, b, 0.45), mixed(a, b, 0.6)));
}

TEST(IsFading, NotAtACut) {
  const SmallPicture a = scene(1), b = scene(2);
  EXPECT_FALSE(is_fading(a, b, b));
  EXPECT_FALSE(is_fading(a, a, b));
  EXPECT_FALSE(is_fading(a, scene(3), b));
}

TEST(IsFading, NotWhereTheCameraMoves) {
  for (const int speed_px : {1, 2, 4, 10, 30}) {
    EXPECT_FALSE(is_fading(scene(1, 0), scene(1, speed_px), scene(1, 2 * speed_px))) << speed_px;
    const auto soft = [&](int shift) { return blurred(scene(1, shift), 2); };
    EXPECT_FALSE(is_fading(soft(0), soft(speed_px), soft(2 * speed_px))) << speed_px << " px, soft edges";
  }
}

TEST(IsFading, NotWhereTheCameraAdaptsToTheLight) {
  const SmallPicture picture = scene(1);
  const auto at = [&](double gain) { return mixed(grey(0), picture, gain); };
  EXPECT_FALSE(is_fading(at(0.85), at(0.92), at(1)));
}

TEST(IsFading, PicturesOfDifferentSizesAreNotComparable) {
  SmallPicture other = scene(1);
  other.width_px = 1;
  EXPECT_FALSE(is_fading(other, scene(1), scene(2)));
}

TEST(HistogramDistance, IsNothingToItselfAndAllToTheOpposite) {
  const Histogram black = histogram_of(grey(0)), white = histogram_of(grey(1));
  EXPECT_EQ(distance(black, black), 0);
  EXPECT_NEAR(distance(black, white), 1.0 / 3, 1e-6) << "the chroma is the same";
}

TEST(Appeal, RanksWhatAPersonWould) {
  const auto appeal = [](const SmallPicture& picture) { return appeal_of(look_of(picture), 1, 0); };
  const SmallPicture sharp = scene(1);
  EXPECT_GT(appeal(sharp), appeal(blurred(sharp, 6)));
  EXPECT_GT(appeal(sharp), appeal(mixed(sharp, grey(0.5), 0.7)));
  EXPECT_GT(appeal(blurred(sharp, 6)), appeal(grey(0.5)));
  EXPECT_GT(appeal(grey(0.5)), appeal(grey(0)));
  FrameLook fading = look_of(sharp);
  fading.fading = true;
  EXPECT_GT(appeal(blurred(sharp, 6)), appeal_of(fading, 1, 0));
  EXPECT_GT(appeal_of(fading, 1, 0), appeal(grey(0.5)));
}

}  // namespace
}  // namespace tokprep::av
