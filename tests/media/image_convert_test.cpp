#include <gmock/gmock.h>

#include "tests/media/image_support.h"

namespace tokprep::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using vips::VImage;

using Colour = std::vector<double>;
const Colour kRed{255, 0, 0};
const Colour kGreen{0, 255, 0};
const Colour kBlue{0, 0, 255};
const Colour kGray{128, 128, 128};

class ImageConvert : public ImageTest {
 protected:
  void expect_near(const Colour& actual, const Colour& wanted, double tolerance) const {
    ASSERT_EQ(actual.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(actual[i], wanted[i], tolerance) << "channel " << i;
  }
};

// --- upright ------------------------------------------------------------------------------------------------------

struct Turn {
  int orientation;
  Colour top_left, top_right;  // as seen
};

TEST_F(ImageConvert, EveryOrientationComesOutUpright) {
  // Coded: red and green above blue and gray, 64 x 32.
  const VImage coded = striped({kRed, kGreen}, 32, 16).join(striped({kBlue, kGray}, 32, 16), VIPS_DIRECTION_VERTICAL);
  for (const Turn& turn :
       {Turn{1, kRed, kGreen}, Turn{2, kGreen, kRed}, Turn{3, kGray, kBlue}, Turn{4, kBlue, kGray},
        Turn{5, kRed, kBlue}, Turn{6, kBlue, kRed}, Turn{7, kGray, kGreen}, Turn{8, kGreen, kGray}}) {
    SCOPED_TRACE(turn.orientation);
    VImage tagged = coded.copy();
    tagged.set("orientation", turn.orientation);
    tagged.jpegsave(path("in.jpg").c_str(), VImage::option()->set("Q", 100));
    const ImageResult result = convert(job_for(path("in.jpg")));
    const bool on_its_side = turn.orientation >= 5;
    EXPECT_EQ((Size{result.width_px, result.height_px}), on_its_side ? (Size{32, 64}) : (Size{64, 32}));
    expect_near(pixel(path("out.jpg"), 4, 4), turn.top_left, 3);
    expect_near(pixel(path("out.jpg"), result.width_px - 4, 4), turn.top_right, 3);
    EXPECT_EQ(probe_image({path("out.jpg")}, {})->image->orientation, 1);
  }
}

TEST_F(ImageConvert, TheSharedOrientationsShowTheSamePicture) {
  const std::string dir = TOKPREP_MEDIA_OR_SKIP("image/");
  const auto upright = [&](const std::string& name) {
    ImageJob job = job_for(dir + name);
    job.max_size = {300, 300};
    convert(job);
    return VImage::new_from_file(path("out.jpg").c_str()).copy_memory();
  };
  const VImage landscape = upright("Landscape_3.jpg");
  EXPECT_EQ((Size{landscape.width(), landscape.height()}), (Size{300, 200}));
  for (const char* other : {"Landscape_6.jpg", "Landscape_8.jpg"}) {
    EXPECT_LT(mean_difference(landscape, upright(other)), 3) << other;  // only the number in the middle differs
  }
  const VImage portrait = upright("Portrait_2.jpg");
  EXPECT_EQ((Size{portrait.width(), portrait.height()}), (Size{200, 300}));
  for (const char* other : {"Portrait_4.jpg", "Portrait_5.jpg", "Portrait_7.jpg"}) {
    EXPECT_LT(mean_difference(portrait, upright(other)), 3) << other;
  }
}

TEST_F(ImageConvert, TurnsByTheContainerOnceOnly) {
  const std::string file = TOKPREP_MEDIA_OR_SKIP("image/rotation-irot90.avif");
  const ImageResult result = convert(job_for(file));
  EXPECT_EQ((Size{result.width_px, result.height_px}), (Size{32, 64}));
  expect_near(pixel(path("out.jpg"), 20, 10), kBlue, 6);
  expect_near(pixel(path("out.jpg"), 20, 54), kRed, 6);
}

// --- transparent --------------------------------------------------------------------------------------------------

TEST_F(ImageConvert, TransparencyShowsTheBackground) {
  const VImage rgba = striped({{255, 0, 0, 128}, {0, 0, 0, 0}, {10, 20, 30, 255}}, 16, 16);
  const VImage rgba16 =
      (rgba * 257.0).cast(VIPS_FORMAT_USHORT).copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_RGB16));
  rgba.write_to_file(path("a8.png").c_str());
  rgba16.write_to_file(path("a16.png").c_str());
  rgba.pngsave(path("palette.png").c_str(), VImage::option()->set("palette", true)->set("Q", 100));
  rgba.webpsave(path("a.webp").c_str(), VImage::option()->set("lossless", true));
  rgba.tiffsave(path("a.tif").c_str());
  for (const char* name : {"a8.png", "a16.png", "palette.png", "a.webp", "a.tif"}) {
    SCOPED_TRACE(name);
    const ImageResult result = convert(job_for(path(name)));
    EXPECT_THAT(result.notes, ElementsAre("flattened on #ffffff"));
    expect_near(pixel(path("out.jpg"), 8, 8), {255, 127, 127}, 1.5);
    expect_near(pixel(path("out.jpg"), 24, 8), {255, 255, 255}, 1);
    expect_near(pixel(path("out.jpg"), 40, 8), {10, 20, 30}, 1);
  }
}

