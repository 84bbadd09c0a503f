// Streams told by headers alone, held against what libav finds out by decoding.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "base/json.h"
#include "codecs/av/demuxer.h"
#include "codecs/av/probe_streams.h"
#include "codecs/av/stream_headers.h"
#include "tests/media/real_media.h"
#include "tests/support/clips.h"

namespace tokprep::av {
namespace {

InputPtr opened(const std::filesystem::path& file) {
  auto input = open_input(file, "mov,matroska,mpegts,mpeg,avi,flv,asf,ogg", {});
  return input ? std::move(*input) : nullptr;
}

Json described(AVFormatContext& format) {
  MediaInfo info;
  describe_streams(format, info);
  return info;
}

/// Whether the headers were enough; the facts must then be those of decoding.
bool told_by_headers(const std::filesystem::path& file) {
  SCOPED_TRACE(file.filename().string());
  const InputPtr quick = opened(file);
  if (!quick || !fill_from_headers(*quick)) return false;
  const InputPtr full = opened(file);
  EXPECT_GE(avformat_find_stream_info(full.get(), nullptr), 0);
  const Json by_headers = described(*quick), by_decoding = described(*full);
  EXPECT_EQ(by_headers, by_decoding) << Json::diff(by_decoding, by_headers).dump(2);
  for (unsigned i = 0; i < full->nb_streams; ++i) {
    EXPECT_EQ(quick->streams[i]->codecpar->frame_size, full->streams[i]->codecpar->frame_size);
  }
  return true;
}

/// Each packet's stream, times, size and key mark.
std::vector<std::array<std::int64_t, 5>> packets_of(const std::filesystem::path& file, Depth depth) {
  std::vector<std::array<std::int64_t, 5>> packets;
  auto demuxer = Demuxer::open(file, {}, depth);
  EXPECT_TRUE(demuxer);
  const PacketPtr packet(av_packet_alloc());
  while (demuxer && demuxer->read(*packet).value_or(false)) {
    packets.push_back({packet->stream_index, packet->pts, packet->dts, packet->size, packet->flags});
  }
  return packets;
}

class ProbeHeaders : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::have_ffmpeg()) GTEST_SKIP() << "no ffmpeg program to make clips with";
  }
  std::filesystem::path make(const std::string& arguments, const std::string& name) {
    return test::make_clip(folder_, "-f lavfi -i testsrc2=s=322x182:r=25:d=1 " + arguments, name);
  }
  test::TempFolder folder_;
};

TEST(CutHeader, IsTheFilesFault) {
  const test::TempFolder folder;
  const std::filesystem::path cut = folder.path() / "cut.webm";
  std::filesystem::copy_file(std::filesystem::path(TOKPREP_SOURCE_DIR) / "samples/landscape.webm", cut);
  std::filesystem::resize_file(cut, 300);  // libav: "Input/output error"
  const auto demuxer = Demuxer::open(cut, {});
  ASSERT_FALSE(demuxer);
  EXPECT_EQ(demuxer.error().code, ErrorCode::kCorruptInput) << demuxer.error().message;
}

TEST_F(ProbeHeaders, AreEnoughForH264) {
  const std::string fast = "-c:v libx264 -preset ultrafast ";
  EXPECT_TRUE(told_by_headers(make(fast + "-pix_fmt yuv420p -bf 3", "plain.mp4")));
  EXPECT_TRUE(told_by_headers(make(fast + "-pix_fmt yuv420p -profile:v baseline", "baseline.mov")));
  EXPECT_TRUE(told_by_headers(make(fast + "-pix_fmt yuv422p10le", "422.mkv")));
  EXPECT_TRUE(told_by_headers(make(fast + "-pix_fmt yuv444p -vf setsar=4/3", "444.mp4")));
  EXPECT_TRUE(told_by_headers(make(fast + "-pix_fmt yuvj420p -x264opts cqm=jvt:nal-hrd=vbr:vbv-maxrate=500:"
                                          "vbv-bufsize=500",
                                   "full-range.mp4")));
  EXPECT_TRUE(told_by_headers(make(fast + "-pix_fmt yuv420p -x264opts chromaloc=2:colorprim=bt709:transfer=bt709:"
                                          "colormatrix=bt709",
                                   "tagged.mp4")));
}

