#include "pipeline/cli/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "pipeline/cli/progress_display.h"
#include "pipeline/cli/terminal_block.h"
#include "pipeline/cli/terminal_text.h"

namespace tokprep::cli {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// As much of a terminal as is needed: ASCII, lines that break at its width, "\r", "\n", up, and erase below.
class Terminal {
 public:
  explicit Terminal(std::size_t columns) : columns_(columns) {}

  void write(std::string_view text) {
    while (!text.empty()) {
      if (text.starts_with("\x1b[")) {
        const std::size_t end = text.find_first_of("AJ");
        if (text[end] == 'J') erase_below();
        else row_ -= std::stoul(std::string(text.substr(2, end - 2)));
        text.remove_prefix(end + 1);
        continue;
      }
      put(text.front());
      text.remove_prefix(1);
    }
  }

  /// Narrower, or wider: rows are broken anew, and the cursor stays behind the last character.
  void resize(std::size_t columns) {
    std::string all;
    for (const std::string& row : rows_) all += row + (row.size() == columns_ ? "" : "\n");
    while (!all.empty() && all.back() == '\n') all.pop_back();
    *this = Terminal(columns);
    write(all);
  }

  [[nodiscard]] std::vector<std::string> rows() const {
    auto rows = rows_;
    while (!rows.empty() && rows.back().empty()) rows.pop_back();
    return rows;
  }

 private:
  void put(char c) {
    if (c == '\r') {
      column_ = 0;
      return;
    }
    if (c == '\n' || column_ == columns_) {
      column_ = 0;
      ++row_;
    }
    if (rows_.size() <= row_) rows_.resize(row_ + 1);
    if (c == '\n') return;
    if (rows_[row_].size() <= column_) rows_[row_].resize(column_ + 1, ' ');
    rows_[row_][column_++] = c;
  }
  void erase_below() {
    rows_.resize(row_ + 1);
    rows_[row_].resize(std::min(rows_[row_].size(), column_));
  }

  std::size_t columns_;
  std::vector<std::string> rows_ = {""};
  std::size_t row_ = 0;
  std::size_t column_ = 0;
};

TEST(TerminalBlock, IsRedrawnInPlaceAndTakenAwayWithoutATrace) {
  Terminal terminal(20);
  TerminalBlock block;
  terminal.write("before\n");
  terminal.write(block.draw({"one", "two", "3 finished"}, 20));
  EXPECT_THAT(terminal.rows(), ElementsAre("before", "one", "two", "3 finished"));
  terminal.write(block.draw({"two", "4 finished"}, 20));
  EXPECT_THAT(terminal.rows(), ElementsAre("before", "two", "4 finished"));
  terminal.write(block.erase(20));
  terminal.write("a message\n");
  EXPECT_THAT(terminal.rows(), ElementsAre("before", "a message"));
  EXPECT_EQ(block.erase(20), "");
}

TEST(TerminalBlock, SurvivesATerminalThatBecameNarrower) {
  Terminal terminal(30);
  TerminalBlock block;
  terminal.write("before\n");
  terminal.write(block.draw({"a line of twenty-five col", "another of twenty columns"}, 30));
  terminal.resize(10);
  EXPECT_EQ(terminal.rows().size(), 7U);
  terminal.write(block.draw({"short", "total"}, 10));
  EXPECT_THAT(terminal.rows(), ElementsAre("before", "short", "total"));
}

class ProgressTest : public testing::Test {
 protected:
  std::vector<std::string> lines(std::size_t columns = 80, std::size_t rows = 24) const {
    return progress_.lines({columns, rows}, now_);
  }

