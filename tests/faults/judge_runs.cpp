#include "tests/faults/judge_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <optional>
#include <set>
#include <utility>

#include "base/error.h"
#include "tests/faults/lines.h"

namespace tokprep::faults {
namespace {

namespace fs = std::filesystem;

constexpr int kSomeFailed = 3;
constexpr std::uintmax_t kSearchedBytes = 4'000'000;  // larger ones are media

/// Trouble with the service, the input or a signal; never a bug, a wrong usage or a refused key.
constexpr std::array kPossibleCodes{0, 3, 4, 5, 6, 8};

bool is_final(const Json& line) {
  const Json& type = line["type"];
  return type == "item_done" || type == "item_skipped" || type == "item_failed" || type == "status";
}

/// The exit code that the outcomes of the items make.
int code_of_outcomes(const RunReport& run) {
  int succeeded = 0;
  std::set<int> codes;
  for (const Json& line : run.lines) {
    if (!is_final(line)) continue;
    if (line.contains("error")) codes.insert(exit_code(error_code_from(line["error"].value("code", ""))));
    else ++succeeded;
  }
  if (codes.empty()) return 0;
  return succeeded > 0 ? kSomeFailed : *codes.begin();
}

/// Two processes may want to make the same output: the second says so, and what it says is the user's to settle.
bool met_another(const RunReport& run) {
  return std::ranges::any_of(run.lines, [](const Json& line) {
    return line.contains("error") && line["error"].value("code", "") == "output_unwritable";
  });
}

bool is_possible(const RunReport& run) {
  const bool is_listed = std::ranges::find(kPossibleCodes, run.exit_code) != kPossibleCodes.end();
  return is_listed || (run.exit_code == exit_code(ErrorCode::kOutputUnwritable) && met_another(run));
}

/// What a run that ended by itself has to keep to.
std::optional<std::string> violation_of_end(const RunReport& run) {
  if (run.lines.empty() || run.lines.back()["type"] != "summary") return "its last line is no summary";
  const Json& summary = run.lines.back();
  if (summary["exit_code"] != run.exit_code) return "its exit code is not that of the summary " + to_line(summary);
  if (!is_possible(run)) return "no such exit code was possible";
  const auto finals = std::ranges::count_if(run.lines, is_final);
  if (summary["items"] != finals) return fmt::format("{} final lines for the summary {}", finals, to_line(summary));
  const bool gave_up = finals == 0 && run.exit_code != 0;
  // A status that waited in vain says so by its exit code alone.
  const bool waited = run.command == "status";
  const int expected = code_of_outcomes(run);
  if (!gave_up && !waited && run.exit_code != expected) return fmt::format("its items make exit code {}", expected);
  return std::nullopt;
}

std::optional<std::string> violation_of_lines(const RunReport& run) {
  std::set<std::string> seen;
  for (const Json& line : run.lines) {
    if (line["type"] == "not_json") return "a line that is no object with a type: " + to_line(line["line"]);
    if (line.contains("error") && line["error"].value("code", "") == "internal") return "a bug: " + to_line(line);
    const bool ends_item = is_final(line) && line.contains("item");
    if (ends_item && !seen.insert(line["item"]).second) return "an item ended twice: " + to_line(line);
  }
  return std::nullopt;
}

std::optional<std::string> violation_of(const RunReport& run) {
  if (run.overdue) return "it went on for too long";
  if (auto violation = violation_of_lines(run)) return violation;
  if (run.signal == 0) return violation_of_end(run);
  const bool ended_by_it = run.exit_code == 128 + run.signal;
  return ended_by_it || is_possible(run) ? std::nullopt : std::optional<std::string>("no such exit code was possible");
}

/// What a process printed of what went wrong.
std::string complaints_of(const RunReport& run) {
  std::string text = run.err;
  for (const Json& line : run.lines) {
    if (line.contains("error")) text += to_line(line) + "\n";
  }
  return text;
}

/// Files in which the key stands. What the service itself keeps is none of ours.
std::vector<std::string> files_with(const std::string& key, const fs::path& folder) {
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const fs::path name = fs::relative(entry.path(), folder);
    if (*name.begin() == "service" || !entry.is_regular_file() || entry.file_size() > kSearchedBytes) continue;
    if (text_of(entry.path()).find(key) != std::string::npos) found.push_back(name);
  }
  return found;
}

}  // namespace

std::vector<std::string> violations_of_runs(const Story& story) {
  std::vector<std::string> violations;
  for (std::size_t i = 0; i < story.runs.size(); ++i) {
    const RunReport& run = story.runs[i];
    if (const auto violation = violation_of(run)) {
      violations.push_back(fmt::format("process {} ({}, exit code {}): {}; it said: {}", i + 1, run.command,
                                       run.exit_code, *violation, complaints_of(run)));
    }
  }
  for (const std::string& file : files_with(story.api_key, story.folder)) violations.push_back("the key is in " + file);
  return violations;
}

}  // namespace tokprep::faults
