#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>
#include <vips/vips8>

#include "codecs/image.h"
#include "codecs/jobs.h"
#include "tests/support/temp_folder.h"

namespace tokprep::test {

/// Starts libvips once, gives each test its own folder, and finds the shared files.
class ImageTest : public testing::Test {
 protected:
  static void SetUpTestSuite();

  [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  /// A job from `input` to "out.jpg" in the test's folder with limits that change nothing.
  [[nodiscard]] ImageJob job_for(const std::string& input) const;

  /// Converts, and expects it to work.
  ImageResult convert(const ImageJob& job) const;

 private:
  TempFolder folder_;
};

/// The folder of shared files: TOKPREP_MEDIA_DIR, else "../shared/media" beside the source tree; may be missing.
std::filesystem::path media_dir();

/// One row of pixels in 8-bit RGB, or RGBA, repeated down to `height_px`.
vips::VImage striped(const std::vector<std::vector<double>>& colours, int stripe_px, int height_px);

/// The pixel in the picture at `file`, one number a channel.
std::vector<double> pixel(const std::string& file, int x, int y);
std::vector<double> pixel(const vips::VImage& image, int x, int y);

/// The largest difference of any channel of two pictures of the same size.
double largest_difference(const vips::VImage& a, const vips::VImage& b);
double mean_difference(const vips::VImage& a, const vips::VImage& b);

std::string bytes_of(const std::string& file);
void write_bytes(const std::string& file, std::string_view bytes);

#define TOKPREP_MEDIA_OR_SKIP(name)               \
  (tokprep::test::media_dir() / (name)).string(); \
  if (!std::filesystem::exists(tokprep::test::media_dir())) GTEST_SKIP() << "no " << tokprep::test::media_dir()

}  // namespace tokprep::test
