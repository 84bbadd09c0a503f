#include <gmock/gmock.h>

#include "tests/media/image_support.h"

namespace tokprep::test {
namespace {

using testing::HasSubstr;
using vips::VImage;

class ImageLimits : public ImageTest {
 protected:
  void SetUp() override {
    const VImage picture = striped({{200, 60, 20}, {20, 60, 200}}, 500, 1000);
    picture.write_to_file(path("baseline.jpg").c_str());
    picture.write_to_file(path("progressive.jpg").c_str(), VImage::option()->set("interlace", true));
    picture.write_to_file(path("rows.png").c_str());
    picture.write_to_file(path("interlaced.png").c_str(), VImage::option()->set("interlace", true));
    picture.write_to_file(path("strips.tif").c_str());
    picture.write_to_file(path("a.webp").c_str());
    picture.write_to_file(path("a.gif").c_str());
  }

  /// The rule that keeps a file out under these limits, by both jobs; empty where it is let in.
  [[nodiscard]] std::string refused_by(const std::string& name, const StillLimits& limits) const {
    ImageJob job = job_for(path(name));
    job.limits = limits;
    const auto converted = convert_image(job, {});
    const auto probed = probe_image({path(name), limits}, {});
    EXPECT_EQ(converted.has_value(), probed.has_value()) << name;
    if (converted || probed) return "";
    EXPECT_EQ(probed.error().code, ErrorCode::kNotCompliant);
    EXPECT_EQ(probed.error().rule, converted.error().rule);
    EXPECT_EQ(probed.error().file, path(name));
    EXPECT_GT(std::get<std::int64_t>(probed.error().measured), std::get<std::int64_t>(probed.error().limit));
    EXPECT_THAT(probed.error().fix, HasSubstr(probed.error().rule + " with --rules"));
    return probed.error().rule;
  }
};

TEST_F(ImageLimits, OnlyWhatADecoderMustHoldCounts) {
  StillLimits limits;
  limits.max_memory_bytes = 1'000'000;  // a picture of 1000 x 1000 needs at least as much for every channel
  for (const char* name : {"baseline.jpg", "rows.png", "strips.tif"}) EXPECT_EQ(refused_by(name, limits), "") << name;
  for (const char* name : {"progressive.jpg", "interlaced.png", "a.webp", "a.gif"}) {
    EXPECT_EQ(refused_by(name, limits), "image.memory_max") << name;
  }
}

TEST_F(ImageLimits, ProgressiveJpegsNeedByTheirChroma) {
  StillLimits limits;
  limits.max_memory_bytes = 3'000'000;  // 2 bytes of each of 1.5 samples a pixel
  EXPECT_EQ(refused_by("progressive.jpg", limits), "");
  limits.max_memory_bytes = 2'999'999;
  EXPECT_EQ(refused_by("progressive.jpg", limits), "image.memory_max");
}

TEST_F(ImageLimits, PixelsAndFramesCanBeSet) {
  StillLimits few_pixels;
  few_pixels.max_pixels = 999'999;
  for (const char* name : {"baseline.jpg", "rows.png", "strips.tif", "a.gif"}) {
    EXPECT_EQ(refused_by(name, few_pixels), "image.pixels_max") << name;
  }
  const VImage page = striped({{9, 9, 9}}, 10, 10);
  VImage pages = VImage::arrayjoin({page, page, page}, VImage::option()->set("across", 1)).copy();
  pages.set("page-height", 10);
  pages.write_to_file(path("pages.tif").c_str());
  StillLimits few_frames;
  few_frames.max_frames = 2;
  EXPECT_EQ(refused_by("pages.tif", few_frames), "image.frames_max");
  EXPECT_EQ(refused_by("pages.tif", {}), "");
}

}  // namespace
}  // namespace tokprep::test