TEST_F(ImageConvert, GrayWithAlphaBecomesOpaqueRgbOnAnyBackground) {
  const VImage gray = striped({{0, 128}, {200, 255}, {0, 0}}, 16, 16)
                          .copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_B_W));
  gray.write_to_file(path("in.png").c_str());
  ImageJob job = job_for(path("in.png"));
  job.background = {0, 0, 255};
  const ImageResult result = convert(job);
  EXPECT_THAT(result.notes, ElementsAre("flattened on #0000ff"));
  expect_near(pixel(path("out.jpg"), 8, 8), {0, 0, 127}, 1.5);
  expect_near(pixel(path("out.jpg"), 24, 8), {200, 200, 200}, 1);
  expect_near(pixel(path("out.jpg"), 40, 8), {0, 0, 255}, 1);
}

TEST_F(ImageConvert, ShrinkingMakesNoDarkFringeAroundTransparentParts) {
  // White beside transparent black: over white, all of it must stay white.
  striped({{255, 255, 255, 255}, {0, 0, 0, 0}}, 203, 101).write_to_file(path("in.png").c_str());
  ImageJob job = job_for(path("in.png"));
  job.max_size = {97, 97};
  convert(job);
  EXPECT_GE(VImage::new_from_file(path("out.jpg").c_str()).min(), 254);
}

// --- sizes --------------------------------------------------------------------------------------------------------

TEST_F(ImageConvert, FitsTheBoxAndIsNeverEnlarged) {
  striped({kRed, kBlue}, 1000, 1500).write_to_file(path("large.png").c_str());
  ImageJob job = job_for(path("large.png"));
  job.max_size = {1080, 1920};
  ImageResult result = convert(job);
  EXPECT_EQ((Size{result.width_px, result.height_px}), (Size{1080, 810}));
  striped({kRed, kBlue}, 50, 60).write_to_file(path("small.png").c_str());
  job.input = path("small.png");
  result = convert(job);
  EXPECT_EQ((Size{result.width_px, result.height_px}), (Size{100, 60}));
}

TEST_F(ImageConvert, CoversAreEnlargedToTheirLeastSize) {
  striped({kRed, kBlue}, 50, 60).write_to_file(path("small.png").c_str());
  ImageJob job = job_for(path("small.png"));
  job.max_size = {1920, 1080};
  job.min_size = {360, 360};
  const ImageResult result = convert(job);
  EXPECT_EQ((Size{result.width_px, result.height_px}), (Size{600, 360}));
  expect_near(pixel(path("out.jpg"), 100, 180), kRed, 3);
}

