#include <map>

#include "base/sanitized.h"
#include "tests/cli/cli_fixture.h"

// Real files, one at a time and two side by side: the same must come of each.

namespace tokprep::test {
namespace {

// What is larger takes minutes.
constexpr std::uintmax_t kSmallBytes = 500'000;

class JobsAlike : public CliTest {
 protected:
  void SetUp() override {
    if (kSanitized) GTEST_SKIP() << "takes too long under a sanitizer";
    std::error_code missing;
    for (const char* part : {"image", "video"}) {
      for (const auto& entry : fs::directory_iterator(media_folder() / part, missing)) {
        if (entry.is_regular_file() && entry.file_size() < kSmallBytes) files_.push_back(entry.path().string());
      }
    }
    if (files_.empty()) GTEST_SKIP() << "no real files in " << media_folder() << " (TOKPREP_MEDIA_DIR)";
    std::ranges::sort(files_);
    settings_.timeout = std::chrono::seconds(280);
  }

  /// The last line about each item, by its name.
  [[nodiscard]] std::map<std::string, Json> ends(const std::string& jobs, const std::string& folder) const {
    std::vector<std::string> command = {"prepare", "-o", path(folder), "--jobs", jobs, "--json"};
    command.insert(command.end(), files_.begin(), files_.end());
    std::map<std::string, Json> ends;
    for (const Json& line : checked_lines(run(std::move(command)))) {
      const std::string type = line.at("type");
      if (type == "item_done" || type == "item_failed") ends[line.at("item")] = comparable(line);
    }
    return ends;
  }

  /// How many threads encode a video follows from what runs beside it, and its bytes follow from that. Outputs are told
  /// by their names.
  static Json comparable(Json line) {
    if (!line.contains("outputs")) return line;
    for (Json& output : line["outputs"]) {
      output["path"] = fs::path(output["path"].get<std::string>()).filename().string();
      if (output["mime"] == "video/mp4") output.erase("size_bytes");
    }
    return line;
  }

  std::vector<std::string> files_;
};

TEST_F(JobsAlike, TheSameComesOfEveryFile) {
  const auto alone = ends("1", "alone"), beside = ends("2", "beside");
  EXPECT_EQ(alone.size(), files_.size());
  EXPECT_EQ(beside.size(), files_.size());
  for (const auto& [item, end] : alone) {
    const auto other = beside.find(item);
    ASSERT_NE(other, beside.end()) << item;
    EXPECT_EQ(end, other->second) << item << Json::diff(end, other->second).dump();
  }
  EXPECT_EQ(files_in("alone"), files_in("beside"));
  int stills = 0;
  for (const std::string& file : files_in("alone")) {
    if (!file.ends_with(".jpg")) continue;
    ++stills;
    EXPECT_EQ(bytes_of(path("alone") / file), bytes_of(path("beside") / file)) << file;
  }
  EXPECT_GT(stills, 0);
}

}  // namespace
}  // namespace tokprep::test
