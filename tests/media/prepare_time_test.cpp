// Time: loops, trims and splits, rates, and sound that stays with the picture.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/media/prepare_fixture.h"

namespace tokprep::test {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class PrepareTime : public PrepareFixture {
 protected:
  void limit_to(double seconds) {
    auto rules = rules_.with_overrides({{"video.duration_max", seconds}});
    ASSERT_TRUE(rules);
    rules_ = *rules;
  }

  static std::vector<fs::path> media_of(const Result<Prepared>& result) {
    std::vector<fs::path> files;
    EXPECT_TRUE(result) << (result ? "" : describe(result.error()));
    if (!result) return files;
    for (const OutputFile& output : result->outputs) {
      if (output.role == "media") files.emplace_back(output.path);
    }
    return files;
  }

  static std::vector<std::string> frames_of(const fs::path& clip) { return lines_of(frame_digests(clip, "v:0")); }
};

/// Where in a clip sounds begin after silence, in seconds.
std::vector<double> onsets(const std::vector<std::int16_t>& samples) {
  constexpr int kLoud = 4000, kQuietFor = 12000;  // a quarter of a second
  std::vector<double> found;
  int quiet = kQuietFor;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (std::abs(samples[i]) < kLoud) {
      ++quiet;
      continue;
    }
    if (quiet >= kQuietFor) found.push_back(static_cast<double>(i) / 48000);
    quiet = 0;
  }
  return found;
}

/// When the upper left corner turns white, in seconds.
std::vector<double> flashes(const fs::path& clip) {
  const std::string rate = ffprobe_value(clip, "v:0", "stream=r_frame_rate");
  const double fps = std::stod(rate) / std::stod(rate.substr(rate.find('/') + 1));
  const std::string grey = output_of(fmt::format(
      "ffmpeg -nostdin -v error -i '{}' -vf crop=32:32:0:0,scale=1:1:flags=area -pix_fmt gray -f rawvideo -",
      clip.string()));
  std::vector<double> found;
  for (std::size_t i = 0; i < grey.size(); ++i) {
    const bool white = static_cast<unsigned char>(grey[i]) > 128;
    const bool before = i > 0 && static_cast<unsigned char>(grey[i - 1]) > 128;
    if (white && !before) found.push_back(static_cast<double>(i) / fps);
  }
  return found;
}

void expect_together(const fs::path& clip, std::size_t count, double tolerance_s) {
  const auto seen = flashes(clip);
  const auto heard = onsets(samples_of(clip));
  ASSERT_EQ(seen.size(), count);
  ASSERT_EQ(heard.size(), count);
  for (std::size_t i = 0; i < count; ++i) EXPECT_NEAR(heard[i], seen[i], tolerance_s) << "flash " << i;
}

/// A flash of 100 ms and a beep together, half a second into every second.
std::string beeps(const std::string& rate, double seconds, const std::string& size = "360x640") {
  return fmt::format(
      "-f lavfi -i \"color=black:s={2}:r={0}:d={1},drawbox=x=0:y=0:w=iw/5:h=iw/5:color=white:t=fill:enable="
      "'between(mod(t,1),0.4999,0.5999)',format=yuv420p\" "
      "-f lavfi -i \"aevalsrc='if(between(mod(t,1),0.5,0.6),sin(2*PI*1000*t),0)':s=48000:d={1}\" ",
      rate, seconds, size);
}

// Damaged times: the last second of the picture comes four days later.
TEST_F(PrepareTime, SilenceIsMadeForNoLongerThanTheVideoIsToLast) {
  limit_to(5);
  options_.silent_audio = true;
  options_.too_long = TooLong::kTrim;
  options_.max_loss = {1e6, 1};
  const auto source =
      make(compliant_picture() + kH264 + "-bf 0 -bsf:v \"setts=ts='if(gte(N,90),TS+400000/TB,TS)'\"", "leap.mp4");
  const auto output = media(prepared(source));
  EXPECT_NEAR(std::stod(ffprobe_value(output, "a:0", "stream=duration")), 5, 0.1);
}

TEST_F(PrepareTime, LoopRepeatsEveryFrameInOrder) {
  options_.too_short = TooShort::kLoop;
  const auto source = make(compliant_picture("30", "360x640", 1.2) + tone(1.2) + kH264 + kAac + kFast, "short.mp4");
  const auto output = media(prepared(source));
  ASSERT_EQ(ffprobe_value(output, "v:0", "stream=nb_frames"), "108");
  EXPECT_EQ(ffprobe_value(output, "v:0", "stream=duration"), "3.600000");
  const double sound = std::stod(ffprobe_value(output, "a:0", "stream=duration"));
  EXPECT_NEAR(sound, 3.6, 0.025);
  // Encoding is lossy, so turns are compared by how alike their frames are.
  for (const int frame : {0, 17, 35}) {
    const auto first = Picture::of(output, std::max(0.0, (frame - 0.4) / 30));
    const auto third = Picture::of(output, (frame + 72 - 0.4) / 30);
    for (const int x : {40, 180, 300}) {
      EXPECT_NEAR(first.at(x, 300).g, third.at(x, 300).g, 12) << "frame " << frame << " at " << x;
    }
  }
}

