#include "pipeline/cli/watch_output.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/temp_folder.h"

namespace tokprep::cli {
namespace {

namespace fs = std::filesystem;

class NoOutput final : public Output {
 public:
  void on(const Event&) override {}
  void data(const Json&, std::string_view) override {}
  void say(std::string_view) override {}
  void failure(const Error&) override {}
};

class WatchOutputTest : public testing::Test {
 protected:
  static Item item(const std::string& name, const std::string& stem) {
    Item item;
    item.name = name;
    item.output_stem = stem;
    return item;
  }

  void fail(const std::string& name, ErrorCode code, const std::string& stem) {
    out_.begin(item(name, stem));
    Error error;
    error.code = code;
    error.message = "no";
    out_.on(ItemFailed{name, error, Json::array()});
  }

  [[nodiscard]] fs::path reason(const std::string& stem) const {
    return folder_.path() / "failed" / (stem + ".reason.json");
  }

  test::TempFolder folder_;
  NoOutput outer_;
  WatchOutput out_{outer_, folder_.path(), true};
};

TEST_F(WatchOutputTest, EndsWithTheCodeOfABatch) {
  EXPECT_EQ(out_.exit_code(), 0);
  fail("drop/a.mov", ErrorCode::kCorruptInput, "a");
  EXPECT_EQ(out_.exit_code(), 4);
  out_.on(ItemSkipped{"drop/b.mov", "video", "", {}, std::nullopt});
  EXPECT_EQ(out_.exit_code(), 3);
  fail("drop/c.mov", ErrorCode::kNoSpace, "c");
  EXPECT_EQ(out_.exit_code(), 6) << "a full disk is what has to be told";
}

TEST_F(WatchOutputTest, AReasonGoesWithItsItem) {
  fail("drop/a.mov", ErrorCode::kCorruptInput, "a");
  fail("drop/sub/b.mov", ErrorCode::kCorruptInput, "sub/b");
  ASSERT_TRUE(fs::exists(reason("a")) && fs::exists(reason("sub/b")));
  out_.forget_others({item("drop/a.mov", "a"), item("drop/sub/b.mov", "sub/b")});
  EXPECT_TRUE(fs::exists(reason("a")) && fs::exists(reason("sub/b")));
  out_.forget_others({item("drop/a.mov", "a")});
  EXPECT_TRUE(fs::exists(reason("a")));
  EXPECT_FALSE(fs::exists(reason("sub")));
  out_.forget_others({});
  EXPECT_FALSE(fs::exists(folder_.path() / "failed"));
}

TEST_F(WatchOutputTest, AStrangersFilesStay) {
  fs::create_directories(folder_.path() / "failed/sub");
  const auto other = folder_.file("failed/notes.reason.json", R"({"type":"shopping","item":"milk"})");
  const auto broken = folder_.file("failed/sub/broken.reason.json", "{");
  const auto text = folder_.file("failed/sub/read me.txt", "hello");
  fs::create_directory(reason("folder"));
  out_.forget_others({});
  for (const auto& file : {other, broken, text, reason("folder")}) EXPECT_TRUE(fs::exists(file)) << file;
}

}  // namespace
}  // namespace tokprep::cli
