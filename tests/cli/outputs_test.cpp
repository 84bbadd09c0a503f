#include <sys/stat.h>
#include <unistd.h>

#include "tests/cli/cli_fixture.h"
#include "tests/cli/tiny_disk.h"

namespace tokprep::test {
namespace {

using testing::HasSubstr;

constexpr uid_t kNobody = 65534;

using OutputTest = CliTest;

TEST_F(OutputTest, AFolderThatMayNotBeWritten) {
  const fs::path file = copy_sample("logo.png", "drop/logo.png");
  fs::create_directory(path("out"));
  ::chmod(path("out").c_str(), 0555);
  if (::geteuid() == 0) {
    ::chmod(folder_.path().c_str(), 0777);
    settings_.run_as = kNobody;
  }
  const Json error = only_error(run_json({"prepare", file, "-o", path("out")}, 2));
  EXPECT_EQ(error["code"], "output_unwritable");
  EXPECT_TRUE(files_in("out").empty());
}

TEST_F(OutputTest, AFileWhereTheFolderShouldBe) {
  const fs::path file = copy_sample("logo.png", "drop/logo.png");
  const fs::path out = folder_.file("out", "I was here first");
  EXPECT_EQ(only_error(run_json({"prepare", file, "-o", out}, 2))["code"], "output_unwritable");
  EXPECT_EQ(bytes_of(out), "I was here first");
}

TEST_F(OutputTest, TheSourceIsNeverOverwritten) {
  const fs::path file = copy_sample("city.mp4", "drop/city.mp4");
  const std::string before = bytes_of(file);
  EXPECT_EQ(only_error(run_json({"prepare", file, "-o", path("drop")}, 2))["code"], "invalid_argument");
  EXPECT_EQ(bytes_of(file), before);
}

TEST_F(OutputTest, NoSourceBesideIsOverwritten) {
  (void)copy_sample("logo.png", "drop/a.bmp");  // comes first and would be a.jpg
  (void)copy_sample("logo.png", "drop/a.jpg");
  const std::string before = bytes_of(path("drop/a.jpg"));
  for (int i = 0; i < 2; ++i) {
    const auto lines = run_json({"prepare", path("drop"), "-o", path("drop")}, 3);
    const auto failed = of_type(lines, "item_failed");
    ASSERT_EQ(failed.size(), 1U);
    EXPECT_EQ(failed[0]["error"]["code"], "invalid_argument");
    EXPECT_THAT(failed[0]["error"]["message"].get<std::string>(), testing::HasSubstr("drop/a.jpg would overwrite"));
    EXPECT_EQ(bytes_of(path("drop/a.jpg")), before);
  }
}

TEST_F(OutputTest, AFullDiskIsTemporaryAndLeavesNothing) {
  const TinyDisk disk(path("disk"), 128 * 1024);
  if (!disk.mounted()) GTEST_SKIP() << "a full disk needs the right to mount a tmpfs";
  const fs::path file = copy_sample("beach.mkv", "drop/beach.mkv");
  const Json error = only_error(run_json({"prepare", file, "-o", path("disk")}, 6));
  EXPECT_EQ(error["code"], "no_space");
  EXPECT_EQ(error["transient"], true);
  EXPECT_TRUE(files_in("disk").empty());
}

}  // namespace
}  // namespace tokprep::test
