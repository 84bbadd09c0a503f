#include "tests/faults/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <set>
#include <utility>

#include "base/clock.h"
#include "tests/faults/judge_runs.h"

namespace tokprep::faults {
namespace {

/// Items that are one post, as they share media and caption.
struct Subject {
  std::vector<std::string> paths;  ///< as tokprep names them
  bool never_complies = false;
  bool fails_late = false;
  std::vector<std::string> accepted_ids;
  std::size_t live = 0;  ///< of them, those that have not failed at TikTok
};

/// What tells a post at the service: its media's digests and its caption.
std::string mark_of(const Json& media_sha256, const std::string& caption) { return to_line({media_sha256, caption}); }

class Judge {
 public:
  Judge(const Schedule& schedule, const Story& story) : schedule_(schedule), story_(story) {
    verdict_.schedules = 1;
    verdict_.items = schedule.items.size();
    for (const PlannedItem& item : schedule.items) {
      Subject& subject = subjects_[mark_of(item.stock.media_sha256, item.caption)];
      subject.paths.push_back((story.folder / "drop" / item.stock.name).string());
      subject.never_complies = subject.never_complies || item.never_complies;
      subject.fails_late = subject.fails_late || !item.fails_late.empty();
    }
  }

  Verdict verdict() && {
    count();
    judge_service();
    judge_record();
    judge_subjects();
    judge_places();
    judge_webhooks();
    for (std::string& violation : violations_of_runs(story_)) blame(std::move(violation));
    return std::move(verdict_);
  }

 private:
  void blame(std::string violation) { verdict_.violations.push_back(std::move(violation)); }
  void count();
  void judge_service();
  void judge_record();
  void judge_subject(const Subject& subject);
  void judge_subjects();
  void judge_places();
  void judge_webhooks();
  [[nodiscard]] bool is_listed_unknown(const Subject& subject) const;
  [[nodiscard]] std::size_t failures_learned(const Subject& subject) const;

