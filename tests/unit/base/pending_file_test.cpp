#include "base/pending_file.h"

#include <gtest/gtest.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <iterator>

#include "base/pending_part.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/base/in_child.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string code_of(const Result<PendingFile>& file) {
  return file ? "created" : std::string(to_string(file.error().code));
}

class PendingFileTest : public testing::Test {
 protected:
  test::TempFolder folder_;
  fs::path target_ = folder_.path() / "beach.mp4";
  fs::path part_ = folder_.path() / ".beach.mp4.part";
};

TEST_F(PendingFileTest, TakesItsNameOnlyWhenCommitted) {
  (void)folder_.file("beach.mp4", "old");
  auto file = PendingFile::create(target_);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->path().string(), part_.string());
  EXPECT_EQ(file->target().string(), target_.string());
  ASSERT_TRUE(file->write("ne"));
  ASSERT_TRUE(file->write("w"));
  EXPECT_EQ(content_of(target_), "old");
  EXPECT_EQ(content_of(part_), "new");
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(content_of(target_), "new");
  EXPECT_FALSE(fs::exists(part_));
}

TEST_F(PendingFileTest, CommitsWhatOthersWroteToItsPath) {
  auto file = PendingFile::create(target_);
  ASSERT_TRUE(file);
  (void)folder_.file(".beach.mp4.part", "by a worker");
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(content_of(target_), "by a worker");
}

TEST_F(PendingFileTest, LeavesNothingWhenDiscarded) {
  (void)folder_.file("beach.mp4", "old");
  {
    auto file = PendingFile::create(target_);
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("half of the n"));
  }
  EXPECT_EQ(content_of(target_), "old");
  EXPECT_FALSE(fs::exists(part_));
}

TEST_F(PendingFileTest, StaysTheSameFileWhenMoved) {
  auto first = PendingFile::create(target_);
  ASSERT_TRUE(first);
  PendingFile moved = std::move(*first);
  first = fail(ErrorCode::kInternal, "the moved-from file is destroyed here");
  ASSERT_TRUE(moved.write("whole"));
  ASSERT_TRUE(moved.commit());
  EXPECT_EQ(content_of(target_), "whole");
}

TEST_F(PendingFileTest, MakesTheFoldersOfItsTarget) {
  const fs::path deep = folder_.path() / "a" / "b" / "c.mp4";
  ASSERT_TRUE(write_file(deep, "whole"));
  EXPECT_EQ(content_of(deep), "whole");
}

TEST_F(PendingFileTest, IsHeldAgainstASecondProcess) {
  auto file = PendingFile::create(target_);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("mine"));
  const std::string seen = test::in_child([&]() -> std::string {
    const auto second = PendingFile::create(target_);
    return second ? "created" : code_of(second) + ": " + second.error().message;
  });
  EXPECT_EQ(seen, "io: " + part_.string() + " is being written by another process");
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(content_of(target_), "mine");
}

TEST_F(PendingFileTest, IsFreeAgainOnceTheFirstIsThrough) {
  {
    const auto first = PendingFile::create(target_);
    ASSERT_TRUE(first);
    EXPECT_EQ(code_of(PendingFile::create(target_)), "io");
  }
  EXPECT_EQ(test::in_child([&] { return code_of(PendingFile::create(target_)); }), "created");
}

TEST_F(PendingFileTest, BeginsAnewWhereACrashLeftAPart) {
  EXPECT_EQ(test::in_child([&]() -> std::string {
              auto file = PendingFile::create(target_);
              if (!file || !file->write("a long beginning, and then the power went")) return "not written";
              ::_exit(0);  // without the destructor, as a crash would
            }),
            "");
  ASSERT_EQ(content_of(part_), "a long beginning, and then the power went");
  auto file = PendingFile::create(target_);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("anew"));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(content_of(target_), "anew");
}

// A worker may outlive its supervisor for a moment: what it writes then must not end in the file of the next run.
TEST_F(PendingFileTest, WhatACrashLeftIsShownUnlessSomebodyHoldsIt) {
  EXPECT_EQ(part_of(target_).string(), part_.string());
  std::string seen;
  const auto look = [&](const fs::path& part) { seen += content_of(part) + ";"; };
  EXPECT_TRUE(with_left_over(target_, look));
  EXPECT_EQ(seen, "") << "there is none";
  (void)folder_.file(part_.filename().string(), "left");
  EXPECT_TRUE(with_left_over(target_, look));
  EXPECT_TRUE(with_left_over(target_, look));
  EXPECT_EQ(seen, "left;left;") << "it stays";
  auto file = PendingFile::create(target_);
  ASSERT_TRUE(file);
  const Status held = with_left_over(target_, look);
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().code, ErrorCode::kIo);
  EXPECT_EQ(seen, "left;left;");
}

TEST_F(PendingFileTest, IsNotReachedByAWriterOfThePartACrashLeft) {
  (void)folder_.file(part_.filename().string(), "left");
  std::ofstream straggler(part_, std::ios::app);
  auto file = PendingFile::create(target_);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("anew"));
  straggler << "late" << std::flush;
  ASSERT_TRUE(file->commit());
  straggler << "later" << std::flush;
  EXPECT_EQ(content_of(target_), "anew");
}

