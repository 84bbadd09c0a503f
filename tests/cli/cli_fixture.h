#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/json.h"
#include "tests/support/run_process.h"
#include "tests/support/temp_folder.h"

namespace tokprep::test {

namespace fs = std::filesystem;

inline std::string bytes_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

inline fs::path sample(const std::string& name) { return fs::path(TOKPREP_SOURCE_DIR) / "samples" / name; }

/// The folder of real files: TOKPREP_MEDIA_DIR, else `shared/media` beside the sources. It may be missing.
inline fs::path media_folder() {
  if (const char* folder = std::getenv("TOKPREP_MEDIA_DIR")) return folder;
  return fs::path(TOKPREP_SOURCE_DIR) / ".." / "shared" / "media";
}

/// Runs the program with a state folder and a configuration of the test's own.
class CliTest : public testing::Test {
 protected:
  CliTest() {
    settings_.environment["TOKPREP_STATE_DIR"] = (folder_.path() / "state").string();
    settings_.environment["XDG_CONFIG_HOME"] = (folder_.path() / "config").string();
    fs::create_directory(folder_.path() / "drop");
  }

  ProcessResult run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), TOKPREP_PROGRAM);
    return run_process(arguments, settings_);
  }

  /// Runs with --json and checks what is promised of every such run: each line is an object with `v` and `type`, the
  /// summary is last and alone, tells the exit code, and counts exactly the final lines of distinct items.
  std::vector<Json> run_json(std::vector<std::string> arguments, int expected_exit_code) const {
    arguments.emplace_back("--json");
    const ProcessResult result = run(std::move(arguments));
    EXPECT_EQ(result.exit_code, expected_exit_code) << result.out << result.err;
    return checked_lines(result);
  }

  static std::vector<Json> checked_lines(const ProcessResult& result) {
    std::vector<Json> lines;
    std::istringstream stream(result.out);
    for (std::string line; std::getline(stream, line);) {
      lines.push_back(Json::parse(line, nullptr, false));
      EXPECT_TRUE(lines.back().is_object() && lines.back()["v"] == 1 && lines.back()["type"].is_string()) << line;
    }
    EXPECT_FALSE(lines.empty()) << result.err;
    if (lines.empty()) return lines;
    check_summary(lines, result.exit_code);
    return lines;
  }

  static std::vector<Json> of_type(const std::vector<Json>& lines, std::string_view type) {
    std::vector<Json> found;
    std::ranges::copy_if(lines, std::back_inserter(found), [&](const Json& line) { return line["type"] == type; });
    return found;
  }

  /// The one line of that type; a failing test, and an empty object, where there is not exactly one.
  static Json only(const std::vector<Json>& lines, std::string_view type) {
    const auto found = of_type(lines, type);
    EXPECT_EQ(found.size(), 1U) << type << " among " << Json(lines).dump();
    return found.empty() ? Json::object() : found.front();
  }

  /// The typed error of the only item, which must have failed.
  static Json only_error(const std::vector<Json>& lines) {
    return only(lines, "item_failed").value("error", Json::object());
  }

  [[nodiscard]] fs::path path(const std::string& name) const { return folder_.path() / name; }

  /// A copy of a sample in the test's folder.
  [[nodiscard]] fs::path copy_sample(const std::string& name, const std::string& as) const {
    fs::create_directories(path(as).parent_path());
    fs::copy_file(sample(name), path(as));
    return path(as);
  }

  /// The first `size_bytes` of a sample.
  [[nodiscard]] fs::path cut_sample(const std::string& name, std::size_t size_bytes, const std::string& as) const {
    return folder_.file(as, bytes_of(sample(name)).substr(0, size_bytes));
  }

  /// A file that ends early is still being written while it is fresh; this one was given up.
  static fs::path given_up(const fs::path& file) {
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::minutes(5));
    return file;
  }

  [[nodiscard]] std::vector<std::string> files_in(const std::string& name) const {
    std::vector<std::string> files;
    std::error_code missing;
    for (const auto& entry : fs::recursive_directory_iterator(path(name), missing)) {
      if (entry.is_regular_file()) files.push_back(fs::relative(entry.path(), path(name)).string());
    }
    std::ranges::sort(files);
    return files;
  }

  TempFolder folder_;
  ProcessSettings settings_;

 private:
  static bool is_final(const Json& line) {
    return line["type"] == "item_done" || line["type"] == "item_skipped" || line["type"] == "item_failed" ||
           line["type"] == "probe" || line["type"] == "status";
  }

  static void check_summary(const std::vector<Json>& lines, int process_exit_code) {
    const Json summary = only(lines, "summary");
    EXPECT_EQ(lines.back()["type"], "summary");
    EXPECT_EQ(summary.value("exit_code", -1), process_exit_code);
    std::vector<std::string> items;
    for (const Json& line : lines) {
      if (is_final(line))
        items.push_back(line.contains("item") ? line["item"].get<std::string>() : line["post"].dump());
    }
    EXPECT_EQ(static_cast<int>(items.size()), summary.value("items", -1)) << Json(lines).dump();
    EXPECT_EQ(summary.value("items", -1),
              summary.value("done", 0) + summary.value("failed", 0) + summary.value("skipped", 0));
    std::ranges::sort(items);
    EXPECT_TRUE(std::ranges::adjacent_find(items) == items.end()) << "an item ended twice";
  }
};

}  // namespace tokprep::test
