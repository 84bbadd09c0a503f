#include "tests/media/image_support.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace tokprep::test {

using vips::VImage;

void ImageTest::SetUpTestSuite() {
  static const Status kStarted = start_vips();
  ASSERT_TRUE(kStarted) << kStarted.error().message;
}

ImageJob ImageTest::job_for(const std::string& input) const {
  ImageJob job;
  job.input = input;
  job.output = path("out.jpg");
  job.max_size = {10'000, 10'000};
  job.quality = 100;
  return job;
}

ImageResult ImageTest::convert(const ImageJob& job) const {
  const auto result = convert_image(job, {});
  EXPECT_TRUE(result) << describe(result.error());
  return result.value_or(ImageResult{});
}

std::filesystem::path media_dir() {
  if (const char* named = std::getenv("TOKPREP_MEDIA_DIR")) return named;
  return std::filesystem::path(TOKPREP_SOURCE_DIR) / "../shared/media";
}

VImage striped(const std::vector<std::vector<double>>& colours, int stripe_px, int height_px) {
  std::vector<VImage> stripes;
  for (const auto& colour : colours) {
    stripes.push_back(VImage::black(stripe_px, height_px).new_from_image(colour).cast(VIPS_FORMAT_UCHAR));
  }
  const VImage joined = VImage::arrayjoin(stripes, VImage::option()->set("across", static_cast<int>(stripes.size())));
  return joined.copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB));
}

std::vector<double> pixel(const VImage& image, int x, int y) { return image.getpoint(x, y); }
std::vector<double> pixel(const std::string& file, int x, int y) {
  return VImage::new_from_file(file.c_str()).getpoint(x, y);
}

double largest_difference(const VImage& a, const VImage& b) { return (a - b).abs().max(); }
double mean_difference(const VImage& a, const VImage& b) { return (a - b).abs().avg(); }

std::string bytes_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_bytes(const std::string& file, std::string_view bytes) {
  std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace tokprep::test
