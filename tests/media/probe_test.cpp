#include "codecs/probe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "base/file_descriptor.h"
#include "base/json.h"
#include "base/pending_file.h"
#include "codecs/av/picture_facts.h"
#include "tests/media/real_media.h"

namespace tokprep {
namespace {

/// The facts of a file, or the reason there are none, without anything that depends on where it lies.
Json facts_of(const std::filesystem::path& path) {
  const auto info = probe_video({path.string()}, {});
  if (info) return without_nulls(Json(*info));
  return {{"error", {{"code", to_string(info.error().code)}, {"message", info.error().message}}}};
}

bool updating() { return std::getenv("TOKPREP_UPDATE_GOLDEN") != nullptr; }

/// Compares with tests/golden/probe/NAME.json, or writes it.
void expect_golden(const std::filesystem::path& media) {
  SCOPED_TRACE(media.filename().string());
  const auto golden =
      std::filesystem::path(TOKPREP_SOURCE_DIR) / "tests" / "golden" / "probe" / (media.filename().string() + ".json");
  const Json facts = facts_of(media);
  if (updating()) {
    const auto written = write_file(golden, facts.dump(2) + "\n");
    ASSERT_TRUE(written) << written.error().message;
    return;
  }
  const auto text = read_text_file(golden);
  ASSERT_TRUE(text) << "no golden facts; set TOKPREP_UPDATE_GOLDEN=1, then check them by hand";
  const auto expected = parse_json(*text, golden.string());
  ASSERT_TRUE(expected) << expected.error().message;
  EXPECT_EQ(*expected, facts) << "differs by " << Json::diff(*expected, facts).dump(2);
}

TEST(ProbeRealFiles, HaveTheFactsTheyHad) {
  const auto videos = test::media_files("video");
  if (videos.empty()) GTEST_SKIP() << "no real media in " << test::media_folder();
  for (const auto& file : videos) expect_golden(file);
}

TEST(ProbeRealFiles, BrokenOnesAreRefusedForTheTrueReason) {
  const auto files = test::media_files("broken");
  if (files.empty()) GTEST_SKIP() << "no real media in " << test::media_folder();
  for (const auto& file : files) expect_golden(file);
}

struct TurnCase {
  const char* name;
  int a, b, c, d;
  int rotation_deg;
  bool mirrored;
};

class DisplayMatrix : public testing::TestWithParam<TurnCase> {};

TEST_P(DisplayMatrix, TellsTheTurnAndTheFlip) {
  const TurnCase& test = GetParam();
  constexpr std::int32_t kOne = 0x10000;
  const std::int32_t matrix[9] = {test.a * kOne, test.b * kOne, 0, test.c * kOne, test.d * kOne, 0, 0, 0, 0x40000000};
  const auto orientation = av::orientation_of(matrix);
  EXPECT_EQ(orientation.rotation_deg, test.rotation_deg);
  EXPECT_EQ(orientation.mirrored, test.mirrored);
  EXPECT_NEAR(orientation.off_deg, 0, 1e-9);
}

// The eight ways a camera can be held, as x' = a x + c y, y' = b x + d y (y downwards).
INSTANTIATE_TEST_SUITE_P(
    AllEight, DisplayMatrix,
    testing::Values(TurnCase{"upright", 1, 0, 0, 1, 0, false}, TurnCase{"right", 0, 1, -1, 0, 90, false},
                    TurnCase{"head down", -1, 0, 0, -1, 180, false}, TurnCase{"left", 0, -1, 1, 0, 270, false},
                    TurnCase{"mirror", -1, 0, 0, 1, 0, true}, TurnCase{"upside down mirror", 1, 0, 0, -1, 180, true},
                    TurnCase{"transposed", 0, 1, 1, 0, 90, true}, TurnCase{"transversed", 0, -1, -1, 0, 270, true}),
    [](const auto& turn) {
      std::string name = turn.param.name;
      std::ranges::replace(name, ' ', '_');
      return name;
    });

TEST(ObliqueMatrix, IsTold) {
  const std::int32_t matrix[9] = {64540, 11380, 0, -11380, 64540, 0, 0, 0, 0x40000000};
  const auto orientation = av::orientation_of(matrix);
  EXPECT_EQ(orientation.rotation_deg, 0);
  EXPECT_NEAR(orientation.off_deg, 10, 0.01);
}

TEST(ChromaName, OfEveryLayout) {
  EXPECT_EQ(av::chroma_name(AV_PIX_FMT_YUV420P), "4:2:0");
  EXPECT_EQ(av::chroma_name(AV_PIX_FMT_NV12), "4:2:0");
  EXPECT_EQ(av::chroma_name(AV_PIX_FMT_YUVA422P10LE), "4:2:2");
  EXPECT_EQ(av::chroma_name(AV_PIX_FMT_YUV444P), "4:4:4");
  EXPECT_EQ(av::chroma_name(AV_PIX_FMT_YUV411P), "4:1:1");
  EXPECT_EQ(av::chroma_name(AV_PIX_FMT_YUV410P), "4:1:0");
  EXPECT_EQ(av::chroma_name(AV_PIX_FMT_YUV440P), "4:4:0");
  EXPECT_EQ(av::chroma_name(AV_PIX_FMT_GBRP), "rgb");
  EXPECT_EQ(av::chroma_name(AV_PIX_FMT_PAL8), "rgb");
  EXPECT_EQ(av::chroma_name(AV_PIX_FMT_GRAY10LE), "gray");
  EXPECT_EQ(av::chroma_name(AV_PIX_FMT_NONE), "");
}

}  // namespace
}  // namespace tokprep
