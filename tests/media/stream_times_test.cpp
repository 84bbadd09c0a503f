#include "codecs/av/stream_times.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "tests/media/real_media.h"

namespace tokprep::av {
namespace {

/// The frames in order of presentation, in microseconds, with their key marks.
std::vector<std::pair<std::int64_t, bool>> in_order(const StreamTimes& times) {
  std::vector<std::pair<std::int64_t, bool>> frames;
  for (const FrameTime& frame : times.frames) {
    frames.emplace_back(av_rescale(frame.pts, times.time_base.num * 1'000'000, times.time_base.den), frame.key);
  }
  std::ranges::sort(frames);
  return frames;
}

/// Our own reading of the index against the packets libav gives, which follow the same edit list.
bool compare(const std::filesystem::path& file) {
  SCOPED_TRACE(file.filename().string());
  auto demuxer = Demuxer::open(file, {});
  const auto index = mp4::read_index(file);
  if (!demuxer || !index) return false;
  const auto ours = index_stream_times(demuxer->format(), *index);
  if (!ours) return false;
  const auto packets = read_stream_times(*demuxer, {});
  EXPECT_TRUE(packets);
  for (std::size_t i = 0; i < ours->size(); ++i) {
    EXPECT_EQ(in_order(ours->at(i)), in_order(packets->at(i))) << "stream " << i;
    const auto bytes = static_cast<double>(packets->at(i).size_bytes);
    EXPECT_NEAR(static_cast<double>(ours->at(i).size_bytes), bytes, bytes * 0.1) << "stream " << i;
    EXPECT_EQ(ours->at(i).start.has_value(), packets->at(i).start.has_value());
    if (!ours->at(i).start || !packets->at(i).start) continue;
    // The index knows where sound starts to the sample, packets to the frame.
    EXPECT_NEAR(static_cast<double>(*ours->at(i).start_us()), static_cast<double>(*packets->at(i).start_us()), 30'000);
  }
  return true;
}

TEST(StreamTimes, TheIndexAgreesWithThePackets) {
  int compared = 0;
  for (const auto& file : test::media_files("video")) compared += compare(file) ? 1 : 0;
  if (test::media_files("video").empty()) GTEST_SKIP() << "no real media in " << test::media_folder();
  EXPECT_GE(compared, 28);  // of the MP4 and MOV files there, all but the fragmented one
}

}  // namespace
}  // namespace tokprep::av