TEST_F(PrepareTime, LoopedSoundStaysWithThePicture) {
  options_.too_short = TooShort::kLoop;
  const auto source = make(beeps("30", 1) + kH264 + kAac + kFast, "beep.mp4");
  expect_together(media(prepared(source)), 4, 0.034);
}

TEST_F(PrepareTime, ASingleFrameIsShownForAsLongAsTheSoundLasts) {
  const auto source =
      make("-f lavfi -i testsrc2=s=360x640:r=25:d=0.04 " + tone(5) + kH264 + "-c:a pcm_s16le", "one.mkv");
  const auto output = media(prepared(source));
  EXPECT_EQ(ffprobe_value(output, "v:0", "stream=nb_frames"), "150");
  EXPECT_EQ(ffprobe_value(output, "v:0", "stream=r_frame_rate"), "30/1");
  EXPECT_NEAR(std::stod(ffprobe_value(output, "v:0", "stream=duration")), 5, 0.034);
  EXPECT_NEAR(std::stod(ffprobe_value(output, "a:0", "stream=duration")), 5, 0.034);
  for (const int x : {40, 180, 300}) {
    EXPECT_NEAR(Picture::of(output, 4.9).at(x, 300).g, Picture::of(output, 0).at(x, 300).g, 12) << "at " << x;
  }
}

// Slides: the last one's duration is a frame of the rate that somebody made up. It stays as long as the others.
TEST_F(PrepareTime, TheLastOfFewFramesStaysAsLongAsTheOthers) {
  const auto source = make("-f lavfi -i testsrc2=s=360x640:r=25:d=6 " + tone(5) +
                               "-vf \"select='not(mod(n,50))'\" -vsync vfr " + kH264 + kAac,
                           "slides.mkv");
  ASSERT_EQ(probed(source).video.front().timing.frames, 3);
  const auto output = media(prepared(source));
  EXPECT_NEAR(std::stod(ffprobe_value(output, "v:0", "stream=duration")), 6, 0.05);
  EXPECT_NEAR(std::stod(ffprobe_value(output, "a:0", "stream=duration")), 5, 0.05);
}

TEST_F(PrepareTime, TrimKeepsTheFramesItKeeps) {
  limit_to(5);
  options_.too_long = TooLong::kTrim;
  const auto source = make(beeps("30", 9) + kH264 + kAac + kFast, "long.mp4");
  const auto result = prepared(source);
  const auto output = media(result);
  ASSERT_EQ(result->plans.front().video.action, StreamAction::kCopy);
  const auto whole = frames_of(source);
  const auto kept = frames_of(output);
  // Up to a group of B-frames is lost against 4.9 s.
  ASSERT_LE(kept.size(), 147);
  ASSERT_GE(kept.size(), 143);
  EXPECT_TRUE(std::equal(kept.begin(), kept.end(), whole.begin())) << "a kept frame differs from the source's";
  expect_together(output, 5, 0.034);
}

TEST_F(PrepareTime, TrimmedEncodeEndsOnTheFrame) {
  limit_to(5);
  options_.too_long = TooLong::kTrim;
  const auto output = media(prepared(make(beeps("30", 9) + "-c:v mpeg4 -q:v 3 -c:a pcm_s16le", "long.avi")));
  EXPECT_EQ(ffprobe_value(output, "v:0", "stream=nb_frames"), "147");
  EXPECT_NEAR(std::stod(ffprobe_value(output, "a:0", "stream=duration")), 4.9, 0.022);
}

TEST_F(PrepareTime, EncodedPartsAreTheWholeInOrder) {
  limit_to(5);
  options_.too_long = TooLong::kSplit;
  const auto parts = media_of(prepared(make(beeps("25", 12) + "-c:v mpeg4 -q:v 3 -c:a pcm_s16le", "long.avi")));
  ASSERT_EQ(parts.size(), 3);
  EXPECT_EQ(parts[1].filename(), "long.part2.mp4");
  int frames = 0;
  for (const fs::path& part : parts) {
    frames += std::stoi(ffprobe_value(part, "v:0", "stream=nb_frames"));
    expect_together(part, 4, 0.041);
    EXPECT_TRUE(fs::exists(fs::path(part).replace_extension(".cover.jpg")));
  }
  EXPECT_EQ(frames, 300);
}

