// Full encodes, judged by ffprobe and by decoded pixels and samples.
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

#include "base/json.h"
#include "tests/media/prepare_fixture.h"

namespace tokprep::test {
namespace {

class PrepareEncode : public PrepareFixture {
 protected:
  void expect_near(Pixel seen, Pixel wanted, int tolerance, const std::string& what) {
    EXPECT_NEAR(seen.r, wanted.r, tolerance) << what;
    EXPECT_NEAR(seen.g, wanted.g, tolerance) << what;
    EXPECT_NEAR(seen.b, wanted.b, tolerance) << what;
  }
  /// Four quarters: red, green over blue, yellow.
  static std::string quarters(const std::string& size,
                              const std::string& more = ",scale=out_color_matrix=bt709,format=yuv420p") {
    // One frame is computed and shown for 3.2 s: geq is slow.
    return "-f lavfi -i \"color=red:s=" + size +
           ":d=0.03:r=30,format=gbrp,"
           "geq=r='255*(lt(X,W/2)*lt(Y,H/2)+gte(X,W/2)*gte(Y,H/2))':g='255*gte(X,W/2)':b='255*lt(X,W/2)*gte(Y,H/"
           "2)',loop=95:1" +
           more + "\" ";
  }
};

TEST_F(PrepareEncode, OutputIsWhatTheHeadersPromise) {
  const auto output =
      media(prepared(make(compliant_picture("25", "320x240") + tone() + "-c:v mpeg4 -c:a mp3", "old.avi")));
  EXPECT_EQ(ffprobe_value(output, "v:0", "stream=codec_name,profile,pix_fmt,field_order"),
            "h264\nHigh\nyuv420p\nprogressive");
  EXPECT_EQ(ffprobe_value(output, "v:0", "stream=sample_aspect_ratio"), "1:1");
  EXPECT_EQ(ffprobe_value(output, "v:0", "stream=r_frame_rate,avg_frame_rate"), "25/1\n25/1");
  EXPECT_EQ(ffprobe_value(output, "v:0", "stream=color_range,color_space,color_transfer,color_primaries"),
            "tv\nbt709\nbt709\nbt709");
  EXPECT_EQ(ffprobe_value(output, "a:0", "stream=codec_name,profile,sample_rate"), "aac\nLC\n48000");
  EXPECT_EQ(ffprobe_value(output, "v:0", "format=start_time"), "0.000000");
}

TEST_F(PrepareEncode, PaddedCentredOnBlack) {
  const auto output = media(prepared(make(quarters("480x480") + kH264 + kFast, "square.mp4")));
  const auto picture = Picture::of(output);
  ASSERT_EQ(picture.width() * 16, picture.height() * 9);
  expect_near(picture.at(picture.width() / 2, 10), {0, 0, 0}, 2, "bar on top");
  expect_near(picture.at(picture.width() / 2, picture.height() - 10), {0, 0, 0}, 2, "bar below");
  expect_near(picture.at(picture.width() / 4, picture.height() / 2 - 60), {255, 0, 0}, 6, "upper left");
  expect_near(picture.at(picture.width() * 3 / 4, picture.height() / 2 - 60), {0, 255, 0}, 6, "upper right");
  expect_near(picture.at(picture.width() / 4, picture.height() / 2 + 60), {0, 0, 255}, 6, "lower left");
}

/// ffmpeg's `rotate` tag, which it writes as a counter-clockwise turn, and where the red upper left quarter is then
/// seen.
struct Turn {
  int degrees;
  bool red_left;
  bool red_top;
};

class PrepareTurned : public PrepareEncode, public testing::WithParamInterface<Turn> {};

TEST_P(PrepareTurned, ComesOutUpright) {
  const Turn turn = GetParam();
  make(quarters("640x360") + kH264 + kFast, "lying.mp4");
  const auto source = make(fmt::format("-i lying.mp4 -c copy -metadata:s:v:0 rotate={}", turn.degrees), "turned.mp4");
  const auto output = media(prepared(source));
  const auto picture = Picture::of(output);
  const bool lying = turn.degrees == 180;
  EXPECT_EQ(picture.width() > picture.height(), lying);
  const int x = turn.red_left ? picture.width() / 4 : picture.width() * 3 / 4;
  const int y = turn.red_top ? picture.height() / 4 : picture.height() * 3 / 4;
  const Pixel seen = picture.at(x, y);
  EXPECT_GT(seen.r, 230);
  EXPECT_LT(seen.g, 30);
  EXPECT_EQ(probed(output).chosen_video_stream()->rotation_deg, 0);
}

INSTANTIATE_TEST_SUITE_P(All, PrepareTurned,
                         testing::Values(Turn{90, true, false}, Turn{180, false, false}, Turn{270, false, true}));

TEST_F(PrepareEncode, NonSquarePixelsBecomeSquare) {
  const auto output = media(prepared(make(
      quarters("720x480", ",scale=out_color_matrix=bt709,format=yuv420p,setsar=32/27") + kH264 + kFast, "dvd.mp4")));
  EXPECT_EQ(ffprobe_value(output, "v:0", "stream=sample_aspect_ratio"), "1:1");
  const auto picture = Picture::of(output);
  EXPECT_NEAR(static_cast<double>(picture.width()) / picture.height(), 16.0 / 9.0, 0.001);
}

TEST_F(PrepareEncode, FullRangeAndBt601ComeOutTheSameColour) {
  const std::string filter = ",scale=out_range=pc:out_color_matrix=bt601,format=yuv420p";
  const auto source = make(quarters("640x360", filter) +
                               "-c:v libx264 -preset ultrafast -color_range pc -colorspace smpte170m -color_primaries "
                               "smpte170m -color_trc smpte170m " +
                               kFast,
                           "full.mp4");
  const auto picture = Picture::of(media(prepared(source)));
  expect_near(picture.at(100, 100), {255, 0, 0}, 6, "red");
  expect_near(picture.at(500, 100), {0, 255, 0}, 6, "green");
  expect_near(picture.at(100, 300), {0, 0, 255}, 6, "blue");
  expect_near(picture.at(500, 300), {255, 255, 0}, 6, "yellow");
}

TEST_F(PrepareEncode, HdrWhiteIsBrightAndNeutral) {
  // A 203 cd/m2 white and a 20 cd/m2 grey in PQ: 10-bit codes 572 and 312 of full scale, limited range.
  const auto source = make(
      "-f lavfi -i "
      "\"color=black:s=640x360:d=3.2:r=30,format=yuv420p10le,geq=lum='if(lt(X,W/2),573,320)':cb=512:cr=512\" "
      "-c:v libx265 -x265-params log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:range=limited "
      "-preset ultrafast -pix_fmt yuv420p10le -tag:v hvc1 -color_primaries bt2020 -color_trc smpte2084 -colorspace "
      "bt2020nc " +
          kFast,
      "hdr.mp4");
  const auto result = prepared(source);
  const auto picture = Picture::of(media(result));
  const Pixel white = picture.at(100, 180);
  const Pixel grey = picture.at(540, 180);
  EXPECT_GT(white.g, 195);  // neither washed out nor dark
  EXPECT_LT(white.g, 250);
  EXPECT_LT(std::abs(white.r - white.b), 5);
  EXPECT_GT(white.g - grey.g, 70);
  EXPECT_LT(std::abs(grey.r - grey.b), 5);
  EXPECT_EQ(probed(media(result)).chosen_video_stream()->hdr, HdrKind::kSdr);
}

TEST_F(PrepareEncode, VariableRateBecomesConstant) {
  const auto source =
      make("-f lavfi -i testsrc2=s=640x360:r=30:d=4 -vf \"select='not(eq(mod(n,7),3))'\" -vsync vfr " + kH264 + kFast,
           "vfr.mp4");
  const auto output = media(prepared(source));
  EXPECT_EQ(ffprobe_value(output, "v:0", "stream=r_frame_rate,avg_frame_rate"), "30/1\n30/1");
  EXPECT_EQ(probed(output).chosen_video_stream()->timing.frames, 120);
}

TEST_F(PrepareEncode, HighRateIsHalvedEvenly) {
  const auto source = make("-f lavfi -i testsrc2=s=640x360:r=120:d=3.5 " + kH264 + kFast, "slow.mp4");
  const auto output = media(prepared(source));
  EXPECT_EQ(ffprobe_value(output, "v:0", "stream=r_frame_rate"), "60/1");
  EXPECT_EQ(probed(output).chosen_video_stream()->timing.frames, 210);
}

TEST_F(PrepareEncode, InterlacedIsMadeProgressive) {
  const auto source = make(
      "-f lavfi -i testsrc2=s=640x480:r=50:d=3.2 -vf tinterlace=interleave_top -c:v mpeg2video -flags +ilme+ildct -top "
      "1 -b:v 4M",
      "field.mpg");
  EXPECT_EQ(ffprobe_value(media(prepared(source)), "v:0", "stream=field_order"), "progressive");
}

TEST_F(PrepareEncode, OddSidesAndAChangeOfSizeInTheMiddle) {
  make("-f lavfi -i testsrc2=s=322x242:r=30:d=2 -c:v mpeg2video -q:v 3", "a.ts");
  make("-f lavfi -i testsrc2=s=642x482:r=30:d=2 -c:v mpeg2video -q:v 3", "b.ts");
  const auto source = make("-i 'concat:a.ts|b.ts' -c copy", "both.ts");
  EXPECT_GE(probed(media(prepared(source))).chosen_video_stream()->timing.frames, 115);
  media(prepared(make("-f lavfi -i testsrc2=s=361x641:r=30:d=3.2,format=yuv444p -c:v ffv1", "odd.mkv")));
}

TEST_F(PrepareEncode, SurroundIsMixedDownWithoutClipping) {
  const auto source =
      make(compliant_picture() +
               "-f lavfi -i \"sine=440:r=48000:d=4,volume=18dB,pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0\" " + kH264 +
               "-c:a aac -b:a 384k " + kFast,
           "surround.mp4");
  const auto output = media(prepared(source));
  EXPECT_EQ(ffprobe_value(output, "a:0", "stream=channels"), "2");
  int at_full_scale = 0;
  for (const std::int16_t sample : samples_of(output))
    at_full_scale += std::abs(static_cast<int>(sample)) >= 32767 ? 1 : 0;
  EXPECT_EQ(at_full_scale, 0);
}

TEST_F(PrepareEncode, SoundThatBeginsLaterStaysLater) {
  make("-f lavfi -i sine=440:r=48000:d=3 -c:a pcm_s16le", "tone.wav");
  const auto source = make(compliant_picture() + "-itsoffset 0.5 -i tone.wav " + kH264 + "-c:a pcm_s16le", "late.mov");
  const auto samples = samples_of(media(prepared(source)));
  std::size_t first = 0;
  while (first < samples.size() && std::abs(static_cast<int>(samples[first])) < 400) ++first;
  EXPECT_NEAR(static_cast<double>(first) / 48000.0, 0.5, 0.02);
}

TEST_F(PrepareEncode, TooShortIsRefusedAndHeldOnRequest) {
  const auto source = make("-f lavfi -i testsrc2=s=640x360:r=30:d=1 " + tone(1) + kH264 + kAac + kFast, "short.mp4");
  const auto refused = prepared(source);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kNotCompliant);
  EXPECT_EQ(refused.error().rule, "video.duration_min");
  EXPECT_EQ(to_text(refused.error().measured), "1");
  EXPECT_EQ(to_text(refused.error().limit), "3");
  EXPECT_EQ(refused.error().unit, "s");
  EXPECT_NE(refused.error().fix.find("--too-short hold"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(out() / "short.mp4"));
  options_.too_short = TooShort::kHold;
  const auto info = probed(media(prepared(source)));
  EXPECT_GE(*info.duration_us, 3'000'000);
  EXPECT_LT(*info.duration_us, 3'300'000);
}

TEST_F(PrepareEncode, TooLongIsRefusedAndTrimmedOnRequest) {
  rules_ = *built_in_rules().with_overrides({{"video.duration_max", 6}});  // ten minutes would take a while
  const auto source = make("-f lavfi -i testsrc2=s=640x360:r=24:d=8 " + tone(8) + kH264 + kAac + kFast, "long.mp4");
  const auto refused = prepared(source);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().rule, "video.duration_max");
  options_.too_long = TooLong::kTrim;
  const auto info = probed(media(prepared(source)));
  EXPECT_LE(*info.duration_us, 6'000'000);
  EXPECT_GT(*info.duration_us, 5'700'000);
}

}  // namespace
}  // namespace tokprep::test
