// Plays seeded schedules of faults and kills against tokprep and judges what came of them; see --help.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/faults/judge.h"
#include "tests/faults/seeds.h"
#include "tests/support/temp_folder.h"

namespace tokprep::faults {
namespace {

constexpr std::string_view kUsage = R"(usage: tokprep_fault_schedules [OPTIONS]

Each schedule is a short batch that is posted to a sandbox while requests fail, answers are lost and tokprep is killed,
and posted again until it says that nothing is left. What the service received is then held against what was to go out.

  --count N      how many schedules (300)
  --first N      the seed of the first (1); the others follow
  --seed N       that one alone, told step by step: a schedule is played again by its seed
  --companions   a second process on the same folder instead of faults
  --wide         dates, caps, failures at TikTok and webhooks beside them
  --parallel N   how many at a time (2)
  --program FILE the tokprep to play against; --samples DIR the media it takes
)";

constexpr std::uint64_t kTellEvery = 500;

struct Options {
  Seeds seeds{.count = 300};
  Trouble trouble = Trouble::kAll;
  std::filesystem::path samples = TOKPREP_SAMPLES;
};

bool take_option(Options& options, std::string_view name, std::string_view value) {
  if (name != "--samples") return take_option(options.seeds, name, value);
  options.samples = std::filesystem::absolute(value);
  return true;
}

std::optional<Options> parse(std::span<char*> arguments) {
  Options options;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string_view name = arguments[i];
    if (name == "--companions") options.trouble = Trouble::kCompanion;
    else if (name == "--wide") options.trouble = Trouble::kWide;
    else if (i + 1 >= arguments.size() || !take_option(options, name, arguments[++i])) return std::nullopt;
  }
  return options;
}

void tell(const Schedule& schedule, const Story& story) {
  fmt::print("{}", describe(schedule));
  for (std::size_t i = 0; i < story.runs.size(); ++i) {
    const RunReport& run = story.runs[i];
    fmt::print("process {}: {}, exit code {}, sent signal {}\n{}", i + 1, run.command, run.exit_code, run.signal,
               run.err);
    for (const Json& line : run.lines) {
      if (line["type"] != "progress") fmt::print("  {}\n", to_line(line));
    }
  }
  fmt::print("requests:\n{}accepted posts:\n", story.requests);
  for (const Json& post : story.counts["posts"]["accepted_posts"]) fmt::print("  {}\n", to_line(post));
}

std::string_view option_of(Trouble trouble) {
  switch (trouble) {
    case Trouble::kCompanion:
      return " --companions";
    case Trouble::kWide:
      return " --wide";
    case Trouble::kAll:
      break;
  }
  return "";
}

/// Plays schedule after schedule on some threads and gathers what came of them.
class Workshop {
 public:
  Workshop(const Options& options, const Stock& stock) : options_(options), stock_(stock) {}

  Verdict work() {
    play_all(options_.seeds, [this](std::uint64_t seed) { play_one(seed); });
    return sum_;
  }

 private:
  void play_one(std::uint64_t seed) {
    const test::TempFolder folder;
    const Schedule schedule = draw_schedule(seed, options_.trouble, stock_);
    const auto story = play(schedule, stock_, options_.seeds.program, folder.path());
    Verdict verdict;
    if (story) verdict = judge(schedule, *story);
    else verdict.violations.push_back("it could not be played: " + story.error().message);
    const std::scoped_lock lock(mutex_);
    if (options_.seeds.verbose && story) tell(schedule, *story);
    for (const std::string& violation : verdict.violations) fmt::print("seed {}: {}\n", seed, violation);
    if (!verdict.violations.empty()) {
      fmt::print("  again: tokprep_fault_schedules --seed {}{}\n", seed, option_of(options_.trouble));
    }
    std::fflush(stdout);
    sum_.add(verdict);
    if (sum_.schedules % kTellEvery == 0) fmt::print(stderr, "{} schedules\n", sum_.schedules);
  }

  const Options& options_;
  const Stock& stock_;
  std::mutex mutex_;  // guards the output and all below
  Verdict sum_;
};

int run(const Options& options) {
  const auto began = std::chrono::steady_clock::now();
  const test::TempFolder folder;
  const auto stock = Stock::make(options.seeds.program, options.samples, folder.path());
  if (!stock) {
    fmt::print(stderr, "{}\n", stock.error().message);
    return 1;
  }
  const Verdict verdict = Workshop(options, *stock).work();
  const auto spent = std::chrono::steady_clock::now() - began;
  fmt::print("{}{:<28} {:>9.1f}\n", table_of(verdict), "seconds", std::chrono::duration<double>(spent).count());
  return verdict.violations.empty() && verdict.schedules == options.seeds.count ? 0 : 1;
}

}  // namespace
}  // namespace tokprep::faults

int main(int argc, char** argv) {
  const auto options = tokprep::faults::parse({argv, static_cast<std::size_t>(argc)});
  if (!options) {
    fmt::print(stderr, "{}", tokprep::faults::kUsage);
    return 2;
  }
  return tokprep::faults::run(*options);
}
