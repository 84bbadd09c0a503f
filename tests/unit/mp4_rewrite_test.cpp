// The one-pass rewriter on movies written by hand: what it keeps, what it leaves behind, how it tells time.
#include <gmock/gmock.h>

#include <filesystem>

#include "codecs/mp4/box.h"
#include "tests/unit/mp4_rewrite_fixture.h"

namespace tokprep::mp4 {
namespace {

using namespace test::mp4_bytes;
using test::Mp4Rewrite;
using test::samples_of;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> box_names(std::string_view body) {
  std::vector<std::string> names;
  for (const BoxView& box : child_boxes(body).boxes) names.push_back(name_of(box.type));
  return names;
}

TEST_F(Mp4Rewrite, IndexFirstAndEverySampleInItsPlace) {
  MovieFile file;
  const std::string output = output_of(file);
  EXPECT_THAT(box_names(output), ElementsAre("ftyp", "moov", "mdat"));
  const Mp4Index index = output_index();
  EXPECT_EQ(index.place, IndexPlace::kFirst);
  EXPECT_EQ(index.major_brand, "isom");
  EXPECT_THAT(index.compatible_brands, ElementsAre("isom", "iso2", "avc1", "mp41"));
  ASSERT_EQ(index.tracks.size(), 2U);
  EXPECT_EQ(samples_of(index.tracks[0], output), file.tracks[0].samples());
  EXPECT_EQ(samples_of(index.tracks[1], output), file.tracks[1].samples());
  EXPECT_THAT(index.tracks[0].samples.key_samples, ElementsAre(1U, 7U));
  EXPECT_EQ(index.tracks[0].samples.duration(), 12 * 512);
  EXPECT_TRUE(index.tracks[0].edits.empty());
  EXPECT_TRUE(index.private_metadata.empty());
  EXPECT_TRUE(index.oddities.empty());
}

TEST_F(Mp4Rewrite, InterleavingIsKept) {
  MovieFile file;
  const std::string output = output_of(file);
  std::string all;
  for (int chunk = 0; chunk < 4; ++chunk) {
    for (const auto& track : file.tracks) {
      for (const auto& sample : track.chunks[static_cast<std::size_t>(chunk)]) all += sample;
    }
  }
  EXPECT_EQ(output.substr(output.size() - all.size()), all);
}

TEST_F(Mp4Rewrite, ChunksInAnyOrderOfTheFile) {
  MovieFile file;
  std::vector<std::vector<std::uint64_t>> offsets;
  // The second picture chunk stands before the first one.
  std::string data = file.media_data(offsets);
  auto& picture_offsets = offsets[0];
  const auto start = ftyp().size() + 8;
  const auto size = std::string("picture 0;picture 1;picture 2;").size();
  const std::string first = data.substr(picture_offsets[0] - start, size);
  const std::string second = data.substr(picture_offsets[1] - start, size);
  data.replace(picture_offsets[0] - start, size, second).replace(picture_offsets[1] - start, size, first);
  std::swap(picture_offsets[0], picture_offsets[1]);
  const std::string output = output_of(ftyp() + box("mdat", data) + file.index(offsets));
  EXPECT_EQ(samples_of(output_index().tracks[0], output), file.tracks[0].samples());
}

TEST_F(Mp4Rewrite, NothingPrivateSurvivesAnywhere) {
  const std::string secret = "Sekret";
  MovieFile file;
  file.gap = secret + " in unused bytes";
  file.top_boxes =
      box("free", secret) +
      box("uuid", "\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC" + ("<x:xmpmeta>" + secret)) +
      box("meta", secret);
  const std::string keys = full_box("keys", u32(1) + u32(8 + 31) + "mdtacom.apple.quicktime.location" + secret);
  const std::string ilst = box("ilst", box(std::string("\0\0\0\1", 4), box("data", u32(1) + u32(0) + secret)));
  file.movie_boxes = box("udta", box("\xA9xyz", number(20, 2) + number(0, 2) + secret) + box("\xA9mak", secret)) +
                     box("meta", full_box("hdlr", u32(0) + "mdta" + std::string(12, '\0')) + keys + ilst);
  for (MovieTrack& track : file.tracks) {
    track.handler_name = secret + " AVC";
    track.user_data = box("udta", box("name", secret)) + box("meta", secret) + box("uuid", secret);
    track.more_tables = box("sgpd", secret) + box("free", secret);
  }
  // Behind the end of what a box declares, too.
  const std::string icc = box("colr", "prof" + secret);
  const std::string config = avcc().substr(8) + secret;
  file.tracks[0].entries = video_entry("avc1", box("avcC", config) + icc + box("uuid", secret), secret + " codec");
  file.tracks[1].entries = audio_entry(esds() + box("uuid", secret));
  MovieTrack telemetry;
  telemetry.id = 3;
  telemetry.handler = "meta";
  telemetry.chunks = chunks_of(secret, 4, 2);
  telemetry.durations = {{8, 512}};
  telemetry.entries = box("gpmd", secret);
  file.tracks.push_back(telemetry);

  const std::string output = output_of(file);
  EXPECT_THAT(file.bytes(), HasSubstr(secret));
  EXPECT_EQ(output.find(secret), std::string::npos);
  EXPECT_EQ(output.find("vend"), std::string::npos);
  EXPECT_EQ(output.find(u32(3'700'000'000)), std::string::npos);  // dates
  const Mp4Index index = output_index();
  ASSERT_EQ(index.tracks.size(), 2U);
  EXPECT_EQ(samples_of(index.tracks[0], output), file.tracks[0].samples());
  EXPECT_EQ(samples_of(index.tracks[1], output), file.tracks[1].samples());
}

TEST_F(Mp4Rewrite, SilentMoviesHaveOneTrack) {
  MovieFile file;
  request_.audio_track.reset();
  const std::string output = output_of(file);
  EXPECT_EQ(output_index().tracks.size(), 1U);
  EXPECT_EQ(output.find("sound"), std::string::npos);
}

TEST_F(Mp4Rewrite, LongStretchesAndGapsBetweenThem) {
  MovieFile file;
  for (MovieTrack& track : file.tracks) {
    for (auto& chunk : track.chunks) chunk.front().append(400'000, track.handler.front());
  }
  file.tracks[1].chunks[2].front() = "short";
  file.gap = std::string(70'000, '#');
  const std::string output = output_of(file);
  const Mp4Index index = output_index();
  EXPECT_EQ(samples_of(index.tracks[0], output), file.tracks[0].samples());
  EXPECT_EQ(samples_of(index.tracks[1], output), file.tracks[1].samples());
  EXPECT_EQ(output.find('#'), std::string::npos);
}

TEST_F(Mp4Rewrite, LargeMediaKeepsItsPlaceInTheBlock) {
  MovieFile file;
  file.tracks[0].chunks[0][0].append(17 << 20, 'x');
  const std::string output = output_of(file);
  EXPECT_THAT(box_names(output), ElementsAre("ftyp", "moov", "free", "mdat"));
  const Mp4Index index = output_index();
  EXPECT_EQ(index.tracks[0].samples.chunk_offsets[0] % 65536, ftyp().size() + 8);
  EXPECT_EQ(samples_of(index.tracks[0], output), file.tracks[0].samples());
}

TEST_F(Mp4Rewrite, SamplesBehindFourGigabytes) {
  MovieFile file;
  file.wide = true;
  constexpr std::uint64_t kHole = 5'000'000'000;
  file.data_at = ftyp().size() + 16 + kHole;
  std::vector<std::vector<std::uint64_t>> offsets;
  const std::string data = file.media_data(offsets);
  const std::string index = file.index(offsets);
  const auto path = folder_.file("source.mov", ftyp() + u32(1) + "mdat" + u64(16 + kHole + data.size()));
  std::filesystem::resize_file(path, file.data_at);
  std::ofstream(path, std::ios::binary | std::ios::app) << data << index;
  request_.source = path;
  const auto outcome = rewrite(request_, RunContext{});
  ASSERT_TRUE(outcome && outcome->done) << outcome->declined;
  const std::string output = read_head(request_.output, 1'000'000).value();
  EXPECT_EQ(output.size(), outcome->done->size_bytes);
  EXPECT_EQ(samples_of(output_index().tracks[0], output), file.tracks[0].samples());
}

TEST_F(Mp4Rewrite, AnotherFileSystem) {
  const std::filesystem::path memory = "/dev/shm";
  if (!std::filesystem::is_directory(memory)) GTEST_SKIP() << "no second file system here";
  MovieFile file;
  file.tracks[0].chunks[0][0].append(1 << 20, 'x');
  request_.source = folder_.file("source.mov", file.bytes());
  request_.output = memory / (folder_.path().filename().string() + ".mp4");
  const auto outcome = rewrite(request_, RunContext{});
  const std::string output = read_head(request_.output, 10'000'000).value_or("");
  std::filesystem::remove(request_.output);
  ASSERT_TRUE(outcome && outcome->done);
  EXPECT_EQ(output.size(), outcome->done->size_bytes);
  EXPECT_THAT(output, HasSubstr(file.tracks[0].chunks[0][0] + "picture 1;"));
}

TEST_F(Mp4Rewrite, AStopEndsIt) {
  request_.source = folder_.file("source.mov", MovieFile{}.bytes());
  std::stop_source stop;
  stop.request_stop();
  RunContext run;
  run.stop = stop.get_token();
  const auto outcome = rewrite(request_, run);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kCancelled);
}

TEST_F(Mp4Rewrite, AnOutputThatCannotBeWrittenIsAnError) {
  request_.source = folder_.file("source.mov", MovieFile{}.bytes());
  request_.output = folder_.path() / "missing" / "out.mp4";
  const auto outcome = rewrite(request_, RunContext{});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().file, request_.output.string());
}

TEST_F(Mp4Rewrite, ProgressEndsAtOne) {
  request_.source = folder_.file("source.mov", MovieFile{}.bytes());
  std::vector<double> done;
  RunContext run;
  run.progress = [&](const Progress& progress) {
    EXPECT_EQ(progress.stage, "remux");
    done.push_back(progress.done);
  };
  ASSERT_TRUE(rewrite(request_, run));
  ASSERT_FALSE(done.empty());
  EXPECT_TRUE(std::ranges::is_sorted(done));
  EXPECT_EQ(done.back(), 1.0);
}

}  // namespace
}  // namespace tokprep::mp4
