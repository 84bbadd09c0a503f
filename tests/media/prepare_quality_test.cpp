// Size and likeness that are asked for, and damage that is too much.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/json.h"
#include "tests/media/prepare_fixture.h"

namespace tokprep::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class PrepareQuality : public PrepareFixture {
 protected:
  Json record() {
    return Json::parse(output_of(fmt::format("cat '{}'/*.tokprep.json", out().string()))).at("assets").at(0);
  }

  void override_rules(const nlohmann::json& values) {
    auto rules = rules_.with_overrides(values);
    ASSERT_TRUE(rules);
    rules_ = *rules;
  }

  /// Noise is what codecs cannot shrink.
  fs::path noisy(const std::string& name) {
    return make("-f lavfi -i \"testsrc2=s=360x640:r=30:d=5,noise=alls=60:allf=t\" -c:v mpeg4 -q:v 2 -pix_fmt yuv420p",
                name);
  }
};

TEST_F(PrepareQuality, LikenessIsWhatFfmpegMeasures) {
  const auto source = make(
      "-f lavfi -i \"testsrc2=s=360x640:r=30:d=4,noise=alls=20:allf=t\" -c:v ffv1 -pix_fmt yuv420p "
      "-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv",
      "plain.mkv");
  const auto output = media(prepared(source));
  const Json likeness = record().at("likeness");
  EXPECT_EQ(likeness.at("samples"), 10);
  const std::string log =
      output_of(fmt::format("ffmpeg -nostdin -hide_banner -i '{}' -i '{}' -lavfi "
                            "'[0:v]settb=1/30,setpts=N[a];[1:v]settb=1/30,setpts=N[b];[a][b]ssim' "
                            "-f null - 2>&1 | grep -o 'Y:[0-9.]*' | tail -1",
                            output.string(), source.string()));
  const double measured = std::stod(log.substr(2));
  // Ten frames stand for all 120 of them.
  EXPECT_NEAR(likeness.at("ssim_mean").get<double>(), measured, 0.006);
  EXPECT_LE(likeness.at("ssim_min").get<double>(), likeness.at("ssim_mean").get<double>());
}

TEST_F(PrepareQuality, LikenessAskedForIsReached) {
  const auto source = make("-f lavfi -i testsrc2=s=360x640:r=30:d=5 -c:v mpeg4 -q:v 2 -pix_fmt yuv420p", "plain.avi");
  media(prepared(source));
  const double before = record().at("likeness").at("ssim_min");
  fs::remove_all(out());
  options_.min_ssim = before + (1 - before) / 4;
  media(prepared(source));
  EXPECT_GE(record().at("likeness").at("ssim_min").get<double>(), *options_.min_ssim);
  EXPECT_THAT(record().at("notes").dump(), HasSubstr("encoded again at CRF"));
}