TEST_F(ProbeHeaders, AreEnoughForHevc) {
  const std::string fast = "-c:v libx265 -preset ultrafast -tag:v hvc1 -x265-params log-level=none";
  EXPECT_TRUE(told_by_headers(make(fast + " -pix_fmt yuv420p", "plain.mp4")));
  EXPECT_TRUE(told_by_headers(make(fast + ":bframes=4:scaling-list=default -pix_fmt yuv420p10le", "ten.mp4")));
  EXPECT_TRUE(told_by_headers(make(fast + ":range=full:colorprim=9:transfer=16:colormatrix=9:chromaloc=2 -pix_fmt "
                                          "yuv420p10le",
                                   "hdr.mov")));
  EXPECT_TRUE(told_by_headers(make(fast + ":temporal-layers=2 -pix_fmt yuv422p10le -vf setsar=4/3", "layers.mp4")));
  EXPECT_TRUE(told_by_headers(make(fast + " -pix_fmt yuv420p", "plain.mkv")));
}

TEST_F(ProbeHeaders, AreEnoughForAacAndPcm) {
  const std::string sound = "-f lavfi -i sine=d=1:r=48000 -c:v libx264 -preset ultrafast -pix_fmt yuv420p ";
  EXPECT_TRUE(told_by_headers(make(sound + "-c:a aac", "aac.mp4")));
  EXPECT_TRUE(told_by_headers(make(sound + "-c:a aac -ac 6", "surround.mp4")));
  EXPECT_TRUE(told_by_headers(make(sound + "-c:a aac -ar 44100 -ac 2", "aac.mkv")));
  EXPECT_TRUE(told_by_headers(make(sound + "-c:a pcm_s16le", "pcm.mov")));
}

TEST_F(ProbeHeaders, LeaveDoubtfulStreamsToDecoding) {
  const std::string fast = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p ";
  const std::string sound = "-f lavfi -i sine=d=1:r=48000 " + fast;
  EXPECT_FALSE(told_by_headers(make(fast + "-vf scale=320:192 -flags +ildct+ilme -x264opts tff=1", "fields.mp4")));
  EXPECT_FALSE(told_by_headers(make(fast, "stream.ts")));
  EXPECT_FALSE(told_by_headers(make(sound + "-c:a libmp3lame", "mp3.mp4")));
  EXPECT_FALSE(told_by_headers(make("-c:v libx264rgb -preset ultrafast", "rgb.mp4")));
  EXPECT_FALSE(
      told_by_headers(make("-c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -x265-params "
                           "log-level=none:colorprim=9:transfer=14:colormatrix=9:atc-sei=18",
                           "hlg-by-message.mp4")));
}

TEST_F(ProbeHeaders, GiveTheSamePackets) {
  const std::string both =
      "-f lavfi -i sine=d=1:r=48000 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -bf 3 "
      "-x264opts b-pyramid=strict:b-adapt=0 -c:a aac ";
  for (const char* name : {"clip.mp4", "clip.mov", "clip.mkv"}) {
    const auto clip = make(both, name);
    EXPECT_EQ(packets_of(clip, Depth::kHeaders), packets_of(clip, Depth::kFull)) << name;
  }
  const auto hevc = make("-c:v libx265 -preset ultrafast -x265-params log-level=none:bframes=4", "hevc.mkv");
  EXPECT_EQ(packets_of(hevc, Depth::kHeaders), packets_of(hevc, Depth::kFull));
  const auto clip = make(both + "-movflags frag_keyframe+empty_moov", "fragments.mp4");
  EXPECT_EQ(packets_of(clip, Depth::kHeaders), packets_of(clip, Depth::kFull));
}

TEST(ProbeHeadersOfRealFiles, SayWhatDecodingSays) {
  const auto files = test::media_files("video");
  if (files.empty()) GTEST_SKIP() << "no real media in " << test::media_folder();
  const auto told = std::ranges::count_if(files, told_by_headers);
  EXPECT_GE(told, 25);  // nearly all MP4 and MOV files there with H.264 or HEVC
}

TEST(ProbeHeadersOfRealFiles, GiveTheSamePackets) {
  const auto files = test::media_files("video");
  if (files.empty()) GTEST_SKIP() << "no real media in " << test::media_folder();
  for (const auto& file : files) {
    const InputPtr quick = opened(file);
    if (!quick || !fill_from_headers(*quick)) continue;
    EXPECT_EQ(packets_of(file, Depth::kHeaders), packets_of(file, Depth::kFull)) << file;
  }
}

}  // namespace
}  // namespace tokprep::av
