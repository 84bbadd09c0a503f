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

// Two folders whose outputs go into one of them: what the other item is made of stays, whatever is asked for.
TEST_F(OutputTest, NoSourceOrCoverOfTheRunIsOverwritten) {
  (void)copy_sample("street.mov", "a/x.mov");
  (void)copy_sample("city.mp4", "b/x.mp4");
  (void)copy_sample("city.cover.png", "b/x.cover.jpg");
  const std::string video = bytes_of(path("b/x.mp4"));
  const std::string cover = bytes_of(path("b/x.cover.jpg"));
  for (const char* more : {"-q", "--overwrite"}) {
    const auto lines = run_json({"prepare", path("a"), path("b"), "-o", path("b"), more}, 3);
    const Json failed = only(lines, "item_failed");
    EXPECT_EQ(failed["item"], path("a/x.mov").string());
    EXPECT_EQ(failed["error"]["code"], "invalid_argument");
    EXPECT_THAT(failed["error"].value("message", ""), HasSubstr("b/x.mp4 would overwrite"));
    EXPECT_THAT(failed["error"].value("fix", ""), HasSubstr("-o"));
    EXPECT_EQ(bytes_of(path("b/x.mp4")), video);
    EXPECT_EQ(bytes_of(path("b/x.cover.jpg")), cover);
  }
}

TEST_F(OutputTest, NoSourceOfALaterLineOfAManifestIsOverwritten) {
  (void)copy_sample("street.mov", "src/a.mov");
  (void)copy_sample("city.mp4", "o/b.mp4");
  const std::string before = bytes_of(path("o/b.mp4"));
  (void)folder_.file("list.jsonl",
                     "{\"media\":\"src/a.mov\",\"output\":\"b\"}\n{\"media\":\"o/b.mp4\",\"output\":\"z\"}\n");
  for (const char* more : {"-q", "--overwrite"}) {
    const auto lines = run_json({"prepare", "--manifest", path("list.jsonl"), "-o", path("o"), more}, 3);
    EXPECT_EQ(only(lines, "item_failed")["error"]["code"], "invalid_argument");
    EXPECT_EQ(bytes_of(path("o/b.mp4")), before);
  }
}

TEST_F(OutputTest, AStrangersFileIsReplacedWithOverwriteAlone) {
  (void)copy_sample("logo.png", "drop/look/1.png");
  (void)copy_sample("logo.png", "drop/look/2.png");
  (void)copy_sample("city.mp4", "drop/clip.mp4");
  (void)copy_sample("logo.png", "drop/logo.png");
  fs::create_directories(path("out/look"));
  const std::vector<std::string> mine = {"out/look/02.jpg", "out/clip.cover.jpg", "out/logo.tokprep.json"};
  for (const std::string& name : mine) (void)folder_.file(name, "mine");
  for (const char* more : {"-q", "--force"}) {
    const auto lines = run_json({"prepare", path("drop"), "-o", path("out"), more}, 2);
    EXPECT_EQ(of_type(lines, "item_failed").size(), 3U);
    for (const Json& failed : of_type(lines, "item_failed")) {
      EXPECT_EQ(failed["error"]["code"], "invalid_argument");
      EXPECT_THAT(failed["error"].value("fix", ""), HasSubstr("--overwrite"));
    }
    EXPECT_EQ(files_in("out").size(), mine.size());
    for (const std::string& name : mine) EXPECT_EQ(bytes_of(path(name)), "mine");
  }
  run_json({"prepare", path("drop"), "-o", path("out"), "--overwrite"}, 0);
  for (const std::string& name : mine) EXPECT_NE(bytes_of(path(name)), "mine");
}

// As a kill between the names of the outputs and that of the certificate leaves it.
TEST_F(OutputTest, AKilledRunsOutputsAreItsOwn) {
  const fs::path file = copy_sample("city.mp4", "drop/city.mp4");
  run_json({"prepare", file, "-o", path("out")}, 0);
  const std::string cover = bytes_of(path("out/city.cover.jpg"));
  fs::rename(path("out/city.tokprep.json"), path("out/.city.tokprep.json.part"));
  fs::remove(path("out/city.cover.jpg"));
  // Meanwhile somebody put a file there that the killed run had not come to.
  (void)folder_.file("out/city.cover.jpg", "mine");
  EXPECT_EQ(only_error(run_json({"prepare", file, "-o", path("out")}, 2))["code"], "invalid_argument");
  EXPECT_EQ(bytes_of(path("out/city.cover.jpg")), "mine");
  fs::remove(path("out/city.cover.jpg"));
  run_json({"prepare", file, "-o", path("out")}, 0);
  EXPECT_EQ(bytes_of(path("out/city.cover.jpg")), cover);
  EXPECT_THAT(files_in("out"), testing::ElementsAre("city.cover.jpg", "city.mp4", "city.tokprep.json"));
}

