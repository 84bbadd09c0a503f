#include "tests/faults/kill_play.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <thread>
#include <utility>

#include "tests/faults/lines.h"
#include "tests/faults/running.h"
#include "tests/faults/service.h"
#include "tests/faults/session.h"

namespace tokprep::faults {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int kCalmRuns = 6;
constexpr milliseconds kLookEvery{2};
constexpr milliseconds kLeastPatience{60'000};
constexpr double kMostTimesAsLong = 30;  // as an undisturbed run, which had the machine to itself
// In which the workers of a run that was killed are to be gone.
constexpr milliseconds kOrphanPatience{10'000};
// By so much what is left in $TMPDIR is made older: sweepers leave alone what may just have been begun.
constexpr std::time_t kAging_s = 3600;

std::uint64_t lines_without_progress(const fs::path& file) {
  const auto lines = lines_of(file);
  return static_cast<std::uint64_t>(
      std::ranges::count_if(lines, [](const Json& line) { return line["type"] != "progress"; }));
}

/// Plays one plan. The functions stand in the order in which they are called.
class KillPlay {
 public:
  KillPlay(const KillPlan& plan, const KillStock& stock, Extent extent, const KillState* undisturbed,
           Surroundings surroundings, Service service)
      : plan_(plan),
        mix_(stock.mixes[plan.mix]),
        extent_(extent),
        undisturbed_(undisturbed),
        surroundings_(std::move(surroundings)),
        service_(std::move(service)) {
    told_.story.folder = surroundings_.folder;
    told_.story.api_key = surroundings_.api_key;
  }

  Status storm();
  Status calm();
  Status look();
  KillStory tell() && { return std::move(told_); }

 private:
  Status run_post(const KillPoint* point);
  bool watch(Running& running, const KillPoint* point);
  [[nodiscard]] bool is_time(const KillPoint& point, Steady::time_point began, const Running& running) const;
  void look_at_halves();
  Result<RunReport> ask(std::vector<std::string> arguments);
  Status sweep();
  void look_for_orphans();
  [[nodiscard]] fs::path out() const { return surroundings_.folder / "out"; }

  const KillPlan& plan_;
  const KillMix& mix_;
  Extent extent_;
  const KillState* undisturbed_;
  Surroundings surroundings_;
  Service service_;
  KillStory told_;
  std::vector<pid_t> leaders_;  // of the processes started, each of which leads a session
  int started_ = 0;
};

bool KillPlay::is_time(const KillPoint& point, Steady::time_point began, const Running& running) const {
  if (point.at_share) return Steady::now() - began >= std::chrono::duration<double>(*point.at_share * extent_.seconds);
  if (point.at_line) return lines_without_progress(running.out_file) >= *point.at_line;
  return service_.requests() >= *point.at_request;
}

/// True where there was anybody to kill.
bool strike(const KillPoint& point, Running& running) {
  const pid_t supervisor = running.child.pid();
  const bool takes_workers = point.victim != Victim::kSupervisor;
  std::vector<pid_t> workers = takes_workers ? others_of_session(supervisor) : std::vector<pid_t>();
  if (point.victim == Victim::kOneWorker && !workers.empty()) workers = {workers[point.which % workers.size()]};
  for (const pid_t worker : workers) ::kill(worker, SIGKILL);
  if (point.victim == Victim::kOneWorker || point.victim == Victim::kAllWorkers) return !workers.empty();
  running.report.signal = SIGKILL;
  running.child.send_signal(SIGKILL);
  return true;
}

/// Waits for the end, and strikes when the time has come. True where it did.
bool KillPlay::watch(Running& running, const KillPoint* point) {
  const auto began = Steady::now();
  const auto patience = std::max<std::chrono::duration<double>>(
      kLeastPatience, std::chrono::duration<double>(kMostTimesAsLong * extent_.seconds));
  bool struck = false;
  while (!running.child.ended()) {
    if (point != nullptr && !struck && is_time(*point, began, running)) struck = strike(*point, running);
    if (Steady::now() - began > patience) {
      running.report.overdue = true;
      running.child.send_signal(SIGKILL);
    }
    std::this_thread::sleep_for(kLookEvery);
  }
  return struck;
}

Status KillPlay::run_post(const KillPoint* point) {
  TOKPREP_TRY(service_.play(faults_of(point != nullptr ? *point : KillPoint{})));
  const auto began = Steady::now();
  TOKPREP_ASSIGN(
      Running running,
      start_tokprep(surroundings_,
                    {"post", "drop", "-o", "out", "--yes", "--json", "--jobs", std::to_string(mix_.jobs)}, ++started_));
  leaders_.push_back(running.child.pid());
  const bool struck = watch(running, point);
  if (told_.story.runs.empty()) {
    told_.first_extent = {std::chrono::duration<double>(Steady::now() - began).count(),
                          lines_without_progress(running.out_file), service_.requests()};
  }
  if (point != nullptr) told_.struck.push_back(struck);
  told_.story.runs.push_back(std::move(running).finish());
  return {};
}

/// What stands under its final name after a kill is whole.
void KillPlay::look_at_halves() {
  if (undisturbed_ == nullptr) return;
  const auto state = look_at(out(), Json::array(), {});
  if (!state) return told_.violations.push_back("what a kill left cannot be read: " + state.error().message);
  for (const auto& [file, sha256] : state->files) {
    if (fs::path(file).filename().string().starts_with(".")) continue;
    const std::string difference = difference_of(file, *state, *undisturbed_, out());
    if (!difference.empty()) told_.violations.push_back(fmt::format("after a kill {}: {}", file, difference));
  }
  for (const auto& [name, document] : state->certificates) {
    for (const std::string& misfit : misfits_of(name, *state, *undisturbed_)) {
      told_.violations.push_back(fmt::format("after a kill {}: {}", name, misfit));
    }
  }
}

Status KillPlay::storm() {
  for (const KillPoint& point : plan_.points) {
    TOKPREP_TRY(run_post(&point));
    look_at_halves();
  }
  return {};
}

Result<RunReport> KillPlay::ask(std::vector<std::string> arguments) {
  TOKPREP_ASSIGN(Running running, start_tokprep(surroundings_, std::move(arguments), ++started_));
  leaders_.push_back(running.child.pid());
  (void)watch(running, nullptr);
  return std::move(running).finish();
}

Status KillPlay::calm() {
  for (int i = 0; i < kCalmRuns; ++i) {
    TOKPREP_TRY(run_post(nullptr));
    if (leaves_nothing(told_.story.runs.back())) break;
  }
  // What is unknown may be settled now, and what is settled must not go out again.
  TOKPREP_ASSIGN(RunReport settled, ask({"status", "--json"}));
  told_.story.runs.push_back(std::move(settled));
  return run_post(nullptr);
}

/// What a killed run left in $TMPDIR, a later one that starts a worker takes away.
Status KillPlay::sweep() {
  const fs::path scratch = surroundings_.folder / "tmp";
  const std::time_t then = std::time(nullptr) - kAging_s;
  const std::array<timespec, 2> times{timespec{then, 0}, timespec{then, 0}};
  for (const auto& entry : fs::directory_iterator(scratch))
    ::utimensat(AT_FDCWD, entry.path().c_str(), times.data(), 0);
  TOKPREP_ASSIGN(const RunReport probed, ask({"probe", "drop/" + mix_.items.front(), "--json"}));
  if (probed.exit_code != 0) told_.violations.push_back("probe fails in the end: " + probed.err);
  for (const auto& entry : fs::directory_iterator(scratch)) {
    told_.violations.push_back("left in $TMPDIR: " + entry.path().filename().string());
  }
  return {};
}

void KillPlay::look_for_orphans() {
  const auto deadline = Steady::now() + kOrphanPatience;
  for (const pid_t leader : leaders_) {
    while (!others_of_session(leader).empty() && Steady::now() < deadline) std::this_thread::sleep_for(kLookEvery);
    for (const pid_t orphan : others_of_session(leader)) {
      told_.violations.push_back(fmt::format("process {} of a run that is over still runs", orphan));
      ::kill(orphan, SIGKILL);
    }
  }
}

Status KillPlay::look() {
  look_for_orphans();
  TOKPREP_TRY(sweep());
  Story& story = told_.story;
  story.counts = service_.counts();
  story.requests = text_of(story.folder / "service" / "requests.jsonl");
  if (!story.counts.is_object()) return fail(ErrorCode::kInternal, "the sandbox does not tell its counts");
  TOKPREP_ASSIGN(RunReport ledger, ask({"ledger", "--json"}));
  std::erase_if(ledger.lines, [](const Json& line) { return line["type"] != "ledger_post"; });
  TOKPREP_ASSIGN(told_.state, look_at(out(), story.counts["posts"]["accepted_posts"], ledger.lines));
  return {};
}

}  // namespace

Result<KillStory> play_kills(const KillPlan& plan, const KillStock& stock, const std::vector<Extent>& extents,
                             const KillState* undisturbed, const fs::path& program, const fs::path& folder) {
  std::error_code error;
  for (const char* name : {"drop", "out", "talk", "tmp"}) fs::create_directories(folder / name, error);
  if (error) return fail(ErrorCode::kIo, "cannot make folders: " + error.message(), error.value());
  TOKPREP_TRY(stock.lend(stock.mixes[plan.mix], folder));
  TOKPREP_ASSIGN(auto service, Service::start(folder / "service"));
  Surroundings surroundings{program, folder, service.api_url(), service.api_key(), {}, true};
  surroundings.environment["TMPDIR"] = folder / "tmp";
  KillPlay play(plan, stock, extents.empty() ? Extent{} : extents[plan.mix], undisturbed, std::move(surroundings),
                std::move(service));
  TOKPREP_TRY(play.storm());
  TOKPREP_TRY(play.calm());
  TOKPREP_TRY(play.look());
  return std::move(play).tell();
}

}  // namespace tokprep::faults