  Progress progress_;
  Progress::TimePoint now_{1h};
};

TEST_F(ProgressTest, HasALineAnItemAndATotal) {
  progress_.expect({{"drop/a.mov", 100}, {"drop/b.mov", 100}, {"c", 100}});
  progress_.begin("drop/a.mov", now_);
  progress_.begin("drop/b.mov", now_);
  progress_.update({"drop/a.mov", "transcode", 0.25}, now_);
  progress_.begin("c", now_);
  progress_.end("c", Progress::End::kFailed);
  ASSERT_EQ(lines().size(), 3U);
  EXPECT_THAT(lines()[0], HasSubstr("drop/a.mov"));
  EXPECT_THAT(lines()[0], HasSubstr("transcode   25 %"));
  EXPECT_THAT(lines()[1], HasSubstr("begun        0 %"));
  EXPECT_EQ(lines()[2], "1/3 finished, 1 failed");
}

TEST_F(ProgressTest, FitsAnyWindowAndAnyNumberOfItems) {
  for (int i = 0; i < 40; ++i) {
    const std::string item = "drop/海海海海海海海海海海海/" + std::to_string(i) + "\n.mov";
    progress_.begin(item, now_);
    progress_.update({item, "transcode", 0.5}, now_);
  }
  now_ += 1min;
  for (const std::size_t columns : {1U, 2U, 5U, 20U, 31U, 80U, 300U}) {
    for (const std::size_t rows : {1U, 2U, 4U, 10U, 24U, 100U}) {
      const auto drawn = lines(columns, rows);
      EXPECT_LT(drawn.size(), std::max<std::size_t>(rows, 2)) << rows;
      for (const std::string& line : drawn) EXPECT_LE(display_width(line), columns) << line;
    }
  }
  EXPECT_THAT(lines(80, 10), testing::Contains("  and 34 more"));
}

// What is put into a watched folder.
TEST_F(ProgressTest, MoreCanJoinAndWhatIsKnownCountsOnce) {
  progress_.expect({{"a", 100}, {"b", 100}});
  progress_.begin("a", now_);
  progress_.expect_more({{"a", 100}, {"b", 100}, {"c", 200}});
  now_ += 10s;
  progress_.end("a", Progress::End::kDone);
  progress_.begin("b", now_);
  EXPECT_THAT(lines().back(), HasSubstr("1/3 finished"));
  EXPECT_THAT(lines().back(), HasSubstr("about 30 s left"));  // 300 bytes at 10 a second
  progress_.end("b", Progress::End::kDone);
  progress_.expect({{"d", 100}});
  EXPECT_EQ(lines().back(), "0/1 finished") << "nothing was left to do: it counts anew";
}

TEST_F(ProgressTest, TimeLeftIsToldByWorkAndNotBeforeItCanBeKnown) {
  progress_.expect({{"film", 900}, {"picture", 100}, {"old", 1000}});
  progress_.begin("old", now_);
  progress_.end("old", Progress::End::kSkipped);  // neither work nor speed
  progress_.begin("picture", now_);
  now_ += 2s;
  EXPECT_THAT(lines().back(), Not(HasSubstr("left")));
  now_ += 8s;
  progress_.end("picture", Progress::End::kDone);
  progress_.begin("film", now_);
  EXPECT_THAT(lines().back(), HasSubstr("about 2 min left"));  // 900 bytes at 10 a second
  now_ += 45s;
  progress_.update({"film", "transcode", 0.5}, now_);
  EXPECT_THAT(lines().back(), HasSubstr("about 54 s left"));  // 495 bytes at 505 in 55 s
}

// However fast items end, the terminal is drawn on by the clock; and what was printed stands above, in order.
TEST(ProgressDisplay, PrintsInOrderAndDrawsNoMoreThanTheClockAllows) {
  std::string out;
  int drawings = 0;
  const auto begin = std::chrono::steady_clock::now();
  {
    ProgressDisplay display([&](std::string_view text) { out += text; }, [&](std::string_view) { ++drawings; },
                            [] {
                              return TerminalSize{80, 24};
                            },
                            {});
    display.change([](Progress& progress, auto now) { progress.begin("first", now); });
    for (int i = 0; i < 3000; ++i) {
      const std::string item = std::to_string(i);
      display.change([&](Progress& progress, auto now) { progress.begin(item, now); });
      display.print(ProgressDisplay::Target::kOut, item + "\n");
      display.change([&](Progress& progress, auto) { progress.end(item, Progress::End::kDone); });
    }
  }
  const auto tenths = (std::chrono::steady_clock::now() - begin) / 100ms;
  std::string expected;
  for (int i = 0; i < 3000; ++i) expected += std::to_string(i) + "\n";
  EXPECT_EQ(out, expected);
  EXPECT_LE(drawings, 2 * (tenths + 3));  // taken away and drawn each time
}

TEST(ProgressDisplay, AStopTakesTheLinesAwayForGood) {
  std::string err;
  std::stop_source stop;
  ProgressDisplay display([](std::string_view) {}, [&](std::string_view text) { err += text; },
                          [] {
                            return TerminalSize{80, 24};
                          },
                          stop.get_token());
  display.change([](Progress& progress, auto now) { progress.begin("a", now); });
  display.refresh();
  EXPECT_THAT(err, HasSubstr("0 finished"));
  stop.request_stop();
  display.refresh();
  EXPECT_TRUE(err.ends_with("\x1b[J")) << err;
  err.clear();
  display.refresh();
  EXPECT_EQ(err, "");
}

}  // namespace
}  // namespace tokprep::cli
