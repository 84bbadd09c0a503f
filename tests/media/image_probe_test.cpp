#include <gmock/gmock.h>

#include <chrono>

#include "tests/media/image_support.h"

namespace tokprep::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using vips::VImage;

class ImageProbe : public ImageTest {};

/// What must be measured of a shared file.
struct Known {
  std::string file;
  std::string format;
  Size seen, coded;
  int bit_depth;
  bool alpha;
  std::string colour_space;
  std::string icc_name;
  int orientation;
  int pages;
};

TEST_F(ImageProbe, MeasuresTheSharedFiles) {
  const std::string dir = TOKPREP_MEDIA_OR_SKIP("image/");
  const std::vector<Known> files{
      {"Landscape_6.jpg", "jpeg", {1800, 1200}, {1200, 1800}, 8, false, "srgb", "", 6, 1},
      {"Portrait_5.jpg", "jpeg", {1200, 1800}, {1800, 1200}, 8, false, "srgb", "", 5, 1},
      {"Portrait_2.jpg", "jpeg", {1200, 1800}, {1200, 1800}, 8, false, "srgb", "", 2, 1},
      {"MonochromeTestImage.jpg", "jpeg", {165, 121}, {165, 121}, 8, false, "b-w", "", 1, 1},
      {"jpg-32bit-cmyk-icc-swop.jpg",
       "jpeg",
       {1080, 1080},
       {1080, 1080},
       8,
       false,
       "cmyk",
       "U.S. Web Coated (SWOP) v2",
       1,
       1},
      {"apple_gainmap_new.jpg", "jpeg", {384, 512}, {384, 512}, 8, false, "srgb", "Display P3", 1, 1},
      {"heic-orientation-6.heic", "heic", {3024, 4032}, {4032, 3024}, 8, false, "srgb", "Display P3", 1, 1},
      {"rotation-irot90.avif", "avif", {32, 64}, {64, 32}, 8, false, "srgb", "", 1, 1},
      {"colors_hdr_p3.avif", "avif", {200, 200}, {200, 200}, 10, false, "rgb16", "", 1, 1},
      {"IndexedPNG.png", "png", {687, 123}, {687, 123}, 4, true, "srgb", "", 1, 1},
      {"basi0g16.png", "png", {32, 32}, {32, 32}, 16, false, "grey16", "", 1, 1},
      {"grey-8bit-alpha.png", "png", {400, 300}, {400, 300}, 8, true, "b-w", "", 1, 1},
      {"TestImageAnimated.apng", "png", {320, 240}, {320, 240}, 8, true, "srgb", "", 1, 101},
      {"g4-multi.tiff", "tiff", {3307, 4677}, {3307, 4677}, 1, false, "b-w", "", 1, 3},
      {"tif.tif", "tiff", {1024, 1111}, {1024, 1111}, 8, true, "srgb", "Adobe RGB (1998)", 1, 1},
      {"rotating-squares.gif", "gif", {80, 80}, {80, 80}, 8, true, "srgb", "", 1, 30},
      {"rotating-squares.webp", "webp", {80, 80}, {80, 80}, 8, true, "srgb", "", 1, 9},
      {"../broken/jpeg_named_img_001.tiff", "jpeg", {320, 240}, {320, 240}, 8, false, "srgb", "", 1, 1},
  };
  for (const Known& known : files) {
    SCOPED_TRACE(known.file);
    const auto info = probe_image({dir + known.file}, {});
    ASSERT_TRUE(info) << describe(info.error());
    ASSERT_TRUE(info->image);
    EXPECT_EQ(info->kind, MediaKind::kImage);
    EXPECT_EQ(info->size_bytes, std::filesystem::file_size(dir + known.file));
    EXPECT_EQ(info->container.format, known.format);
    EXPECT_EQ((Size{info->image->width_px, info->image->height_px}), known.seen);
    EXPECT_EQ((Size{info->image->coded_width_px, info->image->coded_height_px}), known.coded);
    EXPECT_EQ(info->image->bit_depth, known.bit_depth);
    EXPECT_EQ(info->image->alpha, known.alpha);
    EXPECT_EQ(info->image->colour_space, known.colour_space);
    EXPECT_EQ(info->image->icc_name, known.icc_name);
    EXPECT_EQ(info->image->orientation, known.orientation);
    EXPECT_EQ(info->image->pages, known.pages);
    const HdrKind hdr = known.file == "colors_hdr_p3.avif" ? HdrKind::kPq : HdrKind::kSdr;
    EXPECT_EQ(info->image->hdr, hdr);
  }
}

TEST_F(ImageProbe, NamesPrivateMetadataButNeverItsValue) {
  const std::string file = TOKPREP_MEDIA_OR_SKIP("image/heic-orientation-6.heic");
  const auto info = probe_image({file}, {});
  ASSERT_TRUE(info);
  const auto has = [&](PrivateKind kind, const std::string& name) {
    EXPECT_THAT(info->private_metadata,
                Contains(testing::AllOf(Field(&PrivateTag::kind, kind), Field(&PrivateTag::name, name))));
  };
  has(PrivateKind::kGps, "exif GPSLatitude");
  has(PrivateKind::kDevice, "exif Model");
  has(PrivateKind::kDevice, "exif MakerNote");
  has(PrivateKind::kTime, "exif DateTimeOriginal");
  for (const PrivateTag& tag : info->private_metadata) EXPECT_THAT(tag.name, Not(HasSubstr("iPhone")));
}

TEST_F(ImageProbe, SaysThatOnlyTheFirstFrameIsUsed) {
  const std::string file = TOKPREP_MEDIA_OR_SKIP("image/rotating-squares.gif");
  const auto info = probe_image({file}, {});
  ASSERT_TRUE(info);
  EXPECT_THAT(info->notes, ElementsAre("30 frames; only the first is used"));
}

