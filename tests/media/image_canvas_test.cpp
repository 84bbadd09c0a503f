#include <gmock/gmock.h>

#include "tests/media/image_support.h"

namespace tokprep::test {
namespace {

using testing::ElementsAre;
using vips::VImage;

class ImageCanvas : public ImageTest {
 protected:
  /// Converts to the canvas and gives the result.
  [[nodiscard]] VImage placed(const VImage& picture, Size canvas, Fit fit, Rgb pad_color = {0, 0, 0}) const {
    picture.write_to_file(path("in.png").c_str());
    ImageJob job = job_for(path("in.png"));
    job.canvas = canvas;
    job.fit = fit;
    job.pad_color = pad_color;
    const ImageResult result = convert(job);
    EXPECT_EQ((Size{result.width_px, result.height_px}), canvas);
    return VImage::new_from_file(path("out.jpg").c_str()).copy_memory();
  }
};

void expect_near(const std::vector<double>& pixel, const std::vector<double>& colour, double tolerance) {
  ASSERT_EQ(pixel.size(), colour.size());
  for (std::size_t i = 0; i < pixel.size(); ++i) EXPECT_NEAR(pixel[i], colour[i], tolerance) << "channel " << i;
}

TEST_F(ImageCanvas, PadsWithTheColourAndEnlargesToTouchTwoSides) {
  const VImage out = placed(striped({{200, 60, 20}}, 100, 50), {1080, 1920}, Fit::kPad, {10, 120, 200});
  ASSERT_EQ((Size{out.width(), out.height()}), (Size{1080, 1920}));
  expect_near(pixel(out, 540, 960), {200, 60, 20}, 2);  // 1080 x 540 in the middle
  expect_near(pixel(out, 5, 960), {200, 60, 20}, 2);
  expect_near(pixel(out, 540, 700), {200, 60, 20}, 2);
  expect_near(pixel(out, 540, 680), {10, 120, 200}, 2);
  expect_near(pixel(out, 540, 1240), {10, 120, 200}, 2);
  expect_near(pixel(out, 2, 2), {10, 120, 200}, 2);
}

TEST_F(ImageCanvas, CropsAroundWhatDrawsTheEye) {
  // A small bright thing on the right of a dull wide picture.
  const VImage dull = striped({{90, 92, 95}}, 1600, 400);
  const VImage thing = striped({{250, 30, 40}, {255, 220, 30}, {30, 60, 250}}, 40, 120);
  const VImage out = placed(dull.insert(thing, 1350, 140), {300, 300}, Fit::kCrop);
  EXPECT_GT(out.extract_band(0).max() - out.extract_band(0).min(), 150) << "the thing was cut away";
}

TEST_F(ImageCanvas, APictureOfTheCanvasShapeFillsIt) {
  const VImage out = placed(striped({{0, 200, 0}}, 540, 961), {1080, 1920}, Fit::kCrop);
  for (const auto& [x, y] : {std::pair(0, 0), std::pair(1079, 0), std::pair(0, 1919), std::pair(1079, 1919)}) {
    expect_near(pixel(out, x, y), {0, 200, 0}, 2);
  }
}

TEST_F(ImageCanvas, BlurPutsThePictureBeforeItself) {
  const VImage picture = striped({{220, 20, 20}, {20, 20, 220}}, 200, 100);
  const VImage out = placed(picture, {540, 960}, Fit::kBlur);
  expect_near(pixel(out, 100, 480), {220, 20, 20}, 3);  // the picture itself, sharp
  expect_near(pixel(out, 440, 480), {20, 20, 220}, 3);
  // Behind: the middle of the picture, enlarged to cover; red on the left, blue on the right, soft between.
  const auto left = pixel(out, 10, 50), middle = pixel(out, 270, 50), right = pixel(out, 530, 50);
  EXPECT_GT(left[0], 150);
  EXPECT_GT(right[2], 150);
  EXPECT_GT(middle[0], 60);
  EXPECT_GT(middle[2], 60);
}

TEST_F(ImageCanvas, TurnsFirstAndThenPlaces) {
  const VImage lying = striped({{220, 20, 20}, {20, 20, 220}}, 200, 200)
                           .copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB));
  VImage tagged = lying.copy();
  tagged.set("exif-ifd0-Orientation", "6 (Right-top, Short, 1 components, 2 bytes)");
  tagged.set("orientation", 6);
  tagged.write_to_file(path("turned.jpg").c_str(), VImage::option()->set("Q", 100));
  ImageJob job = job_for(path("turned.jpg"));
  job.canvas = Size{540, 960};
  job.fit = Fit::kPad;
  (void)convert(job);
  // Upright it is 200 x 400, red above blue: 480 x 960 in the middle.
  const VImage out = VImage::new_from_file(path("out.jpg").c_str()).copy_memory();
  expect_near(pixel(out, 270, 100), {220, 20, 20}, 4);
  expect_near(pixel(out, 270, 860), {20, 20, 220}, 4);
  expect_near(pixel(out, 10, 480), {0, 0, 0}, 4);
}

TEST_F(ImageCanvas, TransparencyGetsTheBackgroundAndTheBarsTheirOwnColour) {
  const VImage clear = striped({{255, 0, 0, 0}}, 100, 100);
  clear.write_to_file(path("in.png").c_str());
  ImageJob job = job_for(path("in.png"));
  job.canvas = Size{200, 400};
  job.background = {0, 200, 0};
  job.pad_color = {0, 0, 200};
  (void)convert(job);
  expect_near(pixel(path("out.jpg"), 100, 200), {0, 200, 0}, 2);
  expect_near(pixel(path("out.jpg"), 100, 20), {0, 0, 200}, 2);
}

TEST_F(ImageCanvas, EverySharedPictureIsOnTheCanvas) {
  const std::string dir = TOKPREP_MEDIA_OR_SKIP("image/");
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir)) {
    SCOPED_TRACE(entry.path().filename());
    for (const Fit fit : {Fit::kPad, Fit::kCrop, Fit::kBlur}) {
      ImageJob job = job_for(entry.path().string());
      job.canvas = Size{1080, 1350};
      job.fit = fit;
      const ImageResult result = convert(job);
      EXPECT_EQ((Size{result.width_px, result.height_px}), (Size{1080, 1350})) << name_of(fit);
    }
    ++files;
  }
  EXPECT_GE(files, 20);
}

}  // namespace
}  // namespace tokprep::test
