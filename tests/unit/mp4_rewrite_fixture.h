#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "codecs/mp4/mp4_index.h"
#include "codecs/mp4/rewrite.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/mp4_movie.h"

namespace tokprep::test {

/// Rewrites movies written by hand: track 1 is the picture, track 2 the sound, 30 frames a second.
class Mp4Rewrite : public testing::Test {
 protected:
  Mp4Rewrite() {
    request_.output = folder_.path() / "out.mp4";
    request_.video_track = 1;
    request_.audio_track = 2;
    request_.frame_rate = {30, 1};
  }

  mp4::RewriteOutcome rewritten(const std::string& source) {
    request_.source = folder_.file("source.mov", source);
    const auto outcome = mp4::rewrite(request_, RunContext{});
    EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().message);
    return outcome.value_or(mp4::RewriteOutcome{});
  }
  /// The bytes of a finished output; a failing test where the source is declined.
  std::string output_of(const std::string& source) {
    const mp4::RewriteOutcome outcome = rewritten(source);
    EXPECT_TRUE(outcome.done) << outcome.declined;
    const std::string bytes = read_head(request_.output, 100'000'000).value_or("");
    EXPECT_EQ(outcome.done.value_or(mp4::Rewritten{}).size_bytes, bytes.size());
    return bytes;
  }
  std::string output_of(const mp4_bytes::MovieFile& file) { return output_of(file.bytes()); }

  mp4::Mp4Index output_index() {
    auto index = mp4::read_index(request_.output);
    EXPECT_TRUE(index) << (index ? "" : index.error().message);
    return index.value_or(mp4::Mp4Index{});
  }

  TempFolder folder_;
  mp4::RewriteRequest request_;
};

/// The samples of a track, read by its own tables.
inline std::vector<std::string> samples_of(const mp4::Track& track, const std::string& file) {
  std::vector<std::string> samples;
  const mp4::SampleTable& table = track.samples;
  std::size_t run = 0;
  for (std::size_t chunk = 0; chunk < table.chunk_offsets.size(); ++chunk) {
    while (run + 1 < table.chunk_runs.size() && table.chunk_runs[run + 1].first_chunk <= chunk + 1) ++run;
    std::uint64_t offset = table.chunk_offsets[chunk];
    for (std::uint32_t i = 0; i < table.chunk_runs[run].samples_per_chunk; ++i) {
      const std::uint32_t size = table.sizes_bytes.at(samples.size());
      samples.push_back(file.substr(offset, size));
      offset += size;
    }
  }
  return samples;
}

}  // namespace tokprep::test
