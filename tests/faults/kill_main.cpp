// Kills tokprep and its workers at seeded points of mixed batches and judges what came of them; see --help.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "tests/faults/kill_judge.h"
#include "tests/faults/seeds.h"
#include "tests/support/temp_folder.h"

namespace tokprep::faults {
namespace {

constexpr std::string_view kUsage = R"(usage: tokprep_kill_points [OPTIONS]

Each seed is a batch of videos, stills and a folder of photos that is prepared and posted to a sandbox while the program,
one of its workers or all of them are killed, and run again until nothing is left. What stands in the end is held against
an undisturbed run of the same batch.

  --count N      how many seeds (110); each has two to four points
  --first N      the first seed (1); the others follow
  --seed N       that one alone, told step by step: what happened is played again by its seed
  --least N      how many kills there have to be at least (0)
  --parallel N   how many at a time (2)
  --program FILE the tokprep to play against
)";

constexpr int kSkipped = 77;
constexpr std::uint64_t kTellEvery = 100;

struct Options {
  Seeds seeds{.count = 110};
  std::uint64_t least = 0;
};

std::optional<Options> parse(std::span<char*> arguments) {
  Options options;
  for (std::size_t i = 1; i < arguments.size(); i += 2) {
    if (i + 1 >= arguments.size()) return std::nullopt;
    const std::string_view name = arguments[i];
    const std::string_view value = arguments[i + 1];
    const auto least = name == "--least" ? number_in(value) : std::nullopt;
    if (least) options.least = *least;
    else if (!take_option(options.seeds, name, value)) return std::nullopt;
  }
  return options;
}

void tell(const KillPlan& plan, const KillStock& stock, const KillStory& story) {
  fmt::print("{}", describe(plan, stock));
  for (std::size_t i = 0; i < story.story.runs.size(); ++i) {
    const RunReport& run = story.story.runs[i];
    const bool missed = i < story.struck.size() && !story.struck[i];
    fmt::print("process {}: {}, exit code {}{}\n{}", i + 1, run.command, run.exit_code,
               missed ? ", over before its point" : "", run.err);
    for (const Json& line : run.lines) {
      if (line["type"] != "progress") fmt::print("  {}\n", to_line(line));
    }
  }
  fmt::print("requests:\n{}accepted posts:\n", story.story.requests);
  for (const Json& post : story.story.counts["posts"]["accepted_posts"]) fmt::print("  {}\n", to_line(post));
}

/// The undisturbed runs, and then all others, held against them.
class Workshop {
 public:
  Workshop(const Seeds& seeds, const KillStock& stock) : seeds_(seeds), stock_(stock) {}

  KillVerdict work() {
    for (std::size_t mix = 0; mix < stock_.mixes.size(); ++mix) play_undisturbed(mix);
    if (sum_.violations.empty()) play_all(seeds_, [this](std::uint64_t seed) { play_one(seed); });
    return sum_;
  }

 private:
  void play_undisturbed(std::size_t mix) {
    const test::TempFolder folder;
    const KillPlan plan{0, mix, {}};
    const auto story = play_kills(plan, stock_, {}, nullptr, seeds_.program, folder.path());
    if (!story) return take("undisturbed", {.violations = {"it could not be played: " + story.error().message}});
    KillVerdict verdict = judge(plan, *story, story->state);
    if (story->story.runs.front().exit_code != 0) verdict.violations.emplace_back("it did not succeed");
    if (!verdict.violations.empty()) tell(plan, stock_, *story);
    take(fmt::format("undisturbed, {}", stock_.mixes[mix].name), {.violations = std::move(verdict.violations)});
    fmt::print("undisturbed, {}: {:.2f} s, {} requests, {} files\n", stock_.mixes[mix].name,
               story->first_extent.seconds, story->first_extent.requests, story->state.files.size());
    extents_.push_back(story->first_extent);
    undisturbed_.push_back(story->state);
  }

  void play_one(std::uint64_t seed) {
    const test::TempFolder folder;
    const KillPlan plan = draw_kills(seed, extents_);
    const KillState& undisturbed = undisturbed_[plan.mix];
    const auto story = play_kills(plan, stock_, extents_, &undisturbed, seeds_.program, folder.path());
    const KillVerdict verdict = story ? judge(plan, *story, undisturbed)
                                      : KillVerdict{.violations = {"it could not be played: " + story.error().message}};
    const std::scoped_lock lock(mutex_);
    if (seeds_.verbose && story) tell(plan, stock_, *story);
    take(fmt::format("seed {}", seed), verdict);
    if (!verdict.violations.empty())
      fmt::print("{}  again: tokprep_kill_points --seed {}\n", describe(plan, stock_), seed);
    std::fflush(stdout);
  }

  void take(const std::string& name, const KillVerdict& verdict) {
    for (const std::string& violation : verdict.violations) fmt::print("{}: {}\n", name, violation);
    sum_.add(verdict);
    if (sum_.plans > 0 && sum_.plans % kTellEvery == 0) fmt::print(stderr, "{} batches\n", sum_.plans);
  }

  const Seeds& seeds_;
  const KillStock& stock_;
  std::vector<Extent> extents_;         // by mix
  std::vector<KillState> undisturbed_;  // by mix
  std::mutex mutex_;                    // guards the output and all below
  KillVerdict sum_;
};

int run(const Options& options) {
  if (!have_ffmpeg()) {
    fmt::print(stderr, "skipped: ffmpeg and ffprobe are needed to make media and to compare them\n");
    return kSkipped;
  }
  const auto began = std::chrono::steady_clock::now();
  const test::TempFolder folder;
  const auto stock = KillStock::make(folder.path());
  if (!stock) {
    fmt::print(stderr, "{}\n", stock.error().message);
    return 1;
  }
  const KillVerdict verdict = Workshop(options.seeds, *stock).work();
  const auto spent = std::chrono::steady_clock::now() - began;
  fmt::print("{}{:<32} {:>7.1f}\n", table_of(verdict), "seconds", std::chrono::duration<double>(spent).count());
  const bool enough = verdict.kills_in_all() >= options.least;
  if (!enough) fmt::print("there were fewer than {} kills\n", options.least);
  return verdict.violations.empty() && verdict.plans == options.seeds.count && enough ? 0 : 1;
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
