#include <gmock/gmock.h>

#include "tests/media/image_support.h"

namespace tokprep::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using vips::VImage;

class ImageCopy : public ImageTest {
 protected:
  [[nodiscard]] ImageJob copy_of(const std::string& input) const {
    ImageJob job = job_for(input);
    job.copy = true;
    return job;
  }
};

VImage decoded(const std::string& file) {
  return VImage::new_from_file(file.c_str(), VImage::option()->set("fail_on", VIPS_FAIL_ON_ERROR));
}

TEST_F(ImageCopy, TheSamePixelsWithoutAnythingPrivateForEverySharedJpeg) {
  const std::string dir = TOKPREP_MEDIA_OR_SKIP("image/");
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir)) {
    if (entry.path().extension() != ".jpg") continue;
    SCOPED_TRACE(entry.path().filename());
    const std::string input = entry.path().string();
    const ImageResult result = convert(copy_of(input));
    ++files;
    const VImage before = decoded(input);
    const VImage after = decoded(path("out.jpg"));
    EXPECT_EQ((Size{after.width(), after.height()}), (Size{before.width(), before.height()}));
    EXPECT_EQ((Size{result.width_px, result.height_px}), (Size{before.width(), before.height()}));
    EXPECT_EQ(largest_difference(before, after), 0);
    EXPECT_EQ(after.interpretation(), before.interpretation());
    EXPECT_EQ(result.quality, 0);
    EXPECT_EQ(result.size_bytes, std::filesystem::file_size(path("out.jpg")));
    const auto old_info = probe_image({input}, {});
    const auto new_info = probe_image({path("out.jpg")}, {});
    ASSERT_TRUE(old_info && new_info);
    EXPECT_THAT(new_info->private_metadata, IsEmpty());
    EXPECT_EQ(new_info->image->icc_name, old_info->image->icc_name);
  }
  EXPECT_GE(files, 12);
}

TEST_F(ImageCopy, TheGainMapBehindThePictureGoesAndIsNamed) {
  const std::string file = TOKPREP_MEDIA_OR_SKIP("image/apple_gainmap_new.jpg");
  const ImageResult result = convert(copy_of(file));
  EXPECT_THAT(result.notes, Contains(HasSubstr("data behind the picture")));
  EXPECT_EQ(bytes_of(path("out.jpg")).find("iPhone"), std::string::npos);
  EXPECT_LT(result.size_bytes, std::filesystem::file_size(file));
}

TEST_F(ImageCopy, KeepingMetadataIsAPlainCopy) {
  const std::string file = TOKPREP_MEDIA_OR_SKIP("image/apple_gainmap_new.jpg");
  ImageJob job = copy_of(file);
  job.keep_metadata = true;
  EXPECT_THAT(convert(job).notes, IsEmpty());
  EXPECT_EQ(bytes_of(path("out.jpg")), bytes_of(file));
}

TEST_F(ImageCopy, RefusesADamagedJpeg) {
  const std::string dir = TOKPREP_MEDIA_OR_SKIP("broken/");
  for (const char* name : {"truncated.jpg", "corrupt-header.jpg"}) {
    EXPECT_EQ(convert_image(copy_of(dir + name), {}).error().code, ErrorCode::kCorruptInput) << name;
    EXPECT_FALSE(std::filesystem::exists(path("out.jpg")));
  }
}

TEST_F(ImageCopy, OnlyAJpegCanBeKept) {
  striped({{1, 2, 3}}, 16, 16).write_to_file(path("in.png").c_str());
  const auto result = convert_image(copy_of(path("in.png")), {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace tokprep::test
