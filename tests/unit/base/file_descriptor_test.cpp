#include "base/file_descriptor.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "tests/support/temp_folder.h"
#include "tests/unit/base/in_child.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

TEST(FileDescriptor, ClosesWhatItOwnsOnce) {
  const test::TempFolder folder;
  const fs::path path = folder.file("a", "abc");
  int number = -1;
  {
    auto file = open_for_reading(path);
    ASSERT_TRUE(file);
    number = file->get();
    const FileDescriptor moved = std::move(*file);
    EXPECT_FALSE(file->valid());
    EXPECT_EQ(moved.get(), number);
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(FileDescriptor, IsNotHandedToPrograms) {
  const test::TempFolder folder;
  const auto file = open_for_reading(folder.file("a", "abc"));
  ASSERT_TRUE(file);
  EXPECT_NE(::fcntl(file->get(), F_GETFD) & FD_CLOEXEC, 0);
}

void expect_unreadable(const fs::path& path, const std::string& why, int native) {
  const auto file = open_for_reading(path);
  ASSERT_FALSE(file) << path.string();
  EXPECT_EQ(file.error().code, ErrorCode::kInputUnreadable);
  EXPECT_EQ(file.error().message, "cannot read " + path.string() + ": " + why);
  EXPECT_EQ(file.error().file, path.string());
  EXPECT_EQ(file.error().native, native);
}

TEST(OpenForReading, SaysWhatIsInTheWay) {
  const test::TempFolder folder;
  expect_unreadable(folder.path() / "gone.mov", "no such file", ENOENT);
  expect_unreadable(folder.path(), "it is a folder", EISDIR);
  expect_unreadable("/dev/null", "it is not a regular file", 0);
  fs::create_symlink("gone.mov", folder.path() / "dangling.mov");
  expect_unreadable(folder.path() / "dangling.mov", "no such file", ENOENT);
}

TEST(OpenForReading, DoesNotWaitForTheOtherEndOfAFifo) {
  const test::TempFolder folder;
  const fs::path path = folder.path() / "fifo.mov";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  expect_unreadable(path, "it is not a regular file", 0);
}

TEST(OpenForReading, NamesAMissingPermission) {
  const test::TempFolder folder;
  const fs::path path = folder.file("secret.mov", "abc");
  ASSERT_EQ(::chmod(path.c_str(), 0000), 0);
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);  // the file itself is what keeps others out
  const std::string seen = test::in_child([&]() -> std::string {
    if (!test::become_nobody()) return "still root";
    const auto file = open_for_reading(path);
    return file ? "opened" : std::string(to_string(file.error().code)) + ": " + file.error().message;
  });
  EXPECT_EQ(seen, "input_unreadable: cannot read " + path.string() + ": no permission");
}

TEST(SizeOfFile, CountsBytes) {
  const test::TempFolder folder;
  EXPECT_EQ(size_of_file(folder.file("empty", "")), std::uint64_t{0});
  EXPECT_EQ(size_of_file(folder.file("some", std::string(70'000, 'x'))), std::uint64_t{70'000});
  const auto missing = size_of_file(folder.path() / "gone");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kInputUnreadable);
}

TEST(ReadHead, GivesTheFrontOrAllOfAShorterFile) {
  const test::TempFolder folder;
  const fs::path path = folder.file("a", std::string("a\0c\n", 4));
  EXPECT_EQ(read_head(path, 2), std::string("a\0", 2));
  EXPECT_EQ(read_head(path, 4), std::string("a\0c\n", 4));
  EXPECT_EQ(read_head(path, 4096), std::string("a\0c\n", 4));
  EXPECT_EQ(read_head(folder.file("empty", ""), 4096), "");
}

TEST(ReadTextFile, TakesAFileAtTheLimitAndRefusesOneAbove) {
  const test::TempFolder folder;
  EXPECT_EQ(read_text_file(folder.file("a.txt", "12345"), 5), "12345");
  const auto large = read_text_file(folder.file("b.txt", "123456"), 5);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(large.error().message, (folder.path() / "b.txt").string() + " is larger than 5 bytes");
}

TEST(CodeOfWriteErrno, TellsAFullDiskFromAForbiddenPlaceAndABrokenDisk) {
  for (const int full : {ENOSPC, EDQUOT}) EXPECT_EQ(code_of_write_errno(full), ErrorCode::kNoSpace);
  for (const int forbidden : {EACCES, EPERM, EROFS, EISDIR, ENOTDIR, ENAMETOOLONG}) {
    EXPECT_EQ(code_of_write_errno(forbidden), ErrorCode::kOutputUnwritable) << forbidden;
  }
  EXPECT_EQ(code_of_write_errno(EIO), ErrorCode::kIo);
}

}  // namespace
}  // namespace tokprep