TEST_F(PrepareQuality, LikenessThatCannotBeReachedIsAnError) {
  options_.min_ssim = 1;
  const auto result = prepared(noisy("noise.avi"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kNotCompliant);
  EXPECT_EQ(to_text(result.error().limit), "1");
  EXPECT_THAT(result.error().fix, HasSubstr("--min-ssim"));
  EXPECT_FALSE(fs::exists(out() / "noise.mp4"));
}

TEST_F(PrepareQuality, SizeLimitIsAlwaysMet) {
  override_rules({{"media.size_max", 700'000.0}});
  const auto source = noisy("noise.avi");
  ASSERT_GT(fs::file_size(source), 1'000'000);
  const auto output = media(prepared(source));
  EXPECT_LE(fs::file_size(output), 700'000);
  EXPECT_GT(fs::file_size(output), 500'000) << "the room there is should be used";
  for (const auto& entry : fs::directory_iterator(out())) {
    EXPECT_THAT(entry.path().filename().string(), testing::StartsWith("noise.")) << "left over";
  }
}

/// Every 30th packet's middle is overwritten.
void damage(const fs::path& clip, std::size_t every_bytes) {
  std::fstream file(clip, std::ios::in | std::ios::out | std::ios::binary);
  const std::string junk(300, '\x5A');
  const auto size = fs::file_size(clip);
  for (std::uint64_t at = size / 4; at + junk.size() < size * 3 / 4; at += every_bytes) {
    file.seekp(static_cast<std::streamoff>(at));
    file.write(junk.data(), static_cast<std::streamsize>(junk.size()));
  }
}

TEST_F(PrepareQuality, SmallDamageIsPassedOverAndTold) {
  const auto source = make("-f lavfi -i testsrc2=s=360x640:r=30:d=6 -c:v mpeg2video -q:v 3 -g 12 -f mpegts", "hurt.ts");
  damage(source, fs::file_size(source));  // once
  const auto output = media(prepared(source));
  EXPECT_NEAR(std::stod(ffprobe_value(output, "v:0", "stream=duration")), 6, 0.1);
  EXPECT_THAT(record().at("notes").dump(), HasSubstr("damaged:"));
}

TEST_F(PrepareQuality, TooMuchDamageIsRefusedWithTheFigures) {
  const auto source = make("-f lavfi -i testsrc2=s=360x640:r=30:d=6 -c:v mpeg2video -q:v 3 -g 12 -f mpegts", "hurt.ts");
  damage(source, 15'000);
  const auto result = prepared(source);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kCorruptInput);
  EXPECT_EQ(result.error().unit, "s");
  EXPECT_THAT(result.error().fix, HasSubstr("--max-loss"));
  options_.max_loss = {6, 0};
  EXPECT_TRUE(prepared(source));
}

TEST_F(PrepareQuality, DamageToSoundThatIsKeptIsTheSourcesFault) {
  const auto source =
      make("-f lavfi -i testsrc2=s=360x640:r=30:d=4 " + tone() + "-c:v mpeg4 -q:v 3 " + kAac, "hurt.mp4");
  std::istringstream places(ffprobe_value(source, "a:0", "packet=pos"));
  std::string place;
  for (int i = 0; i < 40; ++i) places >> place;
  std::fstream file(source, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(std::stoll(place));
  file << std::string(40, '\xFF');
  file.close();
  const auto result = prepared(source);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kCorruptInput) << describe(result.error());
  EXPECT_EQ(result.error().file, source.string());
  EXPECT_EQ(result.error().unit, "packets");
  options_.loudness_lufs = -14;
  EXPECT_TRUE(prepared(source));
}

TEST_F(PrepareQuality, LittleDamageToAPictureThatIsKeptIsPassedOver) {
  const auto source = make(compliant_picture() + tone() + kH264 + "-c:a pcm_s16le", "hurt.mov");
  damage(source, fs::file_size(source));  // once
  EXPECT_TRUE(prepared(source));
  options_.max_loss = {0, 0};
  const auto result = prepared(source, true);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kCorruptInput) << describe(result.error());
  EXPECT_THAT(result.error().fix, HasSubstr("--max-loss"));
}

TEST_F(PrepareQuality, EncoderThatIsNoEncoderIsRefusedByName) {
  options_.encoder = "h264_warp";
  const auto result = prepared(noisy("noise.avi"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kUnsupportedInput);
  EXPECT_THAT(result.error().message, HasSubstr("h264_warp"));
}

TEST_F(PrepareQuality, KeptVideoMayBeALink) {
  options_.link = true;
  const auto source = make(compliant_picture() + tone() + kH264 + kAac + kFast, "fine.mp4");
  const auto output = media(prepared(source));
  EXPECT_TRUE(fs::equivalent(source, output));
  EXPECT_EQ(fs::hard_link_count(source), 2);
  // Done again, without and with: the source stays what it is.
  const auto size_bytes = fs::file_size(source);
  for (const bool link : {true, false}) {
    options_.link = link;
    ASSERT_TRUE(prepared(source, true));
    EXPECT_EQ(fs::file_size(source), size_bytes);
  }
  EXPECT_EQ(fs::hard_link_count(source), 1);
  EXPECT_EQ(std::distance(fs::directory_iterator(out()), {}), 3) << "media, cover and certificate, nothing left over";
}

}  // namespace
}  // namespace tokprep::test
