#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "base/digest.h"
#include "base/file_descriptor.h"

#include "tests/cli/cli_fixture.h"
#include "tests/cli/tiny_disk.h"

namespace tokprep::test {
namespace {

using namespace std::string_literals;
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

// Sources of one name, sent into one folder by runs of their own.
TEST_F(OutputTest, TheResultOfAnotherSourceStays) {
  const fs::path first = copy_sample("city.mp4", "a/clip.mp4");
  const fs::path second = copy_sample("street.mov", "b/clip.mov");
  run_json({"prepare", first, "-o", path("out")}, 0);
  const std::string made = bytes_of(path("out/clip.mp4"));
  const std::vector<std::string> both = {"clip.cover.jpg", "clip.mov.cover.jpg",    "clip.mov.mp4",
                                         "clip.mp4",       "clip.mov.tokprep.json", "clip.tokprep.json"};
  run_json({"prepare", second, "-o", path("out")}, 0);
  EXPECT_THAT(files_in("out"), testing::UnorderedElementsAreArray(both));
  EXPECT_EQ(bytes_of(path("out/clip.mp4")), made);
  for (const fs::path& file : {first, second})
    EXPECT_EQ(of_type(run_json({"prepare", file, "-o", path("out")}, 0), "item_skipped").size(), 1U) << file;

  // Edited where it lies, each goes on replacing its own.
  fs::copy_file(sample("street.mov"), first, fs::copy_options::overwrite_existing);
  const std::string other = bytes_of(path("out/clip.mov.mp4"));
  run_json({"prepare", first, "-o", path("out")}, 0);
  EXPECT_THAT(files_in("out"), testing::UnorderedElementsAreArray(both));
  EXPECT_NE(bytes_of(path("out/clip.mp4")), made);
  EXPECT_EQ(bytes_of(path("out/clip.mov.mp4")), other);
}

TEST_F(OutputTest, TheResultOfAnotherFolderOfPicturesStays) {
  for (const char* name : {"a/look/1.png", "a/look/2.png", "b/look/1.png"}) (void)copy_sample("logo.png", name);
  fs::copy_file(sample("city.cover.png"), path("b/look/1.png"), fs::copy_options::overwrite_existing);
  run_json({"prepare", path("a"), "-o", path("out")}, 0);
  const std::string made = bytes_of(path("out/look/01.jpg"));
  const std::vector<std::string> both = {"look-2.tokprep.json", "look-2/01.jpg", "look.tokprep.json", "look/01.jpg",
                                         "look/02.jpg"};
  for (int i = 0; i < 2; ++i) {
    run_json({"prepare", path("b"), "-o", path("out")}, 0);
    EXPECT_THAT(files_in("out"), testing::UnorderedElementsAreArray(both));
    EXPECT_EQ(bytes_of(path("out/look/01.jpg")), made);
  }
  // What lies in the folder by now is the same item's.
  fs::remove(path("a/look/1.png"));
  fs::rename(path("a/look/2.png"), path("a/look/9.png"));
  fs::copy_file(sample("city.cover.png"), path("a/look/9.png"), fs::copy_options::overwrite_existing);
  run_json({"prepare", path("a"), "-o", path("out")}, 0);
  EXPECT_FALSE(fs::exists(path("out/look/02.jpg")));
  EXPECT_NE(bytes_of(path("out/look/01.jpg")), made);
  EXPECT_FALSE(fs::exists(path("out/look-3.tokprep.json")));
}

TEST_F(OutputTest, AResultKeepsItsNameWhateverIsPutBesideItsSource) {
  (void)copy_sample("city.mp4", "drop/beach.mp4");
  run_json({"prepare", path("drop"), "-o", path("out")}, 0);
  const std::string made = bytes_of(path("out/beach.mp4"));
  (void)copy_sample("beach.mkv", "drop/beach.MKV");  // comes before it
  for (int i = 0; i < 2; ++i) {
    const auto lines = run_json({"prepare", path("drop"), "-o", path("out"), "--jobs", "2"}, 0);
    EXPECT_EQ(of_type(lines, "item_skipped").size(), i == 0 ? 1U : 2U);
    EXPECT_EQ(bytes_of(path("out/beach.mp4")), made);
    EXPECT_THAT(files_in("out"),
                testing::UnorderedElementsAre("beach.MKV.cover.jpg", "beach.MKV.mp4", "beach.MKV.tokprep.json",
                                              "beach.cover.jpg", "beach.mp4", "beach.tokprep.json"));
  }
}

TEST_F(OutputTest, ANameThatWasGivenIsRefusedWhereAnothersResultStands) {
  (void)copy_sample("logo.png", "a.png");
  (void)copy_sample("city.cover.png", "b.png");
  const auto list = [&](const std::string& media) {
    return folder_.file("list.jsonl", "{\"media\":\"" + media + "\",\"output\":\"x\"}\n");
  };
  run_json({"prepare", "--manifest", list("a.png"), "-o", path("out")}, 0);
  const std::string made = bytes_of(path("out/x.jpg"));
  const Json error = only_error(run_json({"prepare", "--manifest", list("b.png"), "-o", path("out")}, 2));
  EXPECT_EQ(error["code"], "invalid_argument");
  EXPECT_THAT(error.value("message", ""), HasSubstr("a.png"));
  EXPECT_THAT(error.value("fix", ""), HasSubstr("--overwrite"));
  EXPECT_EQ(bytes_of(path("out/x.jpg")), made);
  run_json({"prepare", "--manifest", list("b.png"), "-o", path("out"), "--overwrite"}, 0);
  EXPECT_NE(bytes_of(path("out/x.jpg")), made);
}

// Moved as a whole, and found to be the same there, an item is known by its new place when it is edited.
TEST_F(OutputTest, AFolderThatWasMovedGoesOnReplacingItsOwn) {
  (void)copy_sample("logo.png", "drop/a.png");
  run_json({"prepare", path("drop"), "-o", path("out")}, 0);
  const std::string made = bytes_of(path("out/a.jpg"));
  fs::rename(path("drop"), path("moved"));
  EXPECT_EQ(of_type(run_json({"prepare", path("moved"), "-o", path("out")}, 0), "item_skipped").size(), 1U);
  fs::copy_file(sample("city.cover.png"), path("moved/a.png"), fs::copy_options::overwrite_existing);
  run_json({"prepare", path("moved"), "-o", path("out")}, 0);
  EXPECT_THAT(files_in("out"), testing::ElementsAre("a.jpg", "a.tokprep.json"));
  EXPECT_NE(bytes_of(path("out/a.jpg")), made);
}

// As a killed run leaves them: its note in the state folder, and parts that nobody holds.
TEST_F(OutputTest, WhatAKilledRunWasMakingIsClearedAwayByTheNext) {
  const fs::path file = copy_sample("logo.png", "drop/kept.png");
  run_json({"prepare", file, "-o", path("out")}, 0);
  const std::vector<std::string> whole = files_in("out");
  const std::vector<std::string> left = {".gone.mp4.part", ".gone.cover.jpg.part", ".gone.part2.mp4.part",
                                         ".gone.mp4.link", "look/.01.jpg.part",    "sub/.deep.webp.part"};
  const std::vector<std::string> others = {".notes.mp4.part", ".gone.txt.part", ".gone.tokprep.json.part", ".gone.mp4",
                                           ".held.mp4.part"};
  for (const auto& names : {left, others}) {
    for (const std::string& name : names) {
      fs::create_directories(path("out/" + name).parent_path());
      (void)folder_.file("out/" + name, "half");
    }
  }
  const FileDescriptor held(::open(path("out/.held.mp4.part").c_str(), O_RDWR));
  ASSERT_EQ(::flock(held.get(), LOCK_EX | LOCK_NB), 0);
  const std::string note = "state/begun/" + sha256_of(fs::canonical(path("out")).native()).substr(0, 32) + "/killed";
  fs::create_directories(path(note).parent_path());
  (void)folder_.file(note, "gone\0look\0sub/deep\0held\0note"s);
  EXPECT_EQ(of_type(run_json({"prepare", file, "-o", path("out")}, 0), "item_skipped").size(), 1U);
  std::vector<std::string> expected = whole;
  expected.insert(expected.end(), others.begin(), others.end());
  EXPECT_THAT(files_in("out"), testing::UnorderedElementsAreArray(expected));
  EXPECT_FALSE(fs::exists(path("out/look")));
  EXPECT_FALSE(fs::exists(path(note)));
}

TEST_F(OutputTest, ScratchFoldersOfKilledRunsAreGoneAfterARunThatOnlySkips) {
  fs::create_directory(path("tmp"));
  settings_.environment["TMPDIR"] = path("tmp");
  const fs::path file = copy_sample("logo.png", "drop/logo.png");
  run_json({"prepare", file, "-o", path("out")}, 0);
  for (const char* name : {"tokprep-worker-old000", "somebody-old000"}) {
    fs::create_directory(path("tmp") / name);
    fs::last_write_time(path("tmp") / name, fs::file_time_type::clock::now() - std::chrono::minutes(5));
  }
  EXPECT_EQ(of_type(run_json({"prepare", file, "-o", path("out")}, 0), "item_skipped").size(), 1U);
  EXPECT_FALSE(fs::exists(path("tmp/tokprep-worker-old000")));
  EXPECT_TRUE(fs::exists(path("tmp/somebody-old000")));
}

// A real one.
TEST_F(OutputTest, AKilledRunsPartsAreGoneAfterTheNextWhateverBecameOfItsItem) {
  const fs::path file = copy_sample("city.mp4", "drop/slow.mp4");
  (void)copy_sample("logo.png", "drop/logo.png");
  const std::vector<std::string> command = {TOKPREP_PROGRAM, "prepare", path("drop"), "-o",     path("out"),
                                            "--quality",     "best",    "--max-size", "540x960"};
  const auto parts = [&] {
    const auto files = files_in("out");
    return std::ranges::count_if(files, [](const std::string& name) { return name.ends_with(".part"); });
  };
  {
    RunningProcess killed(command, settings_);
    for (int i = 0; i < 600 && parts() == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    killed.send_signal(SIGKILL);
  }
  ASSERT_GT(parts(), 0);
  fs::rename(file, path("drop/renamed.mp4"));
  run_json({"prepare", path("drop"), "-o", path("out")}, 0);
  EXPECT_EQ(parts(), 0) << Json(files_in("out")).dump();
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
