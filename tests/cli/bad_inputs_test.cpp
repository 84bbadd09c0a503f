#include <sys/stat.h>
#include <unistd.h>

#include "tests/cli/cli_fixture.h"

// What people really hand to a program: files that are missing, empty, cut, locked, or something else than their name.
// Each must end with a typed error that names the file, exit code 4, and nothing left behind.

namespace tokprep::test {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

constexpr uid_t kNobody = 65534;

class BadInputTest : public CliTest {
 protected:
  /// Prepares `file`, which must be refused; probe must come to the same. Returns the error.
  Json refused(const fs::path& file) {
    const Json error = only_error(run_json({"prepare", file, "-o", path("out")}, 4));
    EXPECT_EQ(error["transient"], false) << error;
    EXPECT_EQ(error.value("file", ""), file.string());
    EXPECT_TRUE(files_in("out").empty());
    EXPECT_EQ(probe_error(file)["code"], error["code"]);
    return error;
  }

 private:
  /// Of a file that cannot be opened, or of one whose facts can be told but that nothing can be made of.
  Json probe_error(const fs::path& file) {
    const ProcessResult result = run({"probe", file, "--json"});
    const auto lines = checked_lines(result);
    EXPECT_EQ(result.exit_code, of_type(lines, "probe").empty() ? 4 : 0);
    if (result.exit_code == 4) return only_error(lines);
    EXPECT_EQ(only(lines, "probe")["verdict"], "refused");
    return only(lines, "probe")["error"];
  }
};

TEST_F(BadInputTest, AMissingFile) { EXPECT_EQ(refused(path("missing.mov"))["code"], "input_unreadable"); }

TEST_F(BadInputTest, AFolderWithoutMedia) { EXPECT_EQ(refused(path("drop"))["code"], "unsupported_input"); }

TEST_F(BadInputTest, ZeroBytes) { EXPECT_EQ(refused(folder_.file("empty.mp4", ""))["code"], "unsupported_input"); }

TEST_F(BadInputTest, TextNamedMp4) {
  EXPECT_EQ(refused(folder_.file("text.mp4", "{\"a\": 1}\n"))["code"], "unsupported_input");
}

TEST_F(BadInputTest, NoiseNamedMp4) {
  std::string noise;
  for (unsigned i = 0, x = 1; i < 50000; ++i) noise += static_cast<char>((x = x * 1103515245U + 12345U) >> 16);
  EXPECT_THAT(refused(folder_.file("noise.mp4", noise)).value("code", ""), AnyOf("unsupported_input", "corrupt_input"));
}

TEST_F(BadInputTest, AnMp4CutInTheMiddle) {
  EXPECT_EQ(refused(cut_sample("city.mp4", fs::file_size(sample("city.mp4")) / 2, "cut.mp4"))["code"], "corrupt_input");
}

TEST_F(BadInputTest, AnMp4CutInItsIndex) {
  EXPECT_THAT(refused(cut_sample("city.mp4", 600, "cut.mp4")).value("code", ""),
              AnyOf("corrupt_input", "unsupported_input"));
}

TEST_F(BadInputTest, APngCutInTheMiddle) {
  const fs::path cut = cut_sample("logo.png", fs::file_size(sample("logo.png")) / 2, "cut.png");
  const Json error = only_error(run_json({"prepare", cut, "-o", path("out")}, 4));
  EXPECT_EQ(error["code"], "corrupt_input");
  EXPECT_TRUE(files_in("out").empty());
}

TEST_F(BadInputTest, AFileNobodyMayRead) {
  const fs::path file = copy_sample("logo.png", "drop/locked.png");
  ::chmod(file.c_str(), 0);
  if (::geteuid() == 0) {  // root reads everything: let somebody else try
    ::chmod(folder_.path().c_str(), 0777);
    settings_.run_as = kNobody;
  }
  const Json error = refused(file);
  EXPECT_EQ(error["code"], "input_unreadable");
  EXPECT_THAT(error.value("message", ""), HasSubstr("ermission"));
}

TEST_F(BadInputTest, RealFilesThatAreBroken) {
  const fs::path broken = media_folder() / "broken";
  if (!fs::exists(broken)) GTEST_SKIP() << "no real files at " << broken;
  for (const char* name : {"broken.mp4", "big_buck_bunny_480p_10s_big_atom.mp4", "corrupt-header.jpg", "empty.heic",
                           "ffprobe-big_buck_bunny_720p_1mb.mp4", "truncated.png", "truncated.jpg", "truncated.heic",
                           "fixture-corrupt.png", "decompression_bomb.gif"}) {
    const Json error = only_error(run_json({"prepare", broken / name, "-o", path("out")}, 4));
    EXPECT_THAT(error.value("code", ""), AnyOf("corrupt_input", "unsupported_input", "not_compliant")) << name;
    EXPECT_EQ(error.value("file", ""), (broken / name).string());
    EXPECT_TRUE(files_in("out").empty()) << name;
  }
}

TEST_F(BadInputTest, SoundWithoutAPicture) {
  const fs::path file = media_folder() / "video" / "sample_audio_only.mp4";
  if (!fs::exists(file)) GTEST_SKIP() << "no real files at " << media_folder();
  const Json error = only_error(run_json({"prepare", file, "-o", path("out")}, 4));
  EXPECT_EQ(error["code"], "unsupported_input");
}

TEST_F(BadInputTest, AnUnknownOptionInASidecar) {
  (void)copy_sample("logo.png", "drop/logo.png");
  (void)folder_.file("drop/logo.post.json", "{\n  \"post\": \"hi\",\n  \"notess\": \"x\"\n}\n");
  const Json error = only_error(run_json({"prepare", path("drop"), "-o", path("out")}, 2));
  EXPECT_EQ(error["code"], "invalid_argument");
  EXPECT_THAT(error.value("message", ""), HasSubstr("logo.post.json"));
  EXPECT_THAT(error.value("message", ""), HasSubstr("3"));
  EXPECT_THAT(error.value("message", "") + error.value("fix", ""), HasSubstr("notes"));
}

}  // namespace
}  // namespace tokprep::test
