// The one-pass rewriter on files of real writers: against the source's decoded frames, and as other programs see it.
#include <gmock/gmock.h>

#include <cstdlib>
#include <functional>

#include "base/file_descriptor.h"
#include "codecs/av/rewrite_mp4.h"
#include "codecs/probe.h"
#include "codecs/transcode.h"
#include "tests/media/real_media.h"
#include "tests/support/clips.h"

namespace tokprep::test {
namespace {

using testing::HasSubstr;

class Rewrite : public testing::Test {
 protected:
  void SetUp() override {
    if (!have_ffmpeg()) GTEST_SKIP() << "no ffmpeg program to make clips with";
    silence_libav();
  }

  std::filesystem::path make(const std::string& arguments, const std::string& name) {
    return make_clip(folder_, arguments, name);
  }

  static MediaInfo facts(const std::filesystem::path& file) {
    auto info = probe_video({file.string()}, RunContext{});
    EXPECT_TRUE(info) << (info ? "" : info.error().message);
    return info.value_or(MediaInfo{});
  }

  /// What the planner asks for when both streams are kept.
  TranscodeJob job_for(const std::filesystem::path& source, const std::string& output = "out.mp4") {
    const MediaInfo info = facts(source);
    TranscodeJob job;
    job.input = source.string();
    job.output = (folder_.path() / output).string();
    job.video.action = StreamAction::kCopy;
    job.video.stream_index = info.chosen_video_stream()->index;
    job.video.frame_rate = info.chosen_video_stream()->timing.rate.value_or(Rational{30, 1});
    job.video.colour = {"tv", "bt709", "bt709", "bt709", "left"};
    job.start_us = info.chosen_video_stream()->start_us.value_or(0);
    if (const AudioStreamInfo* audio = info.chosen_audio_stream()) {
      job.audio.action = StreamAction::kCopy;
      job.audio.stream_index = audio->index;
    }
    return job;
  }

  /// Rewrites and holds the output against its source; a failing test where the job is declined.
  std::filesystem::path rewritten(const std::filesystem::path& source, bool decode = true) {
    const TranscodeJob job = job_for(source);
    const auto result = av::rewrite_mp4(job, RunContext{});
    EXPECT_TRUE(result && *result) << source << (result ? " was declined" : ": " + result.error().message);
    if (!result || !*result) return {};
    expect_same_media(source, job, decode);
    const std::filesystem::path output = job.output;
    EXPECT_EQ((*result)->size_bytes, std::filesystem::file_size(output));
    EXPECT_EQ(std::to_string((*result)->video_frames_out), ffprobe_value(output, "v:0", "stream=nb_frames"));
    return output;
  }

  void expect_same_media(const std::filesystem::path& source, const TranscodeJob& job, bool decode) {
    const std::string video = std::to_string(job.video.stream_index), audio = std::to_string(job.audio.stream_index);
    EXPECT_EQ(packet_digests(job.output, "v:0"), packet_digests(source, video)) << source;
    if (job.audio.action == StreamAction::kCopy) {
      EXPECT_EQ(packet_digests(job.output, "a:0"), packet_digests(source, audio)) << source;
    }
    if (decode) {
      EXPECT_EQ(frame_digests(job.output, "v:0"), frame_digests(source, video)) << source;
      EXPECT_EQ(output_of("ffmpeg -nostdin -v error -i '" + job.output + "' -f null - 2>&1"), "") << source;
    }
    EXPECT_EQ(output_of("ffprobe -v error -show_packets '" + job.output + "' 2>&1 >/dev/null"), "") << source;
    const MediaInfo info = facts(job.output);
    EXPECT_EQ(info.container.index, IndexPlace::kFirst);
    EXPECT_FALSE(info.container.edit_lists) << source;
    EXPECT_TRUE(info.private_metadata.empty()) << source;
    EXPECT_EQ(info.chosen_video_stream()->start_us, 0) << source;
  }

