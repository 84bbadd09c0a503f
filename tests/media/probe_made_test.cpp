#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/file_descriptor.h"
#include "codecs/probe.h"
#include "tests/support/temp_folder.h"

namespace tokprep {
namespace {

using testing::Contains;
using testing::HasSubstr;

constexpr double kTickUs = 1001;  // a millisecond clock and our own rounding

/// Clips made on purpose with the ffmpeg program.
class ProbeMade : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("ffmpeg -version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no ffmpeg program to make clips with";
  }

  /// Runs ffmpeg in the test's folder; the last argument names the clip.
  std::filesystem::path make(const std::string& arguments, const std::string& name) {
    const std::string command =
        fmt::format("cd '{}' && ffmpeg -nostdin -v error -y {} '{}'", folder_.path().string(), arguments, name);
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    return folder_.path() / name;
  }

  MediaInfo probed(const std::filesystem::path& clip) {
    auto info = probe_video({clip.string()}, {});
    EXPECT_TRUE(info) << (info ? "" : info.error().message);
    return info.value_or(MediaInfo{});
  }

  std::filesystem::path cut_to(const std::filesystem::path& clip, double part) {
    const auto bytes = read_head(clip, 100'000'000).value();
    return folder_.file("cut.mp4", bytes.substr(0, static_cast<std::size_t>(static_cast<double>(bytes.size()) * part)));
  }

  /// The same clip with x' = a x + c y, y' = b x + d y in its track header.
  std::filesystem::path with_matrix(const std::filesystem::path& clip, int a, int b, int c, int d) {
    std::string bytes = read_head(clip, 100'000'000).value();
    const auto matrix = bytes.find("tkhd") + 4 + 40;  // after version, times, id, duration, layer and volume
    const auto put = [&](std::size_t place, int whole) {
      const std::string fixed_point = {whole < 0 ? '\xFF' : '\0', static_cast<char>(whole), '\0', '\0'};
      bytes.replace(matrix + place * 4, 4, fixed_point);
    };
    put(0, a);
    put(1, b);
    put(3, c);
    put(4, d);
    return folder_.file("turned.mp4", bytes);
  }

  static std::string picture(const char* rate, double seconds) {
    return fmt::format("-f lavfi -i testsrc2=s=160x120:r={}:d={} ", rate, seconds);
  }
  static std::string sound(double seconds) { return fmt::format("-f lavfi -i sine=d={}:r=48000 ", seconds); }