// In between a run finds the older result to be whole, and must not forget what the killed one made.
TEST_F(OutputTest, AKilledRunIsRememberedUntilItsOutputsAreMadeAgain) {
  const fs::path file = copy_sample("logo.png", "drop/logo.png");
  run_json({"prepare", file, "-o", path("out")}, 0);
  run_json({"prepare", file, "-o", path("aside"), "--image-format", "webp"}, 0);
  fs::rename(path("aside/logo.webp"), path("out/logo.webp"));
  fs::rename(path("aside/logo.tokprep.json"), path("out/.logo.tokprep.json.part"));
  fs::last_write_time(file, fs::last_write_time(file) + std::chrono::seconds(5));
  EXPECT_EQ(of_type(run_json({"prepare", file, "-o", path("out")}, 0), "item_skipped").size(), 1U);
  run_json({"prepare", file, "-o", path("out"), "--image-format", "webp"}, 0);
  EXPECT_THAT(files_in("out"), testing::ElementsAre("logo.tokprep.json", "logo.webp"));
}

// Beside the sources: they are no items of the next run, which makes them anew.
TEST_F(OutputTest, AKilledRunsOutputsBesideTheSourcesAreNoItems) {
  (void)copy_sample("street.mov", "drop/street.mov");
  run_json({"prepare", path("drop"), "-o", path("drop")}, 0);
  const std::vector<std::string> whole = files_in("drop");
  fs::rename(path("drop/street.tokprep.json"), path("drop/.street.tokprep.json.part"));
  const auto lines = run_json({"prepare", path("drop"), "-o", path("drop")}, 0);
  EXPECT_EQ(only(lines, "item_done")["item"], path("drop/street.mov").string());
  EXPECT_EQ(files_in("drop"), whole);
}

TEST_F(OutputTest, AKilledRunsPicturesInTheirFolderAreNoItems) {
  (void)copy_sample("logo.png", "drop/look/1.png");
  (void)copy_sample("logo.png", "drop/look/2.png");
  run_json({"prepare", path("drop"), "-o", path("drop")}, 0);
  const std::vector<std::string> whole = files_in("drop");
  EXPECT_EQ(whole.size(), 5U);
  fs::rename(path("drop/look.tokprep.json"), path("drop/.look.tokprep.json.part"));
  const auto lines = run_json({"prepare", path("drop"), "-o", path("drop")}, 0);
  EXPECT_EQ(only(lines, "item_done")["outputs"].size(), 2U);
  EXPECT_EQ(files_in("drop"), whole);
}

TEST_F(OutputTest, APartThatTellsNothingNewGoesWithTheNextCertificate) {
  const fs::path file = copy_sample("logo.png", "drop/logo.png");
  run_json({"prepare", file, "-o", path("out")}, 0);
  fs::copy_file(path("out/logo.tokprep.json"), path("out/.logo.tokprep.json.part"));
  fs::last_write_time(file, fs::last_write_time(file) + std::chrono::seconds(5));
  run_json({"prepare", file, "-o", path("out")}, 0);
  EXPECT_THAT(files_in("out"), testing::ElementsAre("logo.jpg", "logo.tokprep.json"));
}

TEST_F(OutputTest, WhatAKilledRunMadeAndTheNextDoesNotIsCleared) {
  const fs::path file = copy_sample("logo.png", "drop/logo.png");
  run_json({"prepare", file, "-o", path("out")}, 0);
  fs::rename(path("out/logo.tokprep.json"), path("out/.logo.tokprep.json.part"));
  run_json({"prepare", file, "-o", path("out"), "--image-format", "webp"}, 0);
  EXPECT_THAT(files_in("out"), testing::ElementsAre("logo.tokprep.json", "logo.webp"));
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