TEST_F(PendingFileTest, HoldsItsTargetWhileItIsALinkToItsSource) {
  const fs::path source = folder_.file("source.mp4", "whole");
  (void)folder_.file(".beach.mp4.link", "left by a crash");
  auto file = PendingFile::create(target_);
  ASSERT_TRUE(file);
  EXPECT_FALSE(fs::exists(folder_.path() / ".beach.mp4.link"));
  ASSERT_TRUE(file->link_to(source, {}));
  EXPECT_EQ(test::in_child([&] { return code_of(PendingFile::create(target_)); }), "io");
  ASSERT_TRUE(file->commit());
  EXPECT_TRUE(fs::equivalent(source, target_));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 2) << "nothing is left beside the two names";
}

TEST_F(PendingFileTest, DoesNotFollowALinkInPlaceOfItsPart) {
  const fs::path victim = folder_.file("victim", "precious");
  fs::create_symlink(victim, part_);
  const auto file = PendingFile::create(target_);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().native, ELOOP);
  EXPECT_EQ(content_of(victim), "precious");
}

TEST_F(PendingFileTest, RefusesAFolderItMayNotWriteTo) {
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0555), 0);
  const std::string seen = test::in_child([&]() -> std::string {
    if (!test::become_nobody()) return "still root";
    const auto file = PendingFile::create(target_);
    return file ? "created" : code_of(file) + " " + std::to_string(file.error().native) + " " + file.error().file;
  });
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0700), 0);
  EXPECT_EQ(seen, "output_unwritable " + std::to_string(EACCES) + " " + part_.string());
}

TEST_F(PendingFileTest, RefusesATargetThatIsAFolder) {
  fs::create_directory(target_);
  const auto file = PendingFile::create(target_);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kOutputUnwritable);
  EXPECT_EQ(file.error().native, EISDIR);
  EXPECT_EQ(file.error().file, target_.string());
  EXPECT_FALSE(fs::exists(part_));
}

TEST_F(PendingFileTest, RefusesATargetBelowAFile) {
  const auto file = PendingFile::create(folder_.file("a", "") / "b.mp4");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kOutputUnwritable);
  EXPECT_EQ(file.error().native, ENOTDIR);
}

TEST_F(PendingFileTest, SaysSoWhenItsFolderWentAway) {
  const fs::path folder = folder_.path() / "out";
  auto file = PendingFile::create(folder / "a.mp4");
  ASSERT_TRUE(file);
  fs::remove_all(folder);
  const Status committed = file->commit();
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, ErrorCode::kOutputUnwritable);
  EXPECT_EQ(committed.error().file, (folder / "a.mp4").string());
}

TEST_F(PendingFileTest, TakesAWholeFile) {
  std::string bytes;
  for (int i = 0; bytes.size() < 300'000; ++i) bytes += std::to_string(i) + ' ';
  auto file = PendingFile::create(target_);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->copy_from(folder_.file("source.mov", bytes), {}));
  ASSERT_TRUE(file->commit());
  EXPECT_TRUE(content_of(target_) == bytes);  // not EXPECT_EQ: nobody wants to read that
  EXPECT_TRUE(content_of(folder_.path() / "source.mov") == bytes);
}

TEST_F(PendingFileTest, TakesAWholeFileFromAnotherFileSystem) {
  struct stat here {};
  struct stat there {};
  if (::stat("/dev/shm", &there) != 0 || ::stat(folder_.path().c_str(), &here) != 0 || here.st_dev == there.st_dev) {
    GTEST_SKIP() << "/dev/shm is not another file system here";
  }
  const fs::path source = "/dev/shm/" + folder_.path().filename().string();
  const std::string bytes(1'200'000, 'x');
  ASSERT_TRUE(write_file(source, bytes));
  auto file = PendingFile::create(target_);
  ASSERT_TRUE(file);
  const Status copied = file->copy_from(source, {});
  fs::remove(source);
  ASSERT_TRUE(copied) << copied.error().message;
  ASSERT_TRUE(file->commit());
  EXPECT_TRUE(content_of(target_) == bytes);
}

TEST_F(PendingFileTest, CopiesNoSourceThatIsNotThere) {
  auto file = PendingFile::create(target_);
  ASSERT_TRUE(file);
  const Status copied = file->copy_from(folder_.path() / "gone.mov", {});
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().code, ErrorCode::kInputUnreadable);
  EXPECT_EQ(copied.error().file, (folder_.path() / "gone.mov").string());
}

TEST_F(PendingFileTest, StopsCopyingWhenAsked) {
  const fs::path source = folder_.file("source.mov", "bytes");
  auto file = PendingFile::create(target_);
  ASSERT_TRUE(file);
  const auto input = open_for_reading(source);
  ASSERT_TRUE(input);
  if (::ioctl(file->fd(), FICLONE, input->get()) == 0) GTEST_SKIP() << "blocks are shared here: nothing takes time";
  std::stop_source stop;
  stop.request_stop();
  RunContext run;
  run.stop = stop.get_token();
  const Status copied = file->copy_from(source, run);
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace tokprep