TEST_F(ImageProbe, ReadsJpegXl) {
  striped({{255, 0, 0}, {0, 0, 255}}, 40, 30).write_to_file(path("a.jxl").c_str());
  const auto info = probe_image({path("a.jxl")}, {});
  ASSERT_TRUE(info) << describe(info.error());
  EXPECT_EQ(info->container.format, "jxl");
  EXPECT_EQ((Size{info->image->width_px, info->image->height_px}), (Size{80, 30}));
  EXPECT_THAT(info->private_metadata, IsEmpty());
}

TEST_F(ImageProbe, ReadsBigTiffAndItsTags) {
  VImage image = striped({{1, 2, 3}}, 16, 16).copy();
  image.set("orientation", 6);
  image.tiffsave(path("a.tif").c_str(), VImage::option()->set("bigtiff", true)->set("bitdepth", 8));
  const auto info = probe_image({path("a.tif")}, {});
  ASSERT_TRUE(info) << describe(info.error());
  EXPECT_EQ(info->container.format, "tiff");
  EXPECT_EQ(info->image->bit_depth, 8);
  EXPECT_EQ(info->image->orientation, 6);
}

struct Refused {
  std::string file;
  ErrorCode code;
};

TEST_F(ImageProbe, RefusesBrokenFilesByType) {
  const std::string dir = TOKPREP_MEDIA_OR_SKIP("broken/");
  for (const Refused& refused :
       {Refused{"corrupt-header.jpg", ErrorCode::kCorruptInput},
        Refused{"fixture-corrupt.png", ErrorCode::kCorruptInput}, Refused{"truncated.heic", ErrorCode::kCorruptInput},
        Refused{"empty.heic", ErrorCode::kCorruptInput}, Refused{"decompression_bomb.gif", ErrorCode::kNotCompliant},
        Refused{"broken.mp4", ErrorCode::kUnsupportedInput}, Refused{"missing.png", ErrorCode::kInputUnreadable}}) {
    const auto begin = std::chrono::steady_clock::now();
    const auto info = probe_image({dir + refused.file}, {});
    ASSERT_FALSE(info) << refused.file;
    EXPECT_EQ(info.error().code, refused.code) << describe(info.error());
    EXPECT_THAT(info.error().message, HasSubstr(refused.file));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
  }
}

TEST_F(ImageProbe, RefusesAPictureTooLargeToOpen) {
  const std::string file = TOKPREP_MEDIA_OR_SKIP("broken/giant-image.jpg");
  const auto begin = std::chrono::steady_clock::now();
  for (const auto& error : {probe_image({file}, {}).error(), convert_image(job_for(file), {}).error()}) {
    EXPECT_EQ(error.code, ErrorCode::kNotCompliant);
    EXPECT_EQ(error.rule, "image.pixels_max");
    EXPECT_EQ(error.measured, Scalar(std::int64_t{280'000'000}));
    EXPECT_EQ(error.limit, Scalar(std::int64_t{268'435'456}));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
  EXPECT_FALSE(std::filesystem::exists(path("out.jpg")));
}

TEST_F(ImageProbe, RefusesAGifWithAnAbsurdCanvasBeforeReadingIt) {
  write_bytes(path("bomb.gif"), std::string_view("GIF89a\xff\xff\xff\xff\0\0\0", 13));
  const auto info = probe_image({path("bomb.gif")}, {});
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().rule, "image.pixels_max");
}

TEST_F(ImageProbe, SaysWhatToDoWithKindsThatAreNotOpened) {
  write_bytes(path("a.psd"), std::string("8BPS\0\1", 6) + std::string(60, '\0'));
  const auto info = probe_image({path("a.psd")}, {});
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, ErrorCode::kUnsupportedInput);
  EXPECT_THAT(info.error().message, HasSubstr("psd"));
  EXPECT_THAT(info.error().fix, HasSubstr("PNG"));
}

TEST_F(ImageProbe, JpegFormsThatAreNotDecodedAreNoDamage) {
  striped({{1, 2, 3}}, 16, 16).jpegsave(path("a.jpg").c_str());
  const std::string whole = bytes_of(path("a.jpg"));
  const std::size_t frame = whole.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  std::string deep = whole, lossless = whole;
  deep[frame + 4] = 12;  // bits a channel
  lossless[frame + 1] = '\xc3';
  for (const std::string& bytes : {deep, lossless}) {
    write_bytes(path("a.jpg"), bytes);
    const auto info = probe_image({path("a.jpg")}, {});
    ASSERT_FALSE(info);
    EXPECT_EQ(info.error().code, ErrorCode::kUnsupportedInput);
    EXPECT_THAT(info.error().message, testing::AnyOf(HasSubstr("12 bits"), HasSubstr("lossless")));
  }
}

TEST_F(ImageProbe, UntrustedLoadersStayShut) {
  write_bytes(path("a.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>");
  EXPECT_THROW(VImage::new_from_file(path("a.svg").c_str()), vips::VError);
  write_bytes(path("a.ppm"), "P3 1 1 255 1 2 3\n");
  EXPECT_THROW(VImage::new_from_file(path("a.ppm").c_str()), vips::VError);
  vips_error_clear();
}

TEST_F(ImageProbe, AStopIsHeeded) {
  std::stop_source stop;
  stop.request_stop();
  RunContext run;
  run.stop = stop.get_token();
  EXPECT_EQ(probe_image({"any.png"}, run).error().code, ErrorCode::kCancelled);
  EXPECT_EQ(convert_image(job_for("any.png"), run).error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace tokprep::test
