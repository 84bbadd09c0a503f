#include <sys/stat.h>
#include <unistd.h>

#include <chrono>

#include "base/text.h"
#include "tests/cli/cli_fixture.h"

namespace tokprep::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ResumeTest : public CliTest {
 protected:
  std::vector<Json> prepare(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"prepare", path("drop"), "-o", path("out")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_json(std::move(arguments), 0);
  }
  /// What the next run makes again, by name.
  std::vector<std::string> made(const std::vector<Json>& lines) const {
    std::vector<std::string> names;
    for (const Json& line : of_type(lines, "item_done")) {
      names.push_back(fs::path(line["item"].get<std::string>()).filename());
    }
    return names;
  }
  static void append(const fs::path& file, std::string_view bytes) { std::ofstream(file, std::ios::app) << bytes; }
  static void later(const fs::path& file) {
    fs::last_write_time(file, fs::last_write_time(file) + std::chrono::seconds(5));
  }
};

TEST_F(ResumeTest, OutputsThatAreGoneCutOrEditedAreMadeAgain) {
  for (const char* name : {"a", "b", "c", "d"}) (void)copy_sample("logo.png", std::string("drop/") + name + ".png");
  (void)prepare();
  const std::string whole = bytes_of(path("out/a.jpg"));
  fs::remove(path("out/a.jpg"));
  fs::resize_file(path("out/b.jpg"), 100);
  std::string edited = whole;
  edited[edited.size() / 2] ^= 1;
  (void)folder_.file("out/c.jpg", edited);
  later(path("out/c.jpg"));
  EXPECT_THAT(made(prepare()), testing::UnorderedElementsAre("a.png", "b.png", "c.png"));
  for (const char* name : {"out/a.jpg", "out/b.jpg", "out/c.jpg", "out/d.jpg"}) EXPECT_EQ(bytes_of(path(name)), whole);
  EXPECT_THAT(made(prepare()), IsEmpty());
}

TEST_F(ResumeTest, ATouchedSourceIsReadOnceAndNotConverted) {
  const fs::path file = copy_sample("logo.png", "drop/a.png");
  (void)prepare();
  later(file);
  EXPECT_THAT(made(prepare()), IsEmpty());
  const Json mark = Json::parse(bytes_of(path("out/a.tokprep.json")))["assets"][0]["source"];
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(mark["modified_ns"], status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec);
}

