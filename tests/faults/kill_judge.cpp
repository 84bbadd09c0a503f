#include "tests/faults/kill_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <set>
#include <utility>

#include "tests/faults/judge_runs.h"

namespace tokprep::faults {
namespace {

namespace fs = std::filesystem;

class KillJudge {
 public:
  KillJudge(const KillPlan& plan, const KillStory& story, const KillState& undisturbed)
      : plan_(plan), story_(story), undisturbed_(undisturbed) {
    verdict_.plans = 1;
    verdict_.processes = story.story.runs.size();
    verdict_.items = undisturbed.ledger.size();
    verdict_.violations = story.violations;
  }

  KillVerdict verdict() && {
    count_kills();
    judge_files();
    judge_last_run();
    judge_posts();
    for (std::string& violation : violations_of_runs(story_.story)) blame(std::move(violation));
    const Json& objections = story_.story.counts["violations"];
    if (objections["total"] != 0) blame("requests against the contract: " + to_line(objections["sentences"]));
    return std::move(verdict_);
  }

 private:
  void blame(std::string violation) { verdict_.violations.push_back(std::move(violation)); }
  void count_kills();
  void judge_files();
  void judge_last_run();
  void judge_posts();
  void judge_post(const std::string& item, const Json& row);

  const KillPlan& plan_;
  const KillStory& story_;
  const KillState& undisturbed_;
  std::set<std::string> unknown_;  // items, as the last run lists them
  KillVerdict verdict_;
};

void KillJudge::count_kills() {
  for (std::size_t i = 0; i < plan_.points.size(); ++i) {
    if (story_.struck[i]) ++verdict_.kills[static_cast<std::size_t>(plan_.points[i].victim)];
    else ++verdict_.missed;
  }
  for (const RunReport& run : story_.story.runs) {
    verdict_.lost_workers += static_cast<std::uint64_t>(std::ranges::count_if(run.lines, [](const Json& line) {
      return line["type"] == "item_failed" && line["error"].value("code", "") == "worker_failed";
    }));
  }
}

void KillJudge::judge_files() {
  const fs::path out = story_.story.folder / "out";
  for (const auto& [file, sha256] : story_.state.files) {
    const std::string difference = difference_of(file, story_.state, undisturbed_, out);
    if (!difference.empty()) blame(fmt::format("{}: {}", file, difference));
    if (!difference.empty() || !undisturbed_.facts.contains(file)) continue;
    ++verdict_.encoded_alike;
    if (sha256 == undisturbed_.files.at(file)) ++verdict_.encoded_same;
  }
  for (const auto& [file, sha256] : undisturbed_.files) {
    if (!story_.state.files.contains(file)) blame(file + " is missing");
  }
  for (const auto& [name, document] : story_.state.certificates) {
    for (const std::string& misfit : misfits_of(name, story_.state, undisturbed_)) {
      blame(fmt::format("{}: {}", name, misfit));
    }
  }
  for (const auto& [name, document] : undisturbed_.certificates) {
    if (!story_.state.certificates.contains(name)) blame(name + " is missing");
  }
}

/// It finds everything done, or says of a post that it cannot know.
void KillJudge::judge_last_run() {
  for (const Json& line : story_.story.runs.back().lines) {
    if (line["type"] == "item_done") blame("the last run still had something to do: " + to_line(line));
    if (line["type"] != "item_failed") continue;
    if (line["error"]["code"] != "outcome_unknown") blame("an item fails to the end: " + to_line(line));
    else unknown_.insert(fs::path(line.value("item", "")).filename());
  }
}

void KillJudge::judge_post(const std::string& item, const Json& row) {
  const std::string caption = row.value("caption", "");
  const auto rows = story_.state.ledger.find(item);
  if (rows == story_.state.ledger.end() || rows->second.size() != 1) return blame(item + " is not once in the ledger");
  const Json& found = rows->second.front();
  const auto posts = story_.state.posts.find(caption);
  const std::size_t times = posts == story_.state.posts.end() ? 0 : posts->second.size();
  verdict_.posts += times;
  if (times > 1) {
    verdict_.duplicates += times - 1;
    return blame(fmt::format("{} was posted {} times", item, times));
  }
  if (times == 0) {
    const bool is_listed = unknown_.contains(item) && (found["state"] == "intent" || found["state"] == "unknown");
    verdict_.unknown += is_listed ? 1 : 0;
    verdict_.lost += is_listed ? 0 : 1;
    return is_listed ? void() : blame(item + " was neither posted nor listed as unknown");
  }
  if (posts->second != undisturbed_.posts.at(caption)) {
    blame(fmt::format("{} was posted with other files than its own: {}", item, fmt::join(posts->second.front(), ", ")));
  }
  if (unknown_.contains(item)) blame(item + " is listed as unknown, and the service has it");
  if (found["state"] != row["state"] || found["caption"] != row["caption"]) {
    blame(fmt::format("the ledger says of {}: {}", item, to_line(found)));
  }
}

void KillJudge::judge_posts() {
  for (const auto& [item, rows] : undisturbed_.ledger) judge_post(item, rows.front());
  for (const auto& [caption, posts] : story_.state.posts) {
    if (!undisturbed_.posts.contains(caption)) blame("a post that is none of the items: " + caption);
  }
  for (const auto& [item, rows] : story_.state.ledger) {
    if (!undisturbed_.ledger.contains(item)) blame("the ledger knows an item that is none: " + item);
  }
}

std::string row(std::string_view name, std::uint64_t value) { return fmt::format("{:<32} {:>7}\n", name, value); }

}  // namespace

void KillVerdict::add(const KillVerdict& other) {
  plans += other.plans;
  processes += other.processes;
  for (std::size_t i = 0; i < kVictims; ++i) kills[i] += other.kills[i];
  missed += other.missed;
  lost_workers += other.lost_workers;
  items += other.items;
  posts += other.posts;
  unknown += other.unknown;
  duplicates += other.duplicates;
  lost += other.lost;
  encoded_alike += other.encoded_alike;
  encoded_same += other.encoded_same;
  violations.insert(violations.end(), other.violations.begin(), other.violations.end());
}

std::uint64_t KillVerdict::kills_in_all() const {
  return std::accumulate(kills.begin(), kills.end(), std::uint64_t{0});
}

KillVerdict judge(const KillPlan& plan, const KillStory& story, const KillState& undisturbed) {
  return KillJudge(plan, story, undisturbed).verdict();
}

std::string table_of(const KillVerdict& verdict) {
  std::string table = row("batches", verdict.plans) + row("processes of tokprep", verdict.processes) +
                      row("kills", verdict.kills_in_all());
  for (std::size_t i = 0; i < kVictims; ++i) {
    table += row(fmt::format("  of {}", name_of(static_cast<Victim>(i))), verdict.kills[i]);
  }
  table += row("too late, or nobody to kill", verdict.missed) +
           row("items that lost their worker", verdict.lost_workers) + row("items", verdict.items) +
           row("posts accepted", verdict.posts) + row("never received, and listed so", verdict.unknown) +
           row("encoded videos equal by facts", verdict.encoded_alike) +
           row("  of these by bytes too", verdict.encoded_same);
  return table + row("duplicate posts", verdict.duplicates) + row("lost items", verdict.lost) +
         row("violations in all", verdict.violations.size());
}

}  // namespace tokprep::faults