  /// Digests of coded packets, as they are in the file.
  static std::string packet_digests(const std::filesystem::path& clip, const std::string& stream) {
    return output_of("ffmpeg -nostdin -v error -i '" + clip.string() + "' -map 0:" + stream +
                     " -c copy -f framemd5 - | grep -v '^#' | awk '{print $6}' | tr -d ,");
  }

  /// Presentation times of packets, in seconds, in decoding order.
  static std::string times(const std::filesystem::path& clip, const std::string& stream) {
    return ffprobe_value(clip, stream, "packet=pts_time");
  }

  TempFolder folder_;
};

const std::string kPicture =
    "-f lavfi -i testsrc2=s=360x640:r=30:d=3 -f lavfi -i sine=frequency=440:sample_rate=48000:duration=3 ";
const std::string kH264 = "-c:v libx264 -preset ultrafast -bf 2 -g 30 -pix_fmt yuv420p ";
const std::string kAac = "-c:a aac -b:a 96k -ac 2 ";

TEST_F(Rewrite, IndexLastWithReorderedFramesAndTheirEdit) {
  const auto source = make(kPicture + kH264 + kAac, "last.mp4");
  const auto output = rewritten(source);
  EXPECT_EQ(times(output, "v:0"), times(source, "v:0"));
  EXPECT_EQ(times(output, "a:0"), times(source, "a:0"));
  EXPECT_EQ(samples_of(output), samples_of(source));
  // The general way takes the short one where it can.
  const TranscodeJob job = job_for(source, "general.mp4");
  ASSERT_TRUE(transcode(job, RunContext{}));
  EXPECT_EQ(read_head(job.output, 10'000'000).value(), read_head(output, 10'000'000).value());
}

TEST_F(Rewrite, QuickTimeWithItsOwnSoundEntry) {
  const auto source = make(kPicture + kH264 + kAac, "clip.mov");
  ASSERT_THAT(read_head(source, 10'000'000).value(), HasSubstr("wave"));
  const auto output = rewritten(source);
  const std::string bytes = read_head(output, 10'000'000).value();
  EXPECT_EQ(bytes.find("wave"), std::string::npos);
  EXPECT_EQ(samples_of(output), samples_of(source));
  EXPECT_EQ(ffprobe_value(output, "a:0", "stream=codec_name,profile,channels,sample_rate"), "aac\nLC\n48000\n2");
  EXPECT_EQ(times(output, "v:0"), times(source, "v:0"));
}

TEST_F(Rewrite, OtherTracksAndAllMetadataGo) {
  const auto titles = folder_.file("titles.srt", "1\n00:00:00,500 --> 00:00:02,000\nSekret place\n");
  const auto source =
      make(kPicture + "-i titles.srt -map 0 -map 1 -map 1 -map 2 " + kH264 + kAac +
               "-c:s mov_text -metadata location=+48.8577+002.295/ -metadata make=Sekret -metadata title=Sekret "
               "-metadata:s:v handler_name=Sekret -metadata:s:v encoder=Sekret -metadata creation_time=2020-02-02 "
               "-movflags +use_metadata_tags",
           "private.mov");
  ASSERT_THAT(read_head(source, 10'000'000).value(), HasSubstr("Sekret"));
  const auto output = rewritten(source);
  const std::string bytes = read_head(output, 10'000'000).value();
  EXPECT_EQ(bytes.find("Sekret"), std::string::npos);
  EXPECT_EQ(bytes.find("48.8577"), std::string::npos);
  EXPECT_EQ(output_of("ffprobe -v error -show_entries stream=codec_type -of csv=p=0 '" + output.string() + "'"),
            "video\naudio\n");
  EXPECT_EQ(output_of("ffprobe -v error -show_entries format_tags=creation_time,location,make -of csv=p=0 '" +
                      output.string() + "' | tr -d '\\n'"),
            "");
}

TEST_F(Rewrite, SoundThatBeginsEarlyOrLateStaysInSync) {
  // Without an edit list the reordered picture begins two frames after the sound.
  const auto early = make(kPicture + kH264 + kAac + "-use_editlist 0", "early.mp4");
  const MediaInfo info = facts(early);
  ASSERT_GT(*info.chosen_video_stream()->start_us, *info.chosen_audio_stream()->start_us);
  const auto output = rewritten(early);
  const std::int64_t lead = *info.chosen_video_stream()->start_us - *info.chosen_audio_stream()->start_us;
  const std::vector<std::int16_t> before = samples_of(early), after = samples_of(output);
  // What was heard under the picture's first frame is still heard there.
  const auto skipped = static_cast<std::size_t>(lead * 48 / 1000);
  ASSERT_GT(after.size(), 100'000U);
  ASSERT_GE(before.size(), skipped + 100'000);
  EXPECT_EQ(std::vector(after.begin() + 50'000, after.begin() + 100'000),
            std::vector(before.begin() + 50'000 + std::ptrdiff_t(skipped),
                        before.begin() + 100'000 + std::ptrdiff_t(skipped)));
  // Sound half a second late needs silence: not by copying.
  const auto late = make(
      "-f lavfi -i testsrc2=s=360x640:r=30:d=3 -itsoffset 0.5 -f lavfi -i "
      "sine=frequency=440:sample_rate=48000:duration=2 " +
          kH264 + kAac,
      "late.mp4");
  const auto declined = av::rewrite_mp4(job_for(late), RunContext{});
  ASSERT_TRUE(declined);
  EXPECT_FALSE(*declined);
}

TEST_F(Rewrite, CoarseClockBecomesTheExactRate) {
  const auto source =
      make("-f lavfi -i testsrc2=s=360x640:r=30000/1001:d=3 " + kH264 + "-video_track_timescale 600", "coarse.mov");
  const auto output = rewritten(source);
  EXPECT_EQ(ffprobe_value(output, "v:0", "stream=r_frame_rate,avg_frame_rate"), "30000/1001\n30000/1001");
}

TEST_F(Rewrite, HevcIsHvc1) {
  const auto source = make(
      "-f lavfi -i testsrc2=s=360x640:r=30:d=1 -c:v libx265 -x265-params log-level=none "
      "-preset ultrafast -pix_fmt yuv420p -tag:v hev1",
      "hevc.mp4");
  EXPECT_EQ(ffprobe_value(rewritten(source), "v:0", "stream=codec_tag_string"), "hvc1");
}

TEST_F(Rewrite, OtherInterleavingsAndSizesOfChunks) {
  for (const char* how : {"-max_interleave_delta 0 -movflags +faststart", "-chunk_duration 1000000"}) {
    const auto source = make(kPicture + kH264 + kAac + how, "chunks.mp4");
    EXPECT_EQ(samples_of(rewritten(source)), samples_of(source)) << how;
  }
}

TEST_F(Rewrite, MediaInfoSeesAnOrdinaryFile) {
  if (std::system("mediainfo --version >/dev/null 2>&1") == 127 << 8) GTEST_SKIP() << "no mediainfo program";
  const auto output = rewritten(make(kPicture + kH264 + kAac, "clip.mov"));
  const auto seen = [&](const std::string& kind, const std::string& values) {
    return output_of("mediainfo --Output='" + kind + ";" + values + "' '" + output.string() + "'");
  };
  EXPECT_EQ(seen("General", "%Format%|%IsStreamable%|%Encoded_Date%|%Encoded_Application%"), "MPEG-4|Yes||\n");
  EXPECT_EQ(seen("Video", "%CodecID%|%FrameRate_Mode%|%FrameRate%|%Width%x%Height%|%Encoded_Date%"),
            "avc1|CFR|30.000|360x640|\n");
  EXPECT_EQ(seen("Audio", "%CodecID%|%SamplingRate%|%Channels%"), "mp4a-40-2|48000|2\n");
}

TEST_F(Rewrite, JobsThatChangeAnythingAreLeftToTheMuxer) {
  const auto source = make(kPicture + kH264 + kAac, "clip.mp4");
  const std::vector<std::function<void(TranscodeJob&)>> changes{
      [](TranscodeJob& job) { job.end_us = 1'000'000; },
      [](TranscodeJob& job) { job.hold_to_us = 4'000'000; },
      [](TranscodeJob& job) { job.loop_to_us = 6'000'000; },
      [](TranscodeJob& job) { job.keep_metadata = true; },
      [](TranscodeJob& job) { job.video.tag_bt709 = true; },
      [](TranscodeJob& job) { job.start_us = 500'000; },
      [](TranscodeJob& job) { job.seek = true; },
      [](TranscodeJob& job) { job.compare = true; },
      [](TranscodeJob& job) { job.video.stream_index = 7; },
      [](TranscodeJob& job) { job.input += ".missing"; },
      [](TranscodeJob& job) { job.audio.action = StreamAction::kEncode; },
      [](TranscodeJob& job) { job.video.action = StreamAction::kEncode; }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    TranscodeJob job = job_for(source);
    changes[i](job);
    const auto result = av::rewrite_mp4(job, RunContext{});
    ASSERT_TRUE(result) << i;
    EXPECT_FALSE(*result) << i;
    EXPECT_FALSE(std::filesystem::exists(job.output)) << i;
  }
}

/// The demuxer's and muxer's output of the same job: keeping the metadata is what sends it there.
TranscodeJob by_the_muxer(TranscodeJob job) {
  job.keep_metadata = true;
  job.output += ".muxer.mp4";
  return job;
}

class RewriteReal : public Rewrite, public testing::WithParamInterface<std::pair<const char*, bool>> {};

TEST_P(RewriteReal, IsWhatTheMuxerMakesOfIt) {
  const auto source = media_folder() / "video" / GetParam().first;
  if (!std::filesystem::exists(source)) GTEST_SKIP() << "no real media here: " << media_folder();
  const auto output = rewritten(source, GetParam().second);
  const TranscodeJob muxed = by_the_muxer(job_for(source));
  const auto result = transcode(muxed, RunContext{});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(times(output, "v:0"), times(muxed.output, "v:0"));
  EXPECT_EQ(packet_digests(output, "v:0"), packet_digests(muxed.output, "v:0"));
}

// Whether to decode as well: not where that alone takes seconds.
INSTANTIATE_TEST_SUITE_P(
    Media, RewriteReal,
    testing::Values(std::pair("Butterfly-209.mp4", false), std::pair("big_buck_bunny_480p_10s_std.mp4", true),
                    std::pair("max-heromode.mp4", true), std::pair("sample_video.mp4", true),
                    std::pair("sample_shorter_audio.mp4", true), std::pair("silent-black-10s.mp4", true),
                    std::pair("video-h265.mp4", false), std::pair("video_with_rectangular_samples.mp4", true),
                    std::pair("testMP4Video.mp4", true), std::pair("video_without_audio_stream.mp4", true),
                    std::pair("bbb_800x640_768kbps_30fps_avc_2b_firstpts_10_sec.mp4", true),
                    std::pair("hlg10-color-test.mp4", true)),
    [](const auto& row) {
      std::string name = row.param.first;
      std::ranges::replace_if(
          name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
      return name;
    });

TEST_F(Rewrite, ALongRealClip) {
  const auto source = media_folder() / "video" / "long_1080p_lowbitrate.mp4";
  if (!std::filesystem::exists(source)) GTEST_SKIP() << "no real media here: " << media_folder();
  const TranscodeJob job = job_for(source);
  const auto result = av::rewrite_mp4(job, RunContext{});
  ASSERT_TRUE(result && *result);
  for (const char* stream : {"v:0", "a:0"}) {
    EXPECT_EQ(packet_digests(job.output, stream), packet_digests(source, stream));
    EXPECT_EQ(times(job.output, stream), times(source, stream));
  }
}

}  // namespace
}  // namespace tokprep::test
