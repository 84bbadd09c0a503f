#include "base/folder_bounds.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/input_files.h"
#include "base/pending_file.h"
#include "base/run_context.h"
#include "tests/support/temp_folder.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class FolderBoundsTest : public testing::Test {
 protected:
  FolderBoundsTest() {
    fs::create_directories(drop_ / "sub");
    (void)folder_.file("private", "private");
    (void)folder_.file("drop/a", "a");
    (void)folder_.file("drop/sub/b", "b");
  }

  /// What is read of a file; the error's code where it is refused.
  static std::string read(const FolderBounds& bounds, const fs::path& file) {
    const auto opened = bounds.open(file);
    return opened ? read_text_file(*opened, file).value() : std::string(to_string(opened.error().code));
  }

  test::TempFolder folder_;
  fs::path drop_ = folder_.path() / "drop";
};

TEST_F(FolderBoundsTest, OpensWhatLiesInTheFolder) {
  const FolderBounds bounds(drop_);
  EXPECT_EQ(read(bounds, drop_ / "a"), "a");
  EXPECT_EQ(read(bounds, drop_ / "sub/b"), "b");
  fs::create_symlink("sub/b", drop_ / "relative");
  fs::create_symlink(drop_ / "a", drop_ / "absolute");
  EXPECT_EQ(read(bounds, drop_ / "relative"), "b");
  EXPECT_EQ(read(bounds, drop_ / "absolute"), "a");
  EXPECT_EQ(read(FolderBounds(drop_ / ""), drop_ / "a"), "a");
  fs::create_directory_symlink(drop_, folder_.path() / "way");
  EXPECT_EQ(read(FolderBounds(folder_.path() / "way"), folder_.path() / "way/a"), "a");
  EXPECT_EQ(read(FolderBounds("/"), drop_ / "a"), "a");
}

TEST_F(FolderBoundsTest, RefusesWhatLiesOutsideByWhateverWay) {
  const FolderBounds bounds(drop_);
  fs::create_symlink("../private", drop_ / "link");
  fs::create_symlink("link", drop_ / "link of a link");
  EXPECT_EQ(read(bounds, drop_ / "link"), "input_unreadable");
  EXPECT_EQ(read(bounds, drop_ / "link of a link"), "input_unreadable");
  EXPECT_EQ(read(bounds, drop_ / "../private"), "input_unreadable");
  const auto refused = bounds.open(drop_ / "link");
  EXPECT_EQ(refused.error().file, (drop_ / "link").string());
  EXPECT_THAT(refused.error().message, HasSubstr("leads out of the folder " + drop_.string()));
  EXPECT_THAT(refused.error().fix, HasSubstr("put the file itself there"));

  // A folder on the way, and one whose name only begins alike.
  fs::remove_all(drop_ / "sub");
  fs::create_directories(folder_.path() / "dropped");
  (void)folder_.file("dropped/b", "private");
  fs::create_directory_symlink(folder_.path() / "dropped", drop_ / "sub");
  EXPECT_EQ(read(bounds, drop_ / "sub/b"), "input_unreadable");

  // The folder itself.
  fs::rename(drop_, folder_.path() / "moved");
  fs::create_directory_symlink(folder_.path() / "dropped", drop_);
  EXPECT_EQ(read(bounds, drop_ / "b"), "input_unreadable");
}

TEST_F(FolderBoundsTest, OpensRegularFilesOnly) {
  const FolderBounds bounds(drop_);
  EXPECT_THAT(bounds.open(drop_ / "sub").error().message, HasSubstr("it is a folder"));
  EXPECT_THAT(bounds.open(drop_ / "gone").error().message, HasSubstr("no such file"));
  ASSERT_EQ(::mkfifo((drop_ / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(bounds.open(drop_ / "pipe").error().message, HasSubstr("not a regular file"));
}

class InputFilesTest : public FolderBoundsTest {
 protected:
  const fs::path a_ = drop_ / "a";
  const fs::path named_ = drop_ / "named";
  const InputFiles files_{{{a_, std::make_shared<const FolderBounds>(drop_)}, {named_, nullptr}}};
};

TEST_F(InputFilesTest, FollowLinksOnlyWhereTheUserNamedThem) {
  fs::create_symlink("../private", named_);
  EXPECT_TRUE(files_.open(named_));
  EXPECT_TRUE(files_.open(folder_.path() / "private")) << "none of them";
  fs::remove(a_);
  fs::create_symlink("../private", a_);
  EXPECT_EQ(files_.open(a_).error().code, ErrorCode::kInputUnreadable);
}

TEST_F(InputFilesTest, AreNeitherCopiedNorLinkedFromOutside) {
  RunContext run;
  run.inputs = &files_;
  auto target = PendingFile::create(folder_.path() / "out").value();
  ASSERT_TRUE(files_.open(a_));
  fs::remove(a_);
  fs::create_symlink("../private", a_);
  EXPECT_EQ(target.copy_from(a_, run).error().code, ErrorCode::kInputUnreadable);
  EXPECT_EQ(target.link_to(a_, run).error().code, ErrorCode::kInputUnreadable);
  EXPECT_EQ(files_.check_unchanged().error().code, ErrorCode::kInputUnreadable);
}

TEST_F(InputFilesTest, TellOfAChangeWhateverWentWrong) {
  const Error internal = fail(ErrorCode::kInternal, "a strange end").value();
  const Error stopped = fail(ErrorCode::kCancelled, "stopped").value();
  ASSERT_TRUE(files_.open(a_));
  EXPECT_TRUE(files_.check_unchanged());
  EXPECT_EQ(files_.blame(internal).code, ErrorCode::kInternal);
  (void)folder_.file("drop/a", "longer than it was");
  EXPECT_EQ(files_.open(a_).error().code, ErrorCode::kIo);
  EXPECT_EQ(files_.check_unchanged().error().file, a_.string());
  EXPECT_THAT(files_.blame(internal).message, HasSubstr("was changed while it was being read"));
  EXPECT_EQ(files_.blame(stopped).code, ErrorCode::kCancelled);
  fs::remove(a_);
  EXPECT_TRUE(files_.check_unchanged()) << "what is gone has not changed";
}

TEST_F(InputFilesTest, MayGetOtherNamesAndRights) {
  ASSERT_TRUE(files_.open(a_));
  fs::create_hard_link(a_, folder_.path() / "again");
  fs::permissions(a_, fs::perms::owner_read);
  EXPECT_TRUE(files_.check_unchanged());
}

}  // namespace
}  // namespace tokprep
