#include "pipeline/watch_book.h"

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace tokprep {
namespace {

using namespace std::chrono_literals;
using Due = std::vector<std::size_t>;

constexpr ItemOutcome kDone{ItemState::kDone, ErrorCode::kInternal};
constexpr ItemOutcome failed(ErrorCode code) { return {ItemState::kFailed, code}; }

class WatchBookTest : public testing::Test {
 protected:
  Due look(const std::string& look_of_a, bool is_being_written = false) {
    return begin_due({{"a", look_of_a, 2s, is_being_written}});
  }
  /// Begins whatever is due.
  Due begin_due(const std::vector<WatchBook::Seen>& seen) {
    Due begun;
    for (const std::size_t place : book_.take(seen, now_)) {
      if (book_.begin(seen[place], now_)) begun.push_back(place);
    }
    return begun;
  }
  /// An item that is done, or failed, as it looks "1".
  void bring_to(const ItemOutcome& outcome) {
    EXPECT_EQ(look("1"), Due{});
    now_ += 2s;
    EXPECT_EQ(look("1"), Due{0});
    book_.end("a", outcome, now_);
  }

  WatchBook book_;
  WatchBook::TimePoint now_{1h};
};

TEST_F(WatchBookTest, WhatIsNotWholeGoesOnWaiting) {
  int asked = 0;
  bool is_cut = true;
  const auto cut = [&] {
    ++asked;
    return is_cut;
  };
  const std::vector<WatchBook::Seen> one = {{"a", "1", 2s, false, "a", cut}};
  EXPECT_EQ(begin_due(one), Due{});
  EXPECT_EQ(asked, 0) << "its quiet time is not over";
  now_ += 2s;
  EXPECT_EQ(begin_due(one), Due{});
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(book_.next_due(), now_ + 2s);
  EXPECT_EQ(book_.waiting(), std::vector<std::string>{"a"});
  now_ += 2s;
  is_cut = false;
  EXPECT_EQ(begin_due(one), Due{0});
}

TEST_F(WatchBookTest, AnItemIsDueOnceItHasLookedTheSameForItsQuietTime) {
  EXPECT_EQ(look("1"), Due{});
  EXPECT_EQ(book_.next_due(), now_ + 2s);
  now_ += 1900ms;
  EXPECT_EQ(look("2"), Due{});  // a slow writer: the time begins anew
  now_ += 1900ms;
  EXPECT_EQ(look("2"), Due{});
  now_ += 100ms;
  EXPECT_EQ(look("2"), Due{0});
  EXPECT_EQ(book_.running(), 1U);
  EXPECT_EQ(look("2"), Due{});  // under way: one job, however often it is seen
  EXPECT_FALSE(book_.next_due());
}

TEST_F(WatchBookTest, AFileThatIsOpenForWritingIsWaitedForHoweverLongItPauses) {
  EXPECT_EQ(look("1", true), Due{});
  now_ += 1h;
  EXPECT_EQ(look("1", true), Due{});
  EXPECT_EQ(look("1"), Due{});
  now_ += 2s;
  EXPECT_EQ(look("1"), Due{0});
}

TEST_F(WatchBookTest, WhatIsDoneIsDueAgainWhenItChanged) {
  bring_to(kDone);
  now_ += 1h;
  EXPECT_EQ(look("1"), Due{});
  EXPECT_EQ(look("with a caption"), Due{});
  now_ += 2s;
  EXPECT_EQ(look("with a caption"), Due{0});
}

TEST_F(WatchBookTest, AChangeWhileItIsDoneIsNotLost) {
  look("1");
  now_ += 2s;
  EXPECT_EQ(look("1"), Due{0});
  EXPECT_EQ(look("2"), Due{});
  now_ += 1s;
  book_.end("a", kDone, now_);
  EXPECT_EQ(look("2"), Due{});
  now_ += 1s;
  EXPECT_EQ(look("2"), Due{0});
  book_.end("a", kDone, now_);
  EXPECT_EQ(look("2"), Due{});
}

TEST_F(WatchBookTest, AFailureForGoodWaitsForAChange) {
  bring_to(failed(ErrorCode::kCorruptInput));
  EXPECT_FALSE(book_.next_due());
  now_ += 24h;
  EXPECT_EQ(look("1"), Due{});
  look("2");
  now_ += 2s;
  EXPECT_EQ(look("2"), Due{0});
}

TEST_F(WatchBookTest, ATemporaryFailureIsTriedAgainAfterPausesThatDouble) {
  bring_to(failed(ErrorCode::kNetwork));
  for (const auto pause : {10s, 20s, 40s, 80s, 160s, 320s, 600s, 600s}) {
    EXPECT_EQ(book_.next_due(), now_ + pause);
    now_ += pause - 1ms;
    EXPECT_EQ(look("1"), Due{});
    now_ += 1ms;
    EXPECT_EQ(look("1"), Due{0});
    book_.end("a", failed(ErrorCode::kNetwork), now_);
  }
}

TEST_F(WatchBookTest, ForgetsWhatIsGone) {
  const std::vector<WatchBook::Seen> three = {{"a", "1", 2s}, {"b", "1", 2s}, {"c", "1", 2s}};
  EXPECT_EQ(book_.take(three, now_), Due{});
  now_ += 2s;
  EXPECT_EQ(book_.take(three, now_), (Due{0, 1, 2}));
  ASSERT_TRUE(book_.begin(three[0], now_));
  ASSERT_TRUE(book_.begin(three[1], now_));
  EXPECT_EQ(book_.waiting(), std::vector<std::string>{"c"});
  EXPECT_EQ(book_.take({}, now_), Due{});
  EXPECT_TRUE(book_.waiting().empty());
  book_.end("a", kDone, now_);  // what ends after it has gone is done nevertheless
  book_.end("b", kDone, now_);
  EXPECT_EQ(book_.running(), 0U);
  EXPECT_EQ(book_.take(three, now_), Due{});  // c was forgotten: it begins anew
  EXPECT_EQ(book_.waiting(), std::vector<std::string>{"c"});
}

TEST_F(WatchBookTest, TellsWhatChangedSinceItWasBegun) {
  look("1");
  now_ += 2s;
  EXPECT_FALSE(book_.has_changed("a"));
  ASSERT_EQ(look("1"), Due{0});
  EXPECT_FALSE(book_.has_changed("a"));
  look("2");
  EXPECT_TRUE(book_.has_changed("a"));
  look("2");
  EXPECT_TRUE(book_.has_changed("a"));
  book_.end("a", {ItemState::kSkipped}, now_);
  EXPECT_FALSE(book_.has_changed("a"));
  now_ += 2s;
  EXPECT_EQ(look("2"), Due{0});
  EXPECT_FALSE(book_.has_changed("a"));
  EXPECT_FALSE(book_.has_changed("never seen"));
}

// Those that were found due and are left are no reason to look again; others that become so are.
TEST_F(WatchBookTest, TellsWhatBecomesDueAfterTheLastLook) {
  book_.take({{"film", "1", 2s}}, now_);
  now_ += 2s;
  const std::vector<WatchBook::Seen> both = {{"film", "1", 2s}, {"picture", "1", 2s}};
  EXPECT_EQ(book_.take(both, now_), Due{0});
  EXPECT_EQ(book_.next_due(), now_);
  EXPECT_EQ(book_.next_due(now_), now_ + 2s);
  ASSERT_TRUE(book_.begin(both[0], now_));
  now_ += 1s;
  book_.take({{"film", "2", 500ms}, both[1]}, now_);  // written to while it is done
  const auto looked = now_ + 10s;
  book_.end("film", kDone, looked + 1s);
  EXPECT_EQ(book_.next_due(looked), looked + 1s);
}

TEST_F(WatchBookTest, WhatWasLeftIsBegunAsLongAsItLooksTheSame) {
  const std::vector<WatchBook::Seen> three = {{"a", "1", 2s}, {"b", "1", 2s}, {"c", "1", 2s}};
  book_.take(three, now_);
  now_ += 2s;
  EXPECT_EQ(book_.take(three, now_), (Due{0, 1, 2}));
  EXPECT_TRUE(book_.begin(three[0], now_));
  EXPECT_FALSE(book_.begin(three[0], now_)) << "under way";
  EXPECT_FALSE(book_.begin({"b", "2", 2s}, now_)) << "written to since";
  EXPECT_FALSE(book_.begin({"c", "1", 2s, true}, now_));
  EXPECT_FALSE(book_.begin({"d", "1", 2s}, now_));
  now_ += 2s;
  EXPECT_TRUE(book_.begin({"b", "2", 2s}, now_));
  EXPECT_EQ(book_.running(), 2U);
}

// clip.avi sorts before clip.mov, and is given its stem.
TEST_F(WatchBookTest, NobodyWritesWhereOneThatIsUnderWayWrites) {
  const WatchBook::Seen mov{"clip.mov", "to clip", 2s, false, "clip"};
  const std::vector<WatchBook::Seen> both = {{"clip.avi", "new", 2s, false, "clip"},
                                             {"clip.mov", "to clip.mov", 2s, false, "clip.mov"}};
  book_.take({mov}, now_);
  now_ += 2s;
  EXPECT_EQ(begin_due({mov}), Due{0});
  book_.take(both, now_);
  now_ += 2s;
  EXPECT_EQ(book_.take(both, now_), Due{});
  EXPECT_FALSE(book_.begin(both[0], now_));
  EXPECT_FALSE(book_.next_due()) << "nothing to look for until the other has ended";
  book_.end("clip.mov", kDone, now_);
  EXPECT_LE(book_.next_due(), now_);
  EXPECT_EQ(begin_due(both), (Due{0, 1})) << "the one that lost its stem is made again";
}

TEST(LookOf, ChangesWithTheFilesTheWordsAndTheFoldersSettings) {
  const test::TempFolder folder;
  std::filesystem::create_directory(folder.path() / "sub");
  Item item;
  item.name = "sub/a.mp4";
  item.sources = {folder.file("sub/a.mp4", "one")};
  const std::string before = look_of(item, folder.path());
  EXPECT_EQ(look_of(item, folder.path()), before);
  (void)folder.file("sub/other.mp4", "x");
  EXPECT_EQ(look_of(item, folder.path()), before);

  Item displaced = item;
  displaced.output_stem = "sub/a.mp4";
  EXPECT_NE(look_of(displaced, folder.path()), before);
  Item captioned = item;
  captioned.options.edit().caption = "words";
  EXPECT_NE(look_of(captioned, folder.path()), before);
  (void)folder.file("tokprep.toml", "[convert]\n");
  const std::string with_settings = look_of(item, folder.path());
  EXPECT_NE(with_settings, before);
  (void)folder.file("sub/a.mp4", "longer");
  EXPECT_NE(look_of(item, folder.path()), with_settings);
}

}  // namespace
}  // namespace tokprep