TEST_F(ImageConvert, ALargeJpegShrinksWithTheRightColours) {
  striped({kRed, kGreen, kBlue}, 1500, 2000).jpegsave(path("in.jpg").c_str(), VImage::option()->set("Q", 95));
  ImageJob job = job_for(path("in.jpg"));
  job.max_size = {250, 250};
  const ImageResult result = convert(job);
  EXPECT_EQ((Size{result.width_px, result.height_px}), (Size{250, 111}));
  expect_near(pixel(path("out.jpg"), 40, 50), kRed, 4);
  expect_near(pixel(path("out.jpg"), 125, 50), kGreen, 4);
  expect_near(pixel(path("out.jpg"), 210, 50), kBlue, 4);
}

// --- metadata -----------------------------------------------------------------------------------------------------

TEST_F(ImageConvert, NothingPrivateIsLeft) {
  const std::string dir = TOKPREP_MEDIA_OR_SKIP("image/");
  for (const char* name : {"heic-orientation-6.heic", "apple_gainmap_new.jpg", "jpg-24bit-icc-adobe-rgb.jpg"}) {
    for (const ImageFormat format : {ImageFormat::kJpeg, ImageFormat::kWebp}) {
      SCOPED_TRACE(name);
      ImageJob job = job_for(dir + name);
      job.max_size = {400, 400};
      job.format = format;
      job.quality = 80;
      convert(job);
      const auto info = probe_image({path("out.jpg")}, {});
      ASSERT_TRUE(info);
      EXPECT_EQ(info->container.format, name_of(format));
      EXPECT_THAT(info->private_metadata, IsEmpty());
      EXPECT_THAT(info->image->icc_name, IsEmpty());
      const std::string bytes = bytes_of(path("out.jpg"));
      for (const char* word : {"Exif", "GPS", "Apple", "iPhone", "Canon", "ns.adobe.com", "Photoshop", "MPF"}) {
        EXPECT_EQ(bytes.find(word), std::string::npos) << word;
      }
    }
  }
}

TEST_F(ImageConvert, KeepsMetadataWhenAskedButNotTheOrientation) {
  VImage tagged = striped({kRed, kBlue}, 40, 30).copy();
  tagged.set("exif-ifd0-Artist", "Jane (Jane, ASCII, 5 components, 5 bytes)");
  tagged.set("orientation", 6);
  tagged.jpegsave(path("in.jpg").c_str());
  ImageJob job = job_for(path("in.jpg"));
  job.keep_metadata = true;
  convert(job);
  const auto info = probe_image({path("out.jpg")}, {});
  ASSERT_TRUE(info);
  EXPECT_THAT(info->private_metadata, Contains(testing::Field(&PrivateTag::name, "exif Artist")));
  EXPECT_EQ(info->image->orientation, 1);
  EXPECT_EQ((Size{info->image->width_px, info->image->height_px}), (Size{30, 80}));
}

TEST_F(ImageConvert, KeepsTheMetadataOfAnAvifThatIsGone) {
  const std::string text(300, 'a');
  VImage tagged = striped({kRed, kBlue}, 40, 30).copy();
  tagged.set("exif-ifd0-Artist", (text + " (" + text + ", ASCII, 301 components, 301 bytes)").c_str());
  tagged.write_to_file(path("in.avif").c_str());
  ImageJob job = job_for(path("in.avif"));
  job.keep_metadata = true;
  convert(job);
  EXPECT_NE(bytes_of(path("out.jpg")).find(text), std::string::npos);
}

