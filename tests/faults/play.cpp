#include "tests/faults/play.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "tests/faults/lines.h"
#include "tests/faults/service.h"
#include "tests/support/free_port.h"

namespace tokprep::faults {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int kCalmRuns = 6;
constexpr milliseconds kLookEvery{2};
// A client that was told to wait for the next window of calls does so: it is stopped, as a user would.
constexpr milliseconds kPatienceWithLimits{2'500};
constexpr milliseconds kPatience{30'000};

/// Plays one schedule. The functions stand in the order in which they are called.
class Play {
 public:
  Play(const Schedule& schedule, const fs::path& program, const fs::path& folder, Service service)
      : schedule_(schedule), service_(std::move(service)) {
    story_.folder = folder;
    story_.api_key = service_.api_key();
    surroundings_ = {program, folder, service_.api_url(), story_.api_key};
  }

  Status begin();
  Status storm();
  Status calm();
  Status look();
  Story tell() && { return std::move(story_); }

 private:
  Result<Running> start(std::vector<std::string> arguments);
  [[nodiscard]] std::vector<std::string> post_arguments() const;
  Status run_post(const PlannedRun& plan);
  void watch(Running& running, const Blow& blow);
  [[nodiscard]] bool is_time(const Blow& blow, Steady::time_point began) const;
  [[nodiscard]] bool limits_were_met() const;
  void finish(Running running);
  Result<RunReport> status(std::vector<std::string> arguments);

  const Schedule& schedule_;
  Service service_;
  Surroundings surroundings_;
  Story story_;
  int started_ = 0;
  Clock::TimePoint began_ = system_clock().now();
  bool is_calm_ = false;
  std::optional<Running> receiver_;
};

Result<Running> Play::start(std::vector<std::string> arguments) {
  return start_tokprep(surroundings_, std::move(arguments), ++started_);
}

bool Play::is_time(const Blow& blow, Steady::time_point began) const {
  if (blow.signal == 0) return false;
  if (blow.after_ms) return Steady::now() - began >= milliseconds(*blow.after_ms);
  return service_.requests() >= *blow.at_request;
}

bool Play::limits_were_met() const {
  const Json counts = service_.counts();
  return counts.is_object() && counts["faults"]["by_kind"].contains("rate_limit");
}

/// Waits for the end, and strikes when the time has come.
void Play::watch(Running& running, const Blow& blow) {
  const auto began = Steady::now();
  while (!running.child.ended()) {
    if (running.report.signal == 0 && is_time(blow, began)) {
      running.report.signal = blow.signal;
      running.child.send_signal(blow.signal);
    }
    const auto spent = Steady::now() - began;
    const bool waits_for_limits = spent > kPatienceWithLimits && running.report.signal == 0 && limits_were_met();
    if (waits_for_limits) {
      running.report.signal = SIGTERM;
      running.child.send_signal(SIGTERM);
    }
    if (spent > kPatience) {
      running.report.overdue = true;
      running.child.send_signal(SIGKILL);
    }
    std::this_thread::sleep_for(kLookEvery);
  }
}

void Play::finish(Running running) { story_.runs.push_back(std::move(running).finish()); }

std::vector<std::string> Play::post_arguments() const {
  std::vector<std::string> arguments{"post", "drop", "-o", "out", "--yes", "--allow-duplicate-text", "--json"};
  arguments.insert(arguments.end(), schedule_.arguments.begin(), schedule_.arguments.end());
  if (schedule_.date_in) arguments.insert(arguments.end(), {"--schedule", to_iso8601(began_ + *schedule_.date_in)});
  if (!schedule_.cap || is_calm_) return arguments;
  const std::string rules = story_.folder / "rules.json";
  arguments.insert(arguments.end(), {"--rules", rules, "--over-cap", schedule_.cap->over_cap});
  return arguments;
}

Status Play::run_post(const PlannedRun& plan) {
  const std::vector<std::string> arguments = post_arguments();
  TOKPREP_TRY(service_.play(plan.faults));
  TOKPREP_ASSIGN(Running first, start(arguments));
  std::optional<Running> second;
  if (plan.companion_after_ms) {
    std::this_thread::sleep_for(milliseconds(*plan.companion_after_ms));
    TOKPREP_ASSIGN(second, start(arguments));
  }
  watch(first, plan.blow);
  finish(std::move(first));
  if (second) {
    watch(*second, {});
    finish(std::move(*second));
  }
  return {};
}

/// The receiver of webhooks, where there is to be one: it listens before anything can be told.
Status Play::begin() {
  if (!schedule_.has_receiver) return {};
  const std::string port = std::to_string(test::free_port());
  const fs::path secret = story_.folder / "hook.secret";
  std::ofstream(secret) << "a-secret-of-the-schedule\n";
  TOKPREP_ASSIGN(receiver_, start({"webhook", "--json", "--port", port, "--secret-file", secret, "--register",
                                   "http://127.0.0.1:" + port + "/webhook"}));
  const auto deadline = Steady::now() + kPatience;
  while (lines_of(receiver_->out_file).empty() && !receiver_->child.ended() && Steady::now() < deadline) {
    std::this_thread::sleep_for(kLookEvery);
  }
  if (!lines_of(receiver_->out_file).empty()) return {};
  return fail(ErrorCode::kInternal, "tokprep webhook does not listen: " + text_of(receiver_->err_file));
}

Status Play::storm() {
  for (const PlannedRun& run : schedule_.runs) TOKPREP_TRY(run_post(run));
  const Json counts = service_.counts();
  if (counts.is_object()) story_.capped = counts["posts"]["accepted_posts"];
  is_calm_ = true;
  return {};
}

Result<RunReport> Play::status(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "status");
  arguments.emplace_back("--json");
  TOKPREP_ASSIGN(Running running, start(std::move(arguments)));
  watch(running, {});
  finish(std::move(running));
  return story_.runs.back();
}

Status Play::calm() {
  for (int i = 0; i < kCalmRuns; ++i) {
    TOKPREP_TRY(run_post({schedule_.calm, {}, std::nullopt}));
    if (leaves_nothing(story_.runs.back())) break;
  }
  // What is unknown may be settled now, and what is settled must not go out again.
  TOKPREP_ASSIGN(const RunReport settled, status({"--wait", "--timeout", "20ms"}));
  return run_post({schedule_.calm, {}, std::nullopt});
}

Status Play::look() {
  if (receiver_) {
    receiver_->report.signal = SIGTERM;
    receiver_->child.send_signal(SIGTERM);
    watch(*receiver_, {});
    finish(std::move(*receiver_));
  }
  story_.counts = service_.counts();
  story_.requests = text_of(story_.folder / "service" / "requests.jsonl");
  if (!story_.counts.is_object()) return fail(ErrorCode::kInternal, "the sandbox does not tell its counts");
  std::vector<std::string> ids;
  for (const Json& post : story_.counts["posts"]["accepted_posts"]) ids.push_back(post["id"]);
  TOKPREP_ASSIGN(RunReport all, status({}));
  if (!ids.empty()) {
    TOKPREP_ASSIGN(const RunReport named, status(ids));
    all.lines.insert(all.lines.end(), named.lines.begin(), named.lines.end());
  }
  for (Json& line : all.lines) {
    if (line["type"] == "status") story_.status.push_back(std::move(line));
  }
  TOKPREP_ASSIGN(Running ledger, start({"ledger", "--json"}));
  watch(ledger, {});
  story_.ledger = std::move(ledger).finish().lines;
  return {};
}

Status lay_out(const Schedule& schedule, const Stock& stock, const fs::path& folder) {
  std::error_code error;
  for (const char* name : {"drop", "out", "talk"}) fs::create_directories(folder / name, error);
  if (error) return fail(ErrorCode::kIo, "cannot make folders: " + error.message(), error.value());
  for (const PlannedItem& item : schedule.items) {
    TOKPREP_TRY(stock.lend(item.stock, folder));
    if (!item.fails_late.empty()) {
      const Json options = {{"notes", "sandbox:fail=" + item.fails_late}};
      std::ofstream(folder / "drop" / item.stock.options_file()) << options;
    }
    if (item.caption.empty()) continue;
    std::ofstream(folder / "drop" / item.stock.caption_file(), std::ios::binary) << item.caption;
  }
  if (schedule.cap) std::ofstream(folder / "rules.json") << Json{{"post.rate_day", schedule.cap->per_day}};
  return {};
}

}  // namespace

Result<Story> play(const Schedule& schedule, const Stock& stock, const fs::path& program, const fs::path& folder) {
  TOKPREP_TRY(lay_out(schedule, stock, folder));
  TOKPREP_ASSIGN(auto service, Service::start(folder / "service"));
  Play play(schedule, program, folder, std::move(service));
  TOKPREP_TRY(play.begin());
  TOKPREP_TRY(play.storm());
  TOKPREP_TRY(play.calm());
  TOKPREP_TRY(play.look());
  return std::move(play).tell();
}

}  // namespace tokprep::faults