TEST_F(ResumeTest, ASourceChangedWithinTheSameTickIsSeen) {
  const fs::path file = copy_sample("logo.png", "drop/a.png");
  (void)prepare();
  // As a change in the tick of the first would leave it: same size, same time.
  const auto time = fs::last_write_time(file);
  std::string bytes = bytes_of(file);
  const std::size_t at = bytes.rfind("IEND") - 6;  // inside the last chunk of the picture: the file is damaged now
  bytes[at] ^= 1;
  std::ofstream(file, std::ios::in | std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  fs::last_write_time(file, time);
  const auto lines = checked_lines(run({"prepare", path("drop"), "-o", path("out"), "--json"}));
  EXPECT_THAT(of_type(lines, "item_skipped"), IsEmpty());
}

TEST_F(ResumeTest, ACaptionAloneConvertsNothing) {
  (void)copy_sample("logo.png", "drop/a.png");
  (void)folder_.file("drop/a.txt", "One");
  (void)prepare();
  (void)folder_.file("drop/a.txt", "Two");
  (void)folder_.file("drop/a.post.json", R"({"tikTokOptions":{"title":"T"}})");
  EXPECT_THAT(made(prepare()), IsEmpty());
}

TEST_F(ResumeTest, ACoverOrASettingMakesTheItemAnew) {
  (void)copy_sample("city.mp4", "drop/a.mp4");
  const fs::path cover = copy_sample("city.cover.png", "drop/a.cover.png");
  (void)prepare();
  append(cover, "more");
  EXPECT_THAT(made(prepare()), ElementsAre("a.mp4"));
  EXPECT_THAT(made(prepare()), IsEmpty());
  EXPECT_THAT(made(prepare({"--fit", "crop"})), ElementsAre("a.mp4"));
}

TEST_F(ResumeTest, AnotherWayToTheSameFolderConvertsNothing) {
  (void)copy_sample("logo.png", "drop/a.png");
  (void)prepare();
  settings_.folder = folder_.path();
  EXPECT_THAT(made(run_json({"prepare", "drop", "-o", "out"}, 0)), IsEmpty());
  EXPECT_THAT(made(run_json({"prepare", "drop/a.png", "-o", "./out"}, 0)), IsEmpty());
}

TEST_F(ResumeTest, AFolderNamedWithASlashTooManyKeepsWhatWasMadeAgain) {
  (void)copy_sample("logo.png", "drop/a.png");
  for (int i = 0; i < 2; ++i) {
    const auto lines = run_json({"prepare", path("drop").string(), "-o", path("out").string() + "//", "--force"}, 0);
    EXPECT_EQ(of_type(lines, "item_done").size(), 1U);
    EXPECT_TRUE(fs::exists(path("out/a.jpg")));
  }
}

TEST_F(ResumeTest, DigestsTellWhatTimesDoNot) {
  (void)copy_sample("logo.png", "drop/a.png");
  (void)prepare();
  const fs::path output = path("out/a.jpg");
  const std::string whole = bytes_of(output);
  const auto time = fs::last_write_time(output);
  std::string rotten = whole;
  rotten[rotten.size() / 2] ^= 1;
  (void)folder_.file("out/a.jpg", rotten);
  fs::last_write_time(output, time);
  EXPECT_THAT(made(prepare()), IsEmpty());
  EXPECT_THAT(made(prepare({"--verify", "full"})), ElementsAre("a.png"));
  EXPECT_EQ(bytes_of(output), whole);
}

TEST_F(ResumeTest, WhatIsNoLongerMadeIsRemoved) {
  (void)copy_sample("lookbook/1.png", "drop/look/1.png");
  (void)copy_sample("lookbook/2.jpg", "drop/look/2.jpg");
  (void)prepare();
  (void)folder_.file("out/look/mine.jpg", "not tokprep's");
  fs::remove(path("drop/look/2.jpg"));
  (void)prepare();
  EXPECT_THAT(files_in("out"), ElementsAre("look.tokprep.json", "look/01.jpg", "look/mine.jpg"));
  (void)prepare({"--image-format", "webp"});
  EXPECT_THAT(files_in("out"), ElementsAre("look.tokprep.json", "look/01.webp", "look/mine.jpg"));
}

TEST_F(ResumeTest, NamesThatAreNoTextAreFoundAgain) {
  (void)copy_sample("logo.png", "drop/caf\xE9.png");
  (void)copy_sample("city.mp4", "drop/caf\xE8.mp4");
  const auto lines = prepare();
  std::vector<std::string> items;
  for (const Json& line : of_type(lines, "item_done")) items.push_back(line["item"].get<std::string>());
  EXPECT_THAT(items, testing::UnorderedElementsAre(text_of_name(path("drop/caf\xE8.mp4").native()),
                                                   text_of_name(path("drop/caf\xE9.png").native())));
  EXPECT_THAT(made(prepare()), IsEmpty());
  for (const char* name : {"out/caf\xE9.tokprep.json", "out/caf\xE8.tokprep.json"}) {
    EXPECT_TRUE(is_utf8(bytes_of(path(name)))) << name;
  }
}

TEST_F(ResumeTest, TheLongestNamesThereAreGoThroughAndAreFoundAgain) {
  const std::string image = std::string(251, 'i') + ".png";
  const std::string video = std::string(251, 'v') + ".mp4";
  (void)copy_sample("logo.png", "drop/" + image);
  (void)copy_sample("city.mp4", "drop/" + video);
  EXPECT_THAT(made(prepare()), testing::UnorderedElementsAre(image, video));
  EXPECT_THAT(made(prepare()), IsEmpty());
}

TEST_F(ResumeTest, AFolderThatMayNotBeReadIsReportedAndTheOthersAreDone) {
  (void)copy_sample("logo.png", "drop/a.png");
  (void)copy_sample("logo.png", "drop/closed/b.png");
  const fs::path secret = copy_sample("logo.png", "drop/secret.png");
  ::chmod(path("drop/closed").c_str(), 0);
  ::chmod(secret.c_str(), 0);
  if (::geteuid() == 0) {
    ::chmod(folder_.path().c_str(), 0777);
    settings_.run_as = 65534;
  }
  const auto lines = run_json({"prepare", path("drop"), "-o", path("out")}, 3);
  ::chmod(path("drop/closed").c_str(), 0700);
  EXPECT_EQ(only(lines, "item_done")["item"], path("drop/a.png").string());
  const auto failed = of_type(lines, "item_failed");
  ASSERT_EQ(failed.size(), 2U) << "the folder as well as the file";
  EXPECT_THAT(failed[0]["error"].value("message", ""), HasSubstr("cannot read the folder"));
  for (const Json& one : failed) EXPECT_EQ(one["error"]["code"], "input_unreadable");
}

}  // namespace
}  // namespace tokprep::test
