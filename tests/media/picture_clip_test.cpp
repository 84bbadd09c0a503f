// Whole clips, turned and with pixels of any shape, as a player would show them.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <tuple>
#include <utility>

#include "tests/media/picture_support.h"
#include "tests/media/prepare_fixture.h"

namespace tokprep::test {
namespace {

/// Writes the matrix of a turn and a flip into an MP4's track header.
void set_orientation(const std::filesystem::path& clip, int rotation_deg, bool mirror) {
  std::ifstream in(clip, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const std::size_t box = bytes.find("tkhd");
  ASSERT_NE(box, std::string::npos);
  // Where the unit vectors go; translations do not matter to players that know the size.
  const Place right = turned({1, 0}, rotation_deg, mirror), down = turned({0, 1}, rotation_deg, mirror);
  const std::array<double, 9> matrix = {right.x, right.y, 0, down.x, down.y, 0, 0, 0, 16384};
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    const auto word = static_cast<std::uint32_t>(std::lround(matrix[i] * 65536));
    for (std::size_t byte = 0; byte < 4; ++byte)
      bytes[box + 4 + 40 + 4 * i + byte] = static_cast<char>(word >> (24 - 8 * byte) & 0xff);
  }
  std::ofstream(clip, std::ios::binary) << bytes;
}

struct Aspect {
  int across, down;
};

const Colour kCorners[4] = {{0.9, 0.1, 0.1}, {0.1, 0.8, 0.1}, {0.1, 0.1, 0.9}, {0.9, 0.9, 0.1}};

/// A picture of 320x180 square pixels, stored in pixels of `aspect`: a colour in each corner, a white disc.
void write_card(const std::filesystem::path& file, Size stored, Aspect aspect) {
  std::ofstream out(file, std::ios::binary);
  out << "P6\n" << stored.width_px << ' ' << stored.height_px << "\n255\n";
  for (int y = 0; y < stored.height_px; ++y) {
    for (int x = 0; x < stored.width_px; ++x) {
      const double across = (x + 0.5 - stored.width_px / 2.0) * aspect.across / aspect.down;
      const double down = y + 0.5 - stored.height_px / 2.0;
      Colour colour{0.3, 0.3, 0.3};
      if (std::hypot(across, down) < 60) colour = {1, 1, 1};
      if (std::abs(across) > 110 && std::abs(down) > 50) colour = kCorners[(down > 0 ? 2 : 0) + (across > 0 ? 1 : 0)];
      for (const double value : colour) out << static_cast<char>(std::lround(255 * value));
    }
  }
}

class PictureOrientation : public PrepareFixture, public testing::WithParamInterface<std::tuple<int, bool, int>> {
 protected:
  static constexpr Aspect kAspects[4] = {{1, 1}, {4, 3}, {2, 1}, {1, 2}};

  static void expect_colour(Pixel seen, const Colour& wanted, const std::string& what) {
    EXPECT_NEAR(seen.r, 255 * wanted[0], 12) << what;
    EXPECT_NEAR(seen.g, 255 * wanted[1], 12) << what;
    EXPECT_NEAR(seen.b, 255 * wanted[2], 12) << what;
  }
};

int bright_run(const Picture& picture, bool across) {
  const int length = across ? picture.width() : picture.height();
  int run = 0;
  for (int i = 0; i < length; ++i) {
    const Pixel pixel = across ? picture.at(i, picture.height() / 2) : picture.at(picture.width() / 2, i);
    run += pixel.g > 166 ? 1 : 0;  // half-way from grey to white
  }
  return run;
}

TEST_P(PictureOrientation, IsAsAPlayerShowsIt) {
  const auto [rotation_deg, mirror, index] = GetParam();
  const Aspect aspect = kAspects[index];
  const Size stored{320 * aspect.down / aspect.across, 180};
  write_card(folder_.path() / "card.ppm", stored, aspect);
  const auto clip = make(fmt::format("-loop 1 -framerate 25 -i card.ppm -t 3.2 -vf "
                                     "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,setsar={}/{} -qp 4 ",
                                     aspect.across, aspect.down) +
                             kH264 + kFast,
                         "turned.mp4");
  set_orientation(clip, rotation_deg, mirror);
  const Picture picture = Picture::of(media(prepared(clip)));
  const bool stands = rotation_deg % 180 == 90;
  ASSERT_EQ(picture.width(), stands ? 360 : 640);
  ASSERT_EQ(picture.height(), stands ? 640 : 360);
  const double disc_width = bright_run(picture, true), disc_height = bright_run(picture, false);
  EXPECT_NEAR(disc_width, 240, 5);
  EXPECT_NEAR(disc_height, 240, 5);
  for (int corner = 0; corner < 4; ++corner) {
    const Place place = turned({corner % 2 == 0 ? -140.0 : 140.0, corner < 2 ? -70.0 : 70.0}, rotation_deg, mirror);
    expect_colour(picture.at(static_cast<int>(picture.width() / 2 + 2 * place.x),
                             static_cast<int>(picture.height() / 2 + 2 * place.y)),
                  kCorners[corner], fmt::format("corner {}", corner));
  }
}

std::string turn_name(const testing::TestParamInfo<PictureOrientation::ParamType>& row) {
  static constexpr const char* kNames[4] = {"1_1", "4_3", "2_1", "1_2"};
  const auto [rotation_deg, mirror, index] = row.param;
  return fmt::format("{}{}_sar_{}", rotation_deg, mirror ? "_mirrored" : "", kNames[index]);
}

INSTANTIATE_TEST_SUITE_P(All, PictureOrientation,
                         testing::Combine(testing::Values(0, 90, 180, 270), testing::Bool(), testing::Range(0, 4)),
                         turn_name);

class PictureClip : public PrepareFixture {};

TEST_F(PictureClip, CroppedByItsHeaderOnly) {
  // Coded 640x368, of which 640x360 are meant to be seen: 8 red rows are not.
  make("-f lavfi -i color=gray:s=640x360:r=25:d=3.2 -vf pad=640:368:0:8:red " + kH264 + kFast, "whole.mp4");
  const auto clip = make("-i whole.mp4 -c copy -bsf:v h264_metadata=crop_top=8 " + kFast, "cropped.mp4");
  const Picture picture = Picture::of(media(prepared(clip)));
  EXPECT_EQ(picture.height(), 360);
  for (const int y : {0, 1, 358, 359}) EXPECT_NEAR(picture.at(320, y).r, picture.at(320, y).b, 6) << y;
}

TEST_F(PictureClip, TinyWideAndTallOnes) {
  for (const auto& [size, canvas] : {std::pair{"16x16", "360x640"}, {"640x128", "640x360"}, {"128x640", "360x640"}}) {
    const auto clip =
        make(fmt::format("-f lavfi -i testsrc2=s={}:r=25:d=3.2 ", size) + kH264 + kFast, fmt::format("{}.mp4", size));
    const Picture picture = Picture::of(media(prepared(clip)));
    EXPECT_EQ(fmt::format("{}x{}", picture.width(), picture.height()), canvas) << size;
  }
}

}  // namespace
}  // namespace tokprep::test
