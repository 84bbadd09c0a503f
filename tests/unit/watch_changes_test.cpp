#include "pipeline/watch_changes.h"

#include <gtest/gtest.h>
#include <sys/inotify.h>

#include <cstring>
#include <fstream>

#include "tests/support/temp_folder.h"

namespace tokprep {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class InotifyTest : public testing::Test {
 protected:
  InotifyTest() {
    fs::create_directories(folder_.path() / "drop/sub");
    fs::create_directories(folder_.path() / "drop/out");
    auto opened = InotifyChanges::open({drop(), drop() / "out"});
    if (opened) changes_ = std::move(*opened);
  }

  [[nodiscard]] fs::path drop() const { return folder_.path() / "drop"; }
  /// True where a change is told within the time.
  bool told(std::chrono::milliseconds patience = 5s) { return changes_->wait(bell_, patience); }

  test::TempFolder folder_;
  Wakeup bell_;
  std::unique_ptr<InotifyChanges> changes_;
};

TEST_F(InotifyTest, TellsOfWhatIsWrittenMovedAndRemovedAlsoInNewFolders) {
  ASSERT_TRUE(changes_);
  EXPECT_EQ(changes_->folders(), 2U);
  (void)folder_.file("drop/sub/a.mp4", "x");
  EXPECT_TRUE(told());
  (void)folder_.file("elsewhere.mp4", "x");
  fs::rename(folder_.path() / "elsewhere.mp4", drop() / "b.mp4");
  EXPECT_TRUE(told());
  fs::remove(drop() / "b.mp4");
  EXPECT_TRUE(told());
  fs::create_directories(drop() / "new/deeper");
  EXPECT_TRUE(told());
  EXPECT_EQ(changes_->folders(), 4U);
  fs::rename(drop() / "new", folder_.path() / "away");
  EXPECT_TRUE(told());
  EXPECT_EQ(changes_->folders(), 2U);
}

TEST_F(InotifyTest, SaysNothingOfHiddenFilesAndOfTheOutputs) {
  ASSERT_TRUE(changes_);
  (void)folder_.file("drop/.a.mp4.part", "x");
  (void)folder_.file("drop/out/a.mp4", "x");
  EXPECT_FALSE(told(200ms));
  bell_.ring();
  EXPECT_FALSE(told(1h));  // woken, and nothing has changed
}

TEST_F(InotifyTest, KnowsWhoIsStillWriting) {
  ASSERT_TRUE(changes_);
  const fs::path file = drop() / "slow.mp4";
  std::ofstream writer(file);
  writer << "begun" << std::flush;
  EXPECT_TRUE(told());
  EXPECT_FALSE(changes_->is_closed(file));
  writer.close();
  EXPECT_TRUE(told());
  EXPECT_TRUE(changes_->is_closed(file));
}

// What the system sends where more happened than it could keep.
TEST_F(InotifyTest, AfterAnOverflowEverythingIsWatchedAnew) {
  ASSERT_TRUE(changes_);
  fs::create_directories(drop() / "unheard/of");
  inotify_event overflow{-1, IN_Q_OVERFLOW, 0, 0};
  EXPECT_TRUE(changes_->take({reinterpret_cast<const char*>(&overflow), sizeof overflow}));
  EXPECT_EQ(changes_->folders(), 4U);
  EXPECT_FALSE(changes_->is_exhausted());
  (void)folder_.file("drop/unheard/of/a.mp4", "x");
  EXPECT_TRUE(told());
}

TEST_F(InotifyTest, AFolderThatIsMadeAnewIsToBeOpenedAgain) {
  ASSERT_TRUE(changes_);
  fs::remove_all(drop() / "sub");
  EXPECT_TRUE(told());
  EXPECT_FALSE(changes_->is_exhausted());
  fs::remove_all(drop());
  fs::create_directory(drop());
  EXPECT_TRUE(told());
  EXPECT_TRUE(changes_->is_exhausted());
}

TEST(OpenChanges, PollsWhereThatIsAskedFor) {
  const test::TempFolder folder;
  const auto changes = open_changes({folder.path(), {}, 20ms, true});
  ASSERT_TRUE(changes);
  EXPECT_EQ((*changes)->how(), "a look every 0.02 s: --poll was given");
  const Wakeup bell;
  EXPECT_TRUE((*changes)->wait(bell, 1s));  // at first it is time at once
  EXPECT_FALSE((*changes)->wait(bell, 1ms));
  EXPECT_TRUE((*changes)->wait(bell, 5s));
}

TEST(OpenChanges, AFolderThatIsNotThereIsAnError) {
  const auto changes = open_changes({"/nonexistent/folder", {}});
  ASSERT_FALSE(changes);
  EXPECT_EQ(changes.error().code, ErrorCode::kInputUnreadable);
}

}  // namespace
}  // namespace tokprep