TEST_F(PrepareTime, CopiedPartsAreTheSourcesFrames) {
  limit_to(200);
  options_.too_long = TooLong::kSplit;
  make("-f lavfi -i testsrc2=s=360x640:r=25:d=11 " + kH264 + "-bf 0 -g 50 -keyint_min 50 -sc_threshold 0 " + kFast,
       "turn.mp4");
  const auto source = make("-stream_loop 29 -i turn.mp4 -c copy " + kFast, "long.mp4");
  const auto result = prepared(source);
  const auto parts = media_of(result);
  ASSERT_EQ(parts.size(), 2);
  EXPECT_EQ(result->plans.front().video.action, StreamAction::kCopy);
  std::vector<std::string> joined;
  for (const fs::path& part : parts) {
    const auto frames = frames_of(part);
    joined.insert(joined.end(), frames.begin(), frames.end());
  }
  EXPECT_EQ(joined, frames_of(source));
}

TEST_F(PrepareTime, SlowAndFastRatesComeOutExact) {
  struct Case {
    const char* from;
    const char* to;
  };
  for (const Case& c :
       {Case{"24000/1001", "24000/1001"}, Case{"24", "24/1"}, Case{"25", "25/1"}, Case{"30000/1001", "30000/1001"},
        Case{"30", "30/1"}, Case{"50", "50/1"}, Case{"60000/1001", "60000/1001"}, Case{"60", "60/1"},
        Case{"90", "45/1"}, Case{"120", "60/1"}, Case{"240", "60/1"}, Case{"12", "24/1"}, Case{"15", "30/1"}}) {
    std::string name = c.from;
    std::ranges::replace(name, '/', '_');
    const auto output = media(prepared(
        make(fmt::format("-f lavfi -i testsrc2=s=192x108:r={}:d=3.6 -c:v mpeg4 -q:v 2", c.from), name + ".mkv")));
    EXPECT_EQ(ffprobe_value(output, "v:0", "stream=r_frame_rate"), c.to) << c.from;
    EXPECT_EQ(ffprobe_value(output, "v:0", "stream=avg_frame_rate"), c.to) << c.from;
  }
}

TEST_F(PrepareTime, VariableRateStaysInSyncForTenMinutes) {
  // 30 fps with two of five frames left out, but for the flashes.
  const auto source =
      make(beeps("30", 600, "90x160") +
               "-vf \"select='between(mod(t,1),0.45,0.65)+not(mod(n,5))+not(mod(n-2,5))+not(mod(n-3,5))'\" "
               "-vsync vfr -enc_time_base 1:90000 " +
               kH264 + kAac + kFast,
           "vfr.mp4");
  ASSERT_FALSE(probed(source).chosen_video_stream()->timing.constant);
  options_.too_long = TooLong::kTrim;
  const auto output = media(prepared(source));
  EXPECT_TRUE(probed(output).chosen_video_stream()->timing.constant);
  expect_together(output, 600, 0.034);  // a frame
}

TEST_F(PrepareTime, OffsetsBetweenStreamsStay) {
  for (const char* delay : {"0.4", "-0.3"}) {
    make(beeps("30", 6) + kH264 + kAac, "both.mp4");
    // The sound is moved against the picture, and moved back where it is played.
    const auto source = make(
        fmt::format("-i both.mp4 -itsoffset {} -i both.mp4 -map 0:v -map 1:a -c copy ", delay) + kFast, "offset.mp4");
    const auto output = media(prepared(source));
    const auto seen = flashes(output);
    const auto heard = onsets(samples_of(output));
    ASSERT_GE(seen.size(), 5);
    ASSERT_GE(heard.size(), 5);
    double nearest = 1;
    for (const double at : heard) {
      const double apart = at - seen[2] - std::stod(delay);
      if (std::abs(apart) < std::abs(nearest)) nearest = apart;
    }
    EXPECT_NEAR(nearest, 0, 0.034) << delay;
    fs::remove_all(out());
  }
}

TEST_F(PrepareTime, TransportStreamWithWrappingClockIsOnePiece) {
  // 33 bits at 90 kHz end after 95443.7 s: this one starts two seconds before.
  const auto source = make(
      beeps("25", 6) + "-c:v libx264 -preset ultrafast -g 25 -c:a aac -output_ts_offset 95441.5 -f mpegts", "wrap.ts");
  const auto output = media(prepared(source));
  EXPECT_NEAR(std::stod(ffprobe_value(output, "v:0", "stream=duration")), 6, 0.05);
  expect_together(output, 6, 0.041);
}

}  // namespace
}  // namespace tokprep::test