TEST_F(ImageConvert, DamagedExifIsNotKept) {
  VImage tagged = striped({kRed, kBlue}, 40, 30).copy();
  tagged.set("exif-ifd0-Artist", "Jane (Jane, ASCII, 5 components, 5 bytes)");
  tagged.jpegsave(path("whole.jpg").c_str());
  std::string bytes = bytes_of(path("whole.jpg"));
  const std::size_t exif = bytes.find("Exif");
  ASSERT_NE(exif, std::string::npos);
  bytes[exif + 6] = 'x';  // "II*" or "MM" as TIFF begins
  write_bytes(path("damaged.jpg"), bytes);
  for (const auto& [name, kept] : {std::pair{"whole.jpg", true}, std::pair{"damaged.jpg", false}}) {
    ImageJob job = job_for(path(name));
    job.format = ImageFormat::kWebp;
    job.keep_metadata = true;
    convert(job);
    const std::string webp = bytes_of(path("out.jpg"));
    EXPECT_EQ(webp.find("Jane") != std::string::npos, kept) << name;
    EXPECT_EQ(webp.find("Exif"), std::string::npos) << "JPEG's mark has no place in a WebP";
  }
}

TEST_F(ImageConvert, SaysWhichPageItTook) {
  const std::string dir = TOKPREP_MEDIA_OR_SKIP("image/");
  EXPECT_THAT(convert(job_for(dir + "g4-multi.tiff")).notes, Contains("first of 3 pages"));
  EXPECT_THAT(convert(job_for(dir + "TestImageAnimated.apng")).notes, Contains("first of 101 frames"));
  EXPECT_THAT(convert(job_for(dir + "rotating-squares.webp")).notes, Contains("first of 9 frames"));
}

// --- refused ------------------------------------------------------------------------------------------------------

TEST_F(ImageConvert, DamagedPicturesAreRefusedNotHalfDecoded) {
  const std::string dir = TOKPREP_MEDIA_OR_SKIP("broken/");
  for (const char* name : {"truncated.jpg", "truncated.png", "truncated.heic", "corrupt-header.jpg",
                           "fixture-corrupt.png", "empty.heic"}) {
    SCOPED_TRACE(name);
    const auto result = convert_image(job_for(dir + name), {});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kCorruptInput) << describe(result.error());
    EXPECT_EQ(result.error().file, dir + name);
    EXPECT_FALSE(std::filesystem::exists(path("out.jpg")));
  }
}

TEST_F(ImageConvert, EveryFormatCutInHalfIsRefused) {
  const VImage noise =
      VImage::gaussnoise(200, 200, VImage::option()->set("mean", 128.0)->set("sigma", 40.0)).cast(VIPS_FORMAT_UCHAR);
  for (const char* name : {"a.jpg", "a.png", "a.webp", "a.gif", "a.tif", "a.avif", "a.heic", "a.jxl"}) {
    SCOPED_TRACE(name);
    noise.write_to_file(path(name).c_str());
    const std::string whole = bytes_of(path(name));
    convert(job_for(path(name)));
    std::filesystem::remove(path("out.jpg"));
    write_bytes(path(name), std::string_view(whole).substr(0, whole.size() / 2));
    const auto result = convert_image(job_for(path(name)), {});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kCorruptInput) << describe(result.error());
    EXPECT_FALSE(std::filesystem::exists(path("out.jpg")));
  }
}

TEST_F(ImageConvert, AnOutputThatCannotBeWrittenIsSaidByType) {
  striped({kRed}, 16, 16).write_to_file(path("in.png").c_str());
  ImageJob job = job_for(path("in.png"));
  job.output = path("no/such/folder/out.jpg");
  EXPECT_EQ(convert_image(job, {}).error().code, ErrorCode::kOutputUnwritable);
  job.output = "/dev/full";
  EXPECT_EQ(convert_image(job, {}).error().code, ErrorCode::kNoSpace);
}

TEST_F(ImageConvert, AStopInTheMiddleEndsTheWork) {
  striped({kRed}, 3000, 3000).write_to_file(path("in.png").c_str());
  std::stop_source stop;
  RunContext run;
  run.stop = stop.get_token();
  run.progress = [&](const Progress&) { stop.request_stop(); };  // comes between decoding and encoding
  EXPECT_EQ(convert_image(job_for(path("in.png")), run).error().code, ErrorCode::kCancelled);
  EXPECT_FALSE(std::filesystem::exists(path("out.jpg")));
}

}  // namespace
}  // namespace tokprep::test
