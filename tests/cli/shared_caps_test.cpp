#include <set>

#include "tests/cli/post_fixture.h"

namespace tokprep::test {
namespace {

constexpr std::size_t kEach = 4;    // items of each folder
constexpr std::size_t kPlaces = 5;  // that the account has left for both

/// Two processes that post two folders of one account, with one record of what went out.
class SharedCapsTest : public PostTest {
 protected:
  void SetUp() override {
    PostTest::SetUp();
    for (const std::string folder : {"one", "two"}) {
      for (std::size_t i = 0; i < kEach; ++i) {
        const std::string name = folder + "/" + std::to_string(i);
        (void)copy_sample("logo.png", name + ".png");
        (void)folder_.file(name + ".txt", "caption of " + name);
      }
    }
  }

  [[nodiscard]] std::vector<std::string> post(const std::string& folder, std::size_t places) const {
    const std::string name = "rules" + std::to_string(places) + ".json";
    const std::string limits = R"({"post.rate_minute": 100, "post.rate_day": )" + std::to_string(places) + "}";
    return {TOKPREP_PROGRAM,           "post", path(folder), "-o", path("out-" + folder), "--yes", "--json", "--rules",
            folder_.file(name, limits)};
  }

  /// Both at once; all their lines.
  std::vector<Json> post_both(std::size_t places) {
    RunningProcess one(post("one", places), settings_);
    RunningProcess two(post("two", places), settings_);
    auto lines = checked_lines(one.wait());
    const auto others = checked_lines(two.wait());
    lines.insert(lines.end(), others.begin(), others.end());
    return lines;
  }
};

TEST_F(SharedCapsTest, TheyTakeNoMorePlacesThanThereAre) {
  const auto first = post_both(kPlaces);
  EXPECT_EQ(of_type(first, "item_done").size(), kPlaces);
  EXPECT_EQ(posts_at_service(), kPlaces);
  const auto refused = of_type(first, "item_failed");
  EXPECT_EQ(refused.size(), 2 * kEach - kPlaces);
  for (const Json& line : refused) EXPECT_EQ(line["error"].value("rule", ""), "post.rate_day") << line;

  // What found no place is not lost, and what went out is not sent again.
  const auto second = post_both(2 * kEach);
  EXPECT_EQ(of_type(second, "item_skipped").size(), kPlaces);
  EXPECT_EQ(of_type(second, "item_done").size(), 2 * kEach - kPlaces);
  EXPECT_EQ(posts_at_service(), 2 * kEach);
  std::set<std::string> posted;
  for (const auto& lines : {first, second}) {
    for (const Json& line : of_type(lines, "item_done")) posted.insert(line["item"]);
  }
  EXPECT_EQ(posted.size(), 2 * kEach);
}

}  // namespace
}  // namespace tokprep::test
