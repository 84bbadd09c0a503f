// The largest, the smallest, and what changes or is missing on the way.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "base/json.h"
#include "tests/media/prepare_fixture.h"

namespace tokprep::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class PrepareExtremes : public PrepareFixture {};

TEST_F(PrepareExtremes, EightK) {
  const auto source = make(
      "-f lavfi -i color=teal:s=7680x4320:r=24:d=3.2 -vf scale=out_color_matrix=bt709:out_range=tv -c:v libx264 "
      "-preset ultrafast -pix_fmt yuv420p",
      "large.mp4");
  const auto output = media(prepared(source));
  EXPECT_EQ(ffprobe_value(output, "v:0", "stream=width,height,nb_frames"), "1920\n1080\n77");
  const Pixel middle = Picture::of(output).at(960, 540);
  EXPECT_NEAR(middle.r, 0, 4);
  EXPECT_NEAR(middle.g, 128, 4);
  EXPECT_NEAR(middle.b, 128, 4);
}

TEST_F(PrepareExtremes, SixteenBySixteen) {
  const auto source = make("-f lavfi -i color=orange:s=16x16:r=25:d=3.2 -c:v mpeg4 -q:v 1", "small.avi");
  const auto output = media(prepared(source));
  EXPECT_EQ(ffprobe_value(output, "v:0", "stream=width,height"), "360\n640");
  const Pixel middle = Picture::of(output).at(180, 320);
  EXPECT_NEAR(middle.r, 255, 8);
  EXPECT_NEAR(middle.g, 165, 8);
  EXPECT_NEAR(middle.b, 0, 8);
}

TEST_F(PrepareExtremes, VeryWideHasACoverOnItsBars) {
  const auto result = prepared(make("-f lavfi -i testsrc=s=960x32:r=25:d=3.2 -c:v mpeg4 -q:v 2", "wide.avi"));
  media(result);
  const auto cover = fs::path(result->outputs.back().path);
  EXPECT_EQ(ffprobe_value(cover, "v:0", "stream=width,height"),
            ffprobe_value(media(result), "v:0", "stream=width,height"));
}

TEST_F(PrepareExtremes, SizeThatChangesOnTheWay) {
  make("-f lavfi -i color=red:s=640x360:r=25:d=2 -c:v libx264 -preset ultrafast -f mpegts", "one.ts");
  make("-f lavfi -i color=blue:s=320x240:r=25:d=2 -c:v libx264 -preset ultrafast -output_ts_offset 2 -f mpegts",
       "two.ts");
  const fs::path source = folder_.path() / "both.ts";
  std::ofstream joined(source, std::ios::binary);
  for (const char* part : {"one.ts", "two.ts"})
    joined << std::ifstream(folder_.path() / part, std::ios::binary).rdbuf();
  joined.close();
  const auto output = media(prepared(source));
  EXPECT_EQ(ffprobe_value(output, "v:0", "stream=width,height"), "640\n360");
  EXPECT_NEAR(std::stod(ffprobe_value(output, "v:0", "stream=duration")), 4, 0.1);
  EXPECT_GT(Picture::of(output, 1).at(320, 180).r, 200);
  EXPECT_GT(Picture::of(output, 3.4).at(320, 180).b, 200);
}

/// Leaves out every `nth` packet of 188 bytes that carries the picture, tables and sound excepted.
void lose_packets(const fs::path& stream, int nth, unsigned picture_pid) {
  std::ifstream in(stream, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), {});
  std::string kept;
  int count = 0;
  for (std::size_t at = 0; at + 188 <= bytes.size(); at += 188) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[at + i])); };
    const unsigned pid = (byte(1) & 0x1FU) << 8U | byte(2);
    if (pid == picture_pid && ++count % nth == 0) continue;
    kept.append(bytes, at, 188);
  }
  std::ofstream(stream, std::ios::binary) << kept;
}

TEST_F(PrepareExtremes, LostPacketsCostFramesNotSync) {
  const auto source = make("-f lavfi -i testsrc2=s=640x360:r=25:d=8 " + tone(8) +
                               "-c:v libx264 -preset ultrafast -g 25 -c:a aac -f mpegts -mpegts_start_pid 256",
                           "air.ts");
  lose_packets(source, 400, 256);
  options_.max_loss = {4, 0};
  const auto output = media(prepared(source));
  EXPECT_NEAR(std::stod(ffprobe_value(output, "v:0", "stream=duration")), 8, 0.1);
  EXPECT_NEAR(std::stod(ffprobe_value(output, "a:0", "stream=duration")), 8, 0.1);
  const std::string notes = output_of(fmt::format("cat '{}'/air.tokprep.json", out().string()));
  EXPECT_THAT(Json::parse(notes).at("assets").at(0).at("notes").dump(), HasSubstr("damaged:"));
}

}  // namespace
}  // namespace tokprep::test
