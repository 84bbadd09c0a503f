// The least work: what complies is kept, what is in the wrong box is remuxed, decoded pictures stay identical.
#include <gmock/gmock.h>

#include "base/digest.h"
#include "base/file_descriptor.h"
#include "tests/media/prepare_fixture.h"

namespace tokprep::test {
namespace {

using testing::Contains;

class PrepareCopy : public PrepareFixture {
 protected:
  std::string digest(const std::filesystem::path& file) {
    return sha256_of_file(file, RunContext{}).value_or("unreadable");
  }
};

TEST_F(PrepareCopy, CompliantClipIsKeptByteForByte) {
  const auto source = make(compliant_picture() + tone() + kH264 + kAac + kFast, "city.mp4");
  const auto result = prepared(source);
  EXPECT_EQ(digest(media(result)), digest(source));
  EXPECT_EQ(result->plan_json["container"], "keep");
  EXPECT_EQ(result->plan_json["video"], "copy");
  EXPECT_EQ(result->plan_json["audio"], "copy");
  EXPECT_TRUE(std::filesystem::exists(out() / "city.cover.jpg"));
  EXPECT_TRUE(std::filesystem::exists(out() / "city.tokprep.json"));
}

TEST_F(PrepareCopy, IndexAtTheEndIsMovedWithoutTouchingThePicture) {
  const auto source = make(compliant_picture() + tone() + kH264 + kAac + "-fflags +bitexact", "last.mp4");
  const auto result = prepared(source);
  const auto output = media(result);
  EXPECT_THAT(result->plans.front().reasons, Contains("container.index_first"));
  EXPECT_EQ(probed(output).container.index, IndexPlace::kFirst);
  EXPECT_EQ(frame_digests(output, "v:0"), frame_digests(source, "v:0"));
  EXPECT_EQ(frame_digests(output, "a:0"), frame_digests(source, "a:0"));
}

TEST_F(PrepareCopy, MatroskaIsRemuxedAtItsExactRate) {
  const auto source = make(compliant_picture("30000/1001") + tone() + kH264 + kAac, "clip.mkv");
  const auto result = prepared(source);
  const auto output = media(result);
  EXPECT_EQ(result->plan_json["video"], "copy");
  EXPECT_EQ(frame_digests(output, "v:0"), frame_digests(source, "v:0"));
  const auto info = probed(output);
  EXPECT_EQ(info.chosen_video_stream()->timing.rate, (Rational{30000, 1001}));
  EXPECT_EQ(ffprobe_value(output, "v:0", "stream=r_frame_rate"), "30000/1001");
}

TEST_F(PrepareCopy, WrongSoundAloneIsEncoded) {
  const auto source = make(compliant_picture() + tone() + kH264 + "-c:a pcm_s16le -ac 2", "street.mov");
  const auto result = prepared(source);
  const auto output = media(result);
  EXPECT_EQ(result->plan_json["video"], "copy");
  EXPECT_EQ(result->plan_json["audio"], "encode");
  EXPECT_EQ(frame_digests(output, "v:0"), frame_digests(source, "v:0"));
  EXPECT_EQ(ffprobe_value(output, "a:0", "stream=codec_name,profile"), "aac\nLC");
}

TEST_F(PrepareCopy, MissingColourTagsAreWrittenWithoutEncoding) {
  const auto source = make(compliant_picture("30", "1280x720") + tone() +
                               "-c:v libx264 -preset ultrafast -profile:v high -pix_fmt yuv420p " + kAac + kFast,
                           "untagged.mp4");
  const auto result = prepared(source);
  const auto output = media(result);
  EXPECT_EQ(result->plan_json["video"], "copy");
  EXPECT_EQ(ffprobe_value(output, "v:0", "stream=color_range,color_space,color_transfer,color_primaries"),
            "tv\nbt709\nbt709\nbt709");
  EXPECT_EQ(frame_digests(output, "v:0"), frame_digests(source, "v:0"));
}

TEST_F(PrepareCopy, HevcIsKeptAndTaggedHvc1) {
  const auto source = make(
      compliant_picture() + tone() +
          "-c:v libx265 -x265-params log-level=none:colorprim=bt709:transfer=bt709:colormatrix=bt709:range=limited "
          "-preset ultrafast -pix_fmt yuv420p -tag:v hev1 " +
          kAac + kFast,
      "hevc.mp4");
  const auto result = prepared(source);
  const auto output = media(result);
  EXPECT_EQ(result->plan_json["video"], "copy");
  EXPECT_EQ(ffprobe_value(output, "v:0", "stream=codec_tag_string"), "hvc1");
  EXPECT_EQ(frame_digests(output, "v:0"), frame_digests(source, "v:0"));
}

TEST_F(PrepareCopy, PrivateMetadataIsGone) {
  const auto source =
      make(compliant_picture() + tone() + kH264 + kAac +
               "-movflags +faststart+use_metadata_tags -metadata location=+48.8577+002.295/ -metadata make=SecretMaker",
           "gps.mp4");
  const auto result = prepared(source);
  const auto output = media(result);
  EXPECT_THAT(result->plans.front().reasons, Contains("metadata.private"));
  const auto bytes = read_head(output, 100'000'000).value();
  EXPECT_EQ(bytes.find("48.8577"), std::string::npos);
  EXPECT_EQ(bytes.find("SecretMaker"), std::string::npos);
  EXPECT_NE(read_head(source, 100'000'000).value().find("48.8577"), std::string::npos);  // the source had it
  EXPECT_EQ(frame_digests(output, "v:0"), frame_digests(source, "v:0"));
}

TEST_F(PrepareCopy, FragmentedIsRemuxed) {
  const auto source =
      make(compliant_picture() + tone() + kH264 + kAac + "-movflags frag_keyframe+empty_moov", "frag.mp4");
  const auto result = prepared(source);
  const auto output = media(result);
  EXPECT_EQ(result->plan_json["video"], "copy");
  EXPECT_FALSE(probed(output).container.fragmented);
  EXPECT_EQ(frame_digests(output, "v:0"), frame_digests(source, "v:0"));
}

TEST_F(PrepareCopy, TransportStreamStartsAtZero) {
  const auto source = make(compliant_picture() + tone() + kH264 + kAac, "clip.ts");
  const auto result = prepared(source);
  const auto output = media(result);
  EXPECT_EQ(result->plan_json["video"], "copy");
  EXPECT_EQ(probed(output).start_us, 0);
  EXPECT_EQ(frame_digests(output, "v:0"), frame_digests(source, "v:0"));
}

}  // namespace
}  // namespace tokprep::test
