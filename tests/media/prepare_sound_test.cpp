// Sound: loudness, tracks, silence, clipping, rates and layouts; measured by ffmpeg.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>

#include "base/json.h"
#include "tests/media/prepare_fixture.h"

namespace tokprep::test {
namespace {

using testing::HasSubstr;

/// What ffmpeg's own meter says.
struct Heard {
  double lufs = 0;
  double true_peak_dbtp = 0;
};

Heard listen(const std::filesystem::path& clip) {
  const std::string text = output_of(
      fmt::format("ffmpeg -nostdin -hide_banner -nostats -i '{}' -af ebur128=peak=true -f null - 2>&1", clip.string()));
  const auto after = [&](const char* label) {
    const std::size_t at = text.rfind(label);
    return at == std::string::npos ? 999.0 : std::strtod(text.c_str() + at + std::string(label).size(), nullptr);
  };
  return {after("I:"), after("Peak:")};
}

/// Share of the energy at this frequency, from 0 to 1 (Goertzel's way).
double tone_share(const std::vector<std::int16_t>& samples, double hz) {
  double re = 0, im = 0, all = 0;
  const std::size_t count = std::min<std::size_t>(samples.size(), 48000);
  for (std::size_t i = 0; i < count; ++i) {
    const double x = samples[i + (samples.size() - count) / 2];
    const double angle = 2 * M_PI * hz * static_cast<double>(i) / 48000;
    re += x * std::cos(angle);
    im += x * std::sin(angle);
    all += x * x;
  }
  return all == 0 ? 0 : 2 * (re * re + im * im) / (static_cast<double>(count) * all);
}

class PrepareSound : public PrepareFixture {
 protected:
  std::string notes() {
    const std::string text = output_of(fmt::format("cat '{}'/*.tokprep.json", out().string()));
    return Json::parse(text).at("assets").at(0).at("notes").dump();
  }
};

TEST_F(PrepareSound, LoudnessIsMet) {
  options_.loudness_lufs = -14;
  const auto source = make(
      compliant_picture() + "-f lavfi -i \"sine=f=997:r=48000:d=4,volume=0.4\" " + kH264 + kAac + kFast, "quiet.mp4");
  ASSERT_LT(listen(source).lufs, -20);
  const auto result = prepared(source);
  const auto output = media(result);
  EXPECT_EQ(result->plans.front().video.action, StreamAction::kCopy);
  EXPECT_NEAR(listen(output).lufs, -14, 0.3);
}

TEST_F(PrepareSound, LoudnessStopsAtTheTruePeak) {
  options_.loudness_lufs = -10;
  // A click in near silence: its peak allows no more than a little.
  const auto source = make(
      compliant_picture() +
          "-f lavfi -i \"aevalsrc='0.02*sin(2*PI*500*t)+if(between(t,2,2.01),0.5*sin(2*PI*1000*t),0)':s=48000:d=4\" " +
          kH264 + kAac + kFast,
      "click.mp4");
  const auto output = media(prepared(source));
  const Heard heard = listen(output);
  EXPECT_LE(heard.true_peak_dbtp, -0.5);
  EXPECT_GT(heard.true_peak_dbtp, -2.5);
  EXPECT_LT(heard.lufs, -12);
  EXPECT_THAT(notes(), HasSubstr("true peak"));
}

TEST_F(PrepareSound, SilenceIsReported) {
  const auto source = make(
      compliant_picture() + "-f lavfi -i anullsrc=r=48000:d=4 -t 4 " + kH264 + "-c:a ac3 -f matroska", "still.mkv");
  media(prepared(source));
  EXPECT_THAT(notes(), HasSubstr("silent from start to end"));
}

TEST_F(PrepareSound, ClippingIsReported) {
  const auto source =
      make(compliant_picture() + "-f lavfi -i \"aevalsrc='4*sin(2*PI*300*t)':s=48000:d=4,aformat=s16\" " + kH264 +
               "-c:a pcm_s16le",
           "loud.mov");
  media(prepared(source));
  EXPECT_THAT(notes(), HasSubstr("the sound is clipped"));
}

TEST_F(PrepareSound, OfChannelsWithoutAPlaceTheFirstTwoAreHeard) {
  const auto source = make(compliant_picture() + "-f lavfi -i \"aevalsrc='0.5*sin(2*PI*440*t)|0.5*sin(2*PI*440*t)" +
                               "|sin(2*PI*1760*t)|0|0|0|0|0|0|0':s=48000:d=4\" " + kH264 + "-c:a pcm_s16le",
                           "ten.mov");
  const auto output = media(prepared(source));
  EXPECT_EQ(ffprobe_value(output, "a:0", "stream=codec_name,channels"), "aac\n2");
  EXPECT_GT(tone_share(samples_of(output), 440), 0.9);
  EXPECT_THAT(notes(), HasSubstr("the first two of 10 channels"));
}

TEST_F(PrepareSound, ChosenTrackIsHeard) {
  const auto source = make(compliant_picture() +
                               "-f lavfi -i sine=f=440:r=48000:d=4 -f lavfi -i sine=f=1760:r=48000:d=4 "
                               "-map 0 -map 1 -map 2 " +
                               kH264 + kAac + kFast,
                           "two.mp4");
  EXPECT_GT(tone_share(samples_of(media(prepared(source))), 440), 0.9);
  options_.audio_track = 2;
  std::filesystem::remove_all(out());
  EXPECT_GT(tone_share(samples_of(media(prepared(source))), 1760), 0.9);
}

TEST_F(PrepareSound, SilenceIsAdded) {
  options_.silent_audio = true;
  const auto source = make(compliant_picture("30000/1001") + kH264 + kFast, "mute.mp4");
  const auto output = media(prepared(source));
  EXPECT_EQ(ffprobe_value(output, "a:0", "stream=codec_name,sample_rate,channels"), "aac\n48000\n2");
  EXPECT_NEAR(std::stod(ffprobe_value(output, "a:0", "stream=duration")),
              std::stod(ffprobe_value(output, "v:0", "stream=duration")), 0.001);
  EXPECT_EQ(frame_digests(output, "v:0"), frame_digests(source, "v:0"));
  for (const std::int16_t sample : samples_of(output)) ASSERT_EQ(sample, 0);
}

struct Layout {
  const char* name;
  const char* source;  // of the sound
  const char* encoder;
  const char* rate;
  const char* channels;
};

class SoundLayouts : public PrepareSound, public testing::WithParamInterface<Layout> {};

TEST_P(SoundLayouts, BecomeAac) {
  const Layout& layout = GetParam();
  const auto source = make(compliant_picture() + "-f lavfi -i \"" + layout.source + "\" " + kH264 + layout.encoder,
                           std::string(layout.name) + ".mkv");
  const auto output = media(prepared(source));
  EXPECT_EQ(ffprobe_value(output, "a:0", "stream=codec_name,profile,sample_rate,channels"),
            std::string("aac\nLC\n") + layout.rate + "\n" + layout.channels);
  EXPECT_NEAR(std::stod(ffprobe_value(output, "a:0", "stream=duration")), 4, 0.03);
  // AAC overshoots a full-scale tone by a trace; channels that simply added up would be 7 dB above.
  EXPECT_LE(listen(output).true_peak_dbtp, 0.5) << "a down-mix must not clip";
}

constexpr const char* kFullScale6 =
    "aevalsrc='sin(2*PI*500*t)|sin(2*PI*500*t)|sin(2*PI*500*t)|sin(2*PI*50*t)|sin(2*PI*500*t)|sin(2*PI*500*t)':c=5.1:s="
    "48000:d=4";
constexpr const char* kFullScale8 =
    "aevalsrc='sin(2*PI*500*t)|sin(2*PI*500*t)|sin(2*PI*500*t)|sin(2*PI*50*t)|sin(2*PI*500*t)|sin(2*PI*500*t)|sin(2*PI*"
    "500*t)|sin(2*PI*500*t)':c=7.1:s=48000:d=4";

INSTANTIATE_TEST_SUITE_P(All, SoundLayouts,
                         testing::Values(Layout{"surround", kFullScale6, "-c:a pcm_s16le", "48000", "2"},
                                         Layout{"surround71", kFullScale8, "-c:a flac", "48000", "2"},
                                         Layout{"mono8k", "sine=f=300:r=8000:d=4", "-c:a pcm_mulaw", "48000", "1"},
                                         Layout{"high96k", "sine=f=300:r=96000:d=4", "-ac 2 -c:a pcm_s24le", "48000",
                                                "2"},
                                         Layout{"cd", "sine=f=300:r=44100:d=4", "-ac 2 -c:a pcm_s16le", "44100", "2"}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tokprep::test