  const Schedule& schedule_;
  const Story& story_;
  std::map<std::string, Subject> subjects_;      // by mark
  std::map<std::string, std::string> recorded_;  // post id to the item's path, as the ledger has it
  std::set<std::string> unknown_paths_;
  Verdict verdict_;
};

void Judge::count() {
  verdict_.processes = story_.runs.size();
  verdict_.requests = story_.counts["requests"]["total"];
  for (const auto& [kind, times] : story_.counts["faults"]["by_kind"].items()) {
    if (kind != "unguarded" && kind != "clock_skew" && kind != "history_lag") verdict_.faults[kind] = times;
  }
  for (const RunReport& run : story_.runs) {
    verdict_.kills += run.signal == SIGKILL ? 1 : 0;
    verdict_.stops += run.signal == SIGTERM ? 1 : 0;
  }
}

/// What it received, and whether it had to object.
void Judge::judge_service() {
  for (const Json& post : story_.counts["posts"]["accepted_posts"]) {
    ++verdict_.posts;
    const auto subject = subjects_.find(mark_of(post["media_sha256"], post["caption"]));
    if (subject != subjects_.end()) {
      subject->second.accepted_ids.push_back(post["id"]);
      subject->second.live += post["state"] == "failed" ? 0 : 1;
      continue;
    }
    ++verdict_.foreign_bytes;
    blame("a post that is none of the items: " + to_line(post));
  }
  const Json& objections = story_.counts["violations"];
  if (objections["total"] != 0) blame("requests against the contract: " + to_line(objections["sentences"]));
}

void Judge::judge_record() {
  for (const Json& line : story_.status) {
    const std::string item = line.value("item", "");
    const std::string id = line["post"].value("id", "");
    if (!id.empty() && !item.empty()) recorded_[id] = item;
    if (line["post"]["status"] == "unknown") unknown_paths_.insert(item);
  }
}

bool Judge::is_listed_unknown(const Subject& subject) const {
  return std::ranges::any_of(subject.paths, [&](const std::string& path) { return unknown_paths_.contains(path); });
}

void Judge::judge_subject(const Subject& subject) {
  const std::string& path = subject.paths.front();
  const bool unknown = is_listed_unknown(subject);
  verdict_.unknown += unknown ? 1 : 0;
  verdict_.unknown_at_service += unknown && !subject.accepted_ids.empty() ? 1 : 0;
  const std::size_t allowed = 1 + failures_learned(subject);
  if (subject.accepted_ids.size() > allowed || subject.live > 1) {
    verdict_.duplicates += subject.accepted_ids.size() - 1;
    blame(fmt::format("{} was posted {} times, {} of which may have gone out", path, subject.accepted_ids.size(),
                      subject.live));
  }
  verdict_.late_failures += subject.accepted_ids.size() - subject.live;
  if (subject.never_complies && !subject.accepted_ids.empty()) blame(path + " does not comply and was posted");
  if (subject.accepted_ids.empty() && !unknown && !subject.never_complies) {
    ++verdict_.lost;
    blame(path + " was neither posted, nor refused for good, nor listed as unknown");
  }
  for (const std::string& id : subject.accepted_ids) {
    // The row has the last attempt; those before it are in its history.
    if (subject.fails_late && id != subject.accepted_ids.back()) continue;
    const auto record = recorded_.find(id);
    const bool agrees = record != recorded_.end() && std::ranges::count(subject.paths, record->second) == 1;
    if (!agrees && !unknown) {
      const std::string says = record == recorded_.end() ? "nothing" : record->second;
      blame(fmt::format("of post {}, which is {}, the ledger says: {}", id, path, says));
    }
  }
}

/// How often tokprep learned that a post of this one failed at TikTok: each time, it may be posted again when asked.
std::size_t Judge::failures_learned(const Subject& subject) const {
  if (!subject.fails_late) return 0;
  std::size_t learned = 0;
  for (const Json& row : story_.ledger) {
    const bool is_ours = std::ranges::find(subject.paths, row.value("item", "")) != subject.paths.end();
    if (!is_ours) continue;
    learned += static_cast<std::size_t>(
        std::ranges::count_if(row["events"], [](const Json& event) { return event["to"] == "failed"; }));
  }
  return learned;
}

/// While places were few, no day had more posts than it may; a day less what clocks may differ by.
void Judge::judge_places() {
  constexpr std::chrono::minutes kDay{24 * 60 - 15};
  if (!schedule_.cap) return;
  std::vector<Clock::TimePoint> times;
  for (const Json& post : story_.capped) {
    if (post["state"] == "failed") continue;  // it took no place
    const Json& at = post["due"].is_string() ? post["due"] : post["created"];
    if (const auto time = from_iso8601(at.get<std::string>())) times.push_back(*time);
  }
  std::ranges::sort(times);
  const auto most = static_cast<std::size_t>(schedule_.cap->per_day);
  for (std::size_t first = 0; first + most < times.size(); ++first) {
    if (times[first + most] - times[first] < kDay) {
      return blame(fmt::format("more than {} posts in a day: {}", most, to_line(story_.capped)));
    }
  }
}

/// Each is taken once, however often and in whichever order it comes.
void Judge::judge_webhooks() {
  std::set<std::string> taken;
  for (const RunReport& run : story_.runs) {
    for (const Json& line : run.lines) {
      if (line["type"] != "webhook") continue;
      ++verdict_.webhooks;
      if (line["new"] == true && !taken.insert(line["key"]).second) blame("taken twice: " + to_line(line));
    }
  }
}

void Judge::judge_subjects() {
  std::set<std::string> accepted;
  for (const auto& [mark, subject] : subjects_) {
    accepted.insert(subject.accepted_ids.begin(), subject.accepted_ids.end());
    judge_subject(subject);
  }
  for (const auto& [id, path] : recorded_) {
    if (!accepted.contains(id)) blame(fmt::format("the ledger has post {} of {}, which was never accepted", id, path));
  }
}

std::string row(std::string_view name, std::uint64_t value) { return fmt::format("{:<28} {:>9}\n", name, value); }

}  // namespace

void Verdict::add(const Verdict& other) {
  schedules += other.schedules;
  processes += other.processes;
  requests += other.requests;
  for (const auto& [kind, times] : other.faults) faults[kind] += times;
  kills += other.kills;
  stops += other.stops;
  items += other.items;
  posts += other.posts;
  unknown += other.unknown;
  unknown_at_service += other.unknown_at_service;
  webhooks += other.webhooks;
  late_failures += other.late_failures;
  duplicates += other.duplicates;
  lost += other.lost;
  foreign_bytes += other.foreign_bytes;
  violations.insert(violations.end(), other.violations.begin(), other.violations.end());
}

Verdict judge(const Schedule& schedule, const Story& story) { return Judge(schedule, story).verdict(); }

std::string table_of(const Verdict& verdict) {
  std::string table = row("schedules", verdict.schedules) + row("processes of tokprep", verdict.processes) +
                      row("  of these killed", verdict.kills) + row("  of these asked to stop", verdict.stops) +
                      row("requests", verdict.requests);
  std::uint64_t faults = 0;
  for (const auto& [kind, times] : verdict.faults) faults += times;
  table += row("faults met", faults);
  for (const auto& [kind, times] : verdict.faults) table += row("  " + kind, times);
  table += row("items", verdict.items) + row("posts accepted", verdict.posts) +
           row("  of these failed at TikTok", verdict.late_failures) +
           row("left unknown, and listed", verdict.unknown) +
           row("  of these at the service", verdict.unknown_at_service);
  table += row("webhooks received", verdict.webhooks);
  return table + row("duplicate posts", verdict.duplicates) + row("lost items", verdict.lost) +
         row("posts of other bytes", verdict.foreign_bytes) + row("violations in all", verdict.violations.size());
}

}  // namespace tokprep::faults