  test::TempFolder folder_;
};

const std::string kH264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p ";

TEST_F(ProbeMade, PlainMp4) {
  const auto info =
      probed(make(picture("25", 2) + sound(2) + kH264 + "-bf 2 -g 25 -c:a aac -movflags +faststart", "plain.mp4"));
  EXPECT_EQ(info.container.format, "mp4");
  EXPECT_EQ(info.container.index, IndexPlace::kFirst);
  EXPECT_FALSE(info.container.edit_lists);
  EXPECT_EQ(info.container.samples_outside_file, 0);
  ASSERT_NE(info.chosen_video_stream(), nullptr);
  const auto& video = *info.chosen_video_stream();
  EXPECT_EQ(video.codec, "h264");
  EXPECT_EQ(video.tag, "avc1");
  EXPECT_EQ(video.timing.frames, 50);
  EXPECT_EQ(*video.timing.rate, (Rational{25, 1}));
  EXPECT_TRUE(video.timing.constant);
  EXPECT_EQ(video.timing.longest_key_gap_us, 1'000'000);
  EXPECT_EQ(video.start_us, 0);
  EXPECT_EQ(video.duration_us, 2'000'000);
  EXPECT_EQ(info.chosen_audio_stream()->start_us, 0);
  EXPECT_TRUE(info.private_metadata.empty());
}

TEST_F(ProbeMade, RotationSwapsTheSides) {
  const auto info = probed(with_matrix(make(picture("25", 1) + kH264, "flat.mp4"), 0, 1, -1, 0));
  const auto& video = *info.chosen_video_stream();
  EXPECT_EQ(video.rotation_deg, 90);
  EXPECT_FALSE(video.mirrored);
  EXPECT_EQ(video.coded_width_px, 160);
  EXPECT_EQ(video.width_px, 120);
  EXPECT_EQ(video.height_px, 160);
}

TEST_F(ProbeMade, AMirrorInTheMatrixIsSeen) {
  const auto info = probed(with_matrix(make(picture("25", 1) + kH264, "flat.mp4"), -1, 0, 0, 1));
  EXPECT_TRUE(info.chosen_video_stream()->mirrored);
  EXPECT_EQ(info.chosen_video_stream()->rotation_deg, 0);
  EXPECT_EQ(info.chosen_video_stream()->width_px, 160);
}

TEST_F(ProbeMade, NarrowAndWidePixelsBecomeSquare) {
  const auto info = probed(make(picture("25", 1) + kH264 + "-vf setsar=3/2", "wide.mp4"));
  EXPECT_EQ(info.chosen_video_stream()->sample_aspect, (Rational{3, 2}));
  EXPECT_EQ(info.chosen_video_stream()->width_px, 240);
  EXPECT_EQ(info.chosen_video_stream()->height_px, 120);
}

TEST_F(ProbeMade, PixelsThatAreNearlySquareCountAsSuch) {
  const auto info = probed(make(picture("25", 1) + kH264 + "-vf setsar=r=1215/1216:max=2000", "cropped.mp4"));
  EXPECT_EQ(info.chosen_video_stream()->sample_aspect, (Rational{1, 1}));
  EXPECT_EQ(info.chosen_video_stream()->width_px, 160);
  EXPECT_THAT(info.notes, testing::Contains(testing::HasSubstr("1215:1216")));
  const auto wider = probed(make(picture("25", 1) + kH264 + "-vf setsar=r=101/100:max=2000", "wider.mp4"));
  EXPECT_EQ(wider.chosen_video_stream()->sample_aspect, (Rational{101, 100}));
}

TEST_F(ProbeMade, DroppedFramesAreVariable) {
  const auto info =
      probed(make(picture("30", 3) + "-vf \"select='not(eq(mod(n,10),3))'\" -vsync vfr " + kH264, "drops.mp4"));
  const auto& timing = info.chosen_video_stream()->timing;
  EXPECT_EQ(timing.frames, 81);
  EXPECT_FALSE(timing.constant);
  EXPECT_EQ(*timing.rate, (Rational{30, 1}));
  EXPECT_EQ(timing.shortest_gap_us, 33'333);
  EXPECT_EQ(timing.longest_gap_us, 66'667);
}

TEST_F(ProbeMade, MatroskasMillisecondsAreStillNtsc) {
  const auto info = probed(make(picture("30000/1001", 4) + kH264, "ntsc.mkv"));
  EXPECT_EQ(info.container.format, "matroska");
  const auto& timing = info.chosen_video_stream()->timing;
  EXPECT_TRUE(timing.constant);
  EXPECT_EQ(*timing.rate, (Rational{30000, 1001}));
  EXPECT_EQ(timing.shortest_gap_us, 33'000);
  EXPECT_EQ(timing.longest_gap_us, 34'000);
}

TEST_F(ProbeMade, MillisecondsRemuxedToMp4AreStillConstant) {
  make(picture("60", 3) + kH264, "sixty.mkv");
  const auto info = probed(make("-i sixty.mkv -c copy", "sixty.mp4"));
  EXPECT_TRUE(info.chosen_video_stream()->timing.constant);
  EXPECT_EQ(*info.chosen_video_stream()->timing.rate, (Rational{60, 1}));
}

TEST_F(ProbeMade, FragmentsAreReadPacketByPacket) {
  const auto info =
      probed(make(picture("25", 3) + kH264 + "-g 25 -movflags frag_keyframe+empty_moov", "fragments.mp4"));
  EXPECT_TRUE(info.container.fragmented);
  EXPECT_EQ(info.chosen_video_stream()->timing.frames, 75);
  EXPECT_EQ(*info.chosen_video_stream()->timing.rate, (Rational{25, 1}));
  EXPECT_EQ(info.chosen_video_stream()->duration_us, 3'000'000);
}

TEST_F(ProbeMade, ACutWithoutReencodingLeavesAnEditList) {
  make(picture("25", 4) + sound(4) + kH264 + "-g 50 -c:a aac", "long.mp4");
  const auto info = probed(make("-ss 1 -i long.mp4 -c copy", "edited.mp4"));
  EXPECT_TRUE(info.container.edit_lists);
  EXPECT_EQ(info.chosen_video_stream()->timing.frames, 75);
  EXPECT_NEAR(static_cast<double>(*info.duration_us), 3e6, 25'000);
}

TEST_F(ProbeMade, TransportStreamsStartLate) {
  const auto info = probed(make(picture("25", 2) + sound(2) + kH264 + "-c:a aac", "late.ts"));
  EXPECT_EQ(info.container.format, "mpegts");
  EXPECT_NEAR(static_cast<double>(*info.start_us), 1.4e6, 0.1e6);
  EXPECT_EQ(info.chosen_video_stream()->timing.frames, 50);
  EXPECT_EQ(*info.chosen_video_stream()->timing.rate, (Rational{25, 1}));
  EXPECT_EQ(info.chosen_video_stream()->duration_us, 2'000'000);
  EXPECT_FALSE(info.container.header_duration_us);
}

TEST_F(ProbeMade, AClockThatWrapsIsFollowed) {
  // The 33 bits of a transport stream's clock run over after 95,443.7 s.
  const auto info =
      probed(make(picture("25", 6) + sound(6) + kH264 + "-bf 2 -c:a aac -output_ts_offset 95440", "wraps.ts"));
  const auto& timing = info.chosen_video_stream()->timing;
  EXPECT_EQ(timing.frames, 150);
  EXPECT_TRUE(timing.constant);
  EXPECT_EQ(info.chosen_video_stream()->duration_us, 6'000'000);
  EXPECT_NEAR(static_cast<double>(*info.duration_us), 6e6, 60'000);
}

TEST_F(ProbeMade, ProgramStreamsWithReordering) {
  const auto info = probed(make(picture("25", 2) + sound(2) + "-c:v mpeg2video -bf 2 -c:a mp2", "tape.mpg"));
  EXPECT_EQ(info.container.format, "mpegps");
  EXPECT_EQ(info.chosen_video_stream()->codec, "mpeg2video");
  EXPECT_EQ(info.chosen_video_stream()->timing.frames, 50);
  EXPECT_TRUE(info.chosen_video_stream()->timing.constant);
  EXPECT_EQ(*info.chosen_video_stream()->timing.rate, (Rational{25, 1}));
}

TEST_F(ProbeMade, AviHasDecodingTimesOnly) {
  const auto info = probed(make(picture("24", 2) + "-c:v mpeg4 -bf 2", "old.avi"));
  EXPECT_EQ(info.container.format, "avi");
  EXPECT_EQ(info.chosen_video_stream()->timing.frames, 48);
  EXPECT_TRUE(info.chosen_video_stream()->timing.constant);
  EXPECT_EQ(*info.chosen_video_stream()->timing.rate, (Rational{24, 1}));
  EXPECT_EQ(info.chosen_video_stream()->duration_us, 2'000'000);
}

TEST_F(ProbeMade, HiddenReferenceFramesAreNotCounted) {
  const auto clip =
      make(picture("30", 3) + "-c:v libvpx -b:v 300k -auto-alt-ref 1 -lag-in-frames 16 -arnr-maxframes 5", "alt.webm");
  const auto info = probed(clip);
  EXPECT_EQ(info.container.format, "webm");
  EXPECT_EQ(info.chosen_video_stream()->timing.frames, 90);
  EXPECT_TRUE(info.chosen_video_stream()->timing.constant);
  EXPECT_EQ(*info.chosen_video_stream()->timing.rate, (Rational{30, 1}));
}

TEST_F(ProbeMade, WebmAlphaComesWithThePackets) {
  const std::string clear = "-f lavfi -i color=red@0.5:s=64x64:r=10:d=1,format=yuva420p ";
  EXPECT_TRUE(
      probed(make(clear + "-c:v libvpx -auto-alt-ref 0 -pix_fmt yuva420p", "clear.webm")).chosen_video_stream()->alpha);
  const std::string claims = "-metadata:s:v alpha_mode=1 ";
  EXPECT_FALSE(probed(make(picture("10", 1) + "-c:v libvpx " + claims, "claims.webm")).chosen_video_stream()->alpha);
}

TEST_F(ProbeMade, ACutFileWithItsIndexInFrontIsMeasuredByWhatIsThere) {
  const auto whole = make(picture("25", 4) + sound(4) + kH264 + "-g 25 -c:a aac -movflags +faststart", "whole.mp4");
  const auto info = probed(cut_to(whole, 0.5));
  EXPECT_GT(info.container.samples_outside_file.value_or(0), 50);
  EXPECT_NEAR(static_cast<double>(*info.container.header_duration_us), 4e6, 50'000);
  EXPECT_LT(*info.duration_us, 3'000'000);
  EXPECT_LT(*info.chosen_video_stream()->timing.frames, 80);
  EXPECT_THAT(info.notes, Contains(HasSubstr("the file is cut off")));
}

TEST_F(ProbeMade, ACutFileWithItsIndexBehindIsCorrupt) {
  const auto whole = make(picture("25", 2) + kH264, "whole.mp4");
  const auto info = probe_video({cut_to(whole, 0.5).string()}, {});
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, ErrorCode::kCorruptInput);
  EXPECT_THAT(info.error().message, HasSubstr("no index (moov box)"));
  EXPECT_THAT(info.error().file, HasSubstr("cut.mp4"));
}

TEST_F(ProbeMade, ACutMatroskaIsMeasuredByWhatIsThere) {
  const auto whole = make(picture("25", 4) + kH264 + "-g 10", "whole.mkv");
  const auto info = probed(cut_to(whole, 0.5));
  EXPECT_GT(*info.duration_us, 1'000'000);
  EXPECT_LT(*info.duration_us, 3'000'000);
  EXPECT_THAT(info.notes, Contains(HasSubstr("the header declares 4 s")));
}

TEST_F(ProbeMade, CoversAreNotVideo) {
  make(picture("25", 1) + "-frames:v 1", "cover.jpg");
  make(picture("25", 1) + kH264, "clip.mp4");
  const auto info =
      probed(make("-i cover.jpg -i clip.mp4 -map 0 -map 1 -c copy -disposition:v:0 attached_pic", "covered.mp4"));
  ASSERT_EQ(info.video.size(), 1U);
  EXPECT_EQ(info.chosen_video_stream()->codec, "h264");
  ASSERT_EQ(info.other.size(), 1U);
  EXPECT_EQ(info.other.front().kind, OtherStreamKind::kAttachedPicture);
}

TEST_F(ProbeMade, TheStreamThatLastsIsChosenBeforeTheLargeOne) {
  const std::string large = "-f lavfi -i testsrc2=s=640x480:r=25:d=0.04 ";
  const auto info = probed(make(large + picture("25", 2) + "-map 0 -map 1 " + kH264, "motion.mp4"));
  ASSERT_EQ(info.video.size(), 2U);
  EXPECT_EQ(info.chosen_video, 1);
  EXPECT_THAT(info.notes, Contains(HasSubstr("2 video streams; stream 1 is used (50 frames in 2 s)")));
}

TEST_F(ProbeMade, TheDefaultStreamsAreChosen) {
  const std::string both = picture("25", 1) + picture("25", 1) + sound(1) + sound(1) + "-map 0 -map 1 -map 2 -map 3 ";
  const std::string second = "-disposition:v:0 0 -disposition:v:1 default -disposition:a:0 0 -disposition:a:1 default ";
  const auto info = probed(make(both + kH264 + "-c:a aac " + second, "second.mkv"));
  EXPECT_EQ(info.chosen_video, 1);
  EXPECT_EQ(info.chosen_audio, 1);
  EXPECT_EQ(info.chosen_audio_stream()->index, 3);
}

TEST_F(ProbeMade, HdrAndColourTagsAreRead) {
  const std::string tags = "-color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc -color_range tv ";
  const auto info =
      probed(make(picture("25", 1) + "-c:v libx264 -preset ultrafast -pix_fmt yuv420p10le " + tags, "hdr.mp4"));
  const auto& video = *info.chosen_video_stream();
  EXPECT_EQ(video.hdr, HdrKind::kPq);
  EXPECT_EQ(video.bit_depth, 10);
  EXPECT_EQ(video.colour.primaries, "bt2020");
  EXPECT_EQ(video.colour.transfer, "smpte2084");
  EXPECT_EQ(video.colour.matrix, "bt2020nc");
  EXPECT_EQ(video.colour.range, "tv");
}

TEST_F(ProbeMade, PrivateTagsOfMatroska) {
  const std::string tags = "-metadata location=+27-80/ -metadata MAKE=Acme -metadata artist=Ann -metadata title=Beach ";
  const auto info = probed(make(picture("25", 1) + kH264 + tags, "tags.mkv"));
  std::vector<PrivateKind> kinds;
  for (const auto& tag : info.private_metadata) kinds.push_back(tag.kind);
  EXPECT_THAT(kinds, testing::UnorderedElementsAre(PrivateKind::kGps, PrivateKind::kDevice, PrivateKind::kOwner));
}

TEST_F(ProbeMade, SoundAloneHasNoChosenVideo) {
  const auto info = probed(make(sound(2) + "-c:a libopus", "voice.webm"));
  EXPECT_EQ(info.chosen_video, -1);
  ASSERT_NE(info.chosen_audio_stream(), nullptr);
  EXPECT_EQ(info.chosen_audio_stream()->codec, "opus");
  EXPECT_NEAR(static_cast<double>(*info.start_us), 0, kTickUs);
  EXPECT_NEAR(static_cast<double>(*info.duration_us), 2e6, 7 * kTickUs);
  EXPECT_THAT(info.notes, Contains(HasSubstr("no video stream")));
}

TEST(ProbeRefuses, WhatIsNoMedia) {
  const test::TempFolder folder;
  const auto error_of = [](const std::filesystem::path& path) {
    const auto info = probe_video({path.string()}, {});
    return info ? Error{} : info.error();
  };
  const Error text = error_of(folder.file("streams.mp4", "{\n  \"streams\": [\n    {\"index\": 0}\n  ]\n}\n"));
  EXPECT_EQ(text.code, ErrorCode::kUnsupportedInput);
  EXPECT_THAT(text.message, HasSubstr("streams.mp4: not a media file"));
  const Error empty = error_of(folder.file("empty.mp4", ""));
  EXPECT_EQ(empty.code, ErrorCode::kUnsupportedInput);
  EXPECT_THAT(empty.message, HasSubstr("the file is empty"));
  const Error list = error_of(folder.file("list.m3u8", "#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/a.ts\n"));
  EXPECT_EQ(list.code, ErrorCode::kUnsupportedInput);
  EXPECT_EQ(error_of(folder.path() / "none.mp4").code, ErrorCode::kInputUnreadable);
  EXPECT_EQ(error_of(folder.path()).code, ErrorCode::kInputUnreadable);
}

TEST_F(ProbeMade, AStopEndsTheReading) {
  const auto clip = make(picture("25", 1) + kH264, "clip.mkv");
  std::stop_source stop;
  stop.request_stop();
  RunContext run;
  run.stop = stop.get_token();
  const auto info = probe_video({clip.string()}, run);
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace tokprep
