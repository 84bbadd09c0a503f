// Sends damaged files through the pipeline and its workers, and judges what came of each; see --help.
#include <fmt/format.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include "pipeline/worker_pool.h"
#include "tests/hostile/mutate.h"
#include "tests/hostile/reports.h"
#include "tests/hostile/second_look.h"
#include "tests/hostile/trial.h"
#include "tests/media/real_media.h"
#include "tests/support/temp_folder.h"

namespace tokprep::hostile {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUsage = R"(usage: tokprep_hostile_corpus [OPTIONS]

Each trial damages a small real file and prepares it, in one process with its pool of workers. Fine is a typed error
that names the file and leaves nothing behind, or outputs that stand as their certificate says. A worker's crash is a
typed error, too; it is listed. Under sanitizers a report in code of this project fails the run.

  --count N       how many trials (500)
  --first N       the seed of the first (1); the others follow
  --seed N        that one alone, told in full: a trial is played again by its seed
  --parallel N    how many at a time (2)
  --largest BYTES files above it are not taken (260000)
  --look-every N  have ffmpeg and exiftool read what every Nth trial made (20)
  --stall SECONDS a worker that says nothing for so long is ended (60)
  --keep DIR      the damaged files of trials that crashed a worker, or did not hold, are kept there

The files are those of TOKPREP_MEDIA_DIR (else ../shared/media) and of samples/.
)";

constexpr std::uint64_t kTellEvery = 500;
// A trial may start a handful of jobs, and each of them may stall once. One that goes forward may take its time.
constexpr int kMostStallsInARow = 5;

struct Options {
  std::uint64_t count = 500, first = 1, parallel = 2, largest_bytes = 260'000, look_every = 20, stall_s = 60;
  bool verbose = false;
  fs::path keep;
};

bool take_option(Options& options, std::string_view name, std::string_view value) {
  if (name == "--keep") {
    options.keep = value;
    return true;
  }
  const std::map<std::string_view, std::uint64_t*> numbers = {
      {"--count", &options.count},       {"--first", &options.first},           {"--seed", &options.first},
      {"--parallel", &options.parallel}, {"--largest", &options.largest_bytes}, {"--look-every", &options.look_every},
      {"--stall", &options.stall_s}};
  const auto number = numbers.find(name);
  if (number == numbers.end()) return false;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), *number->second);
  if (error != std::errc{} || end != value.data() + value.size()) return false;
  if (name == "--seed") options.count = options.look_every = 1;
  options.verbose = options.verbose || name == "--seed";
  return options.parallel > 0 && options.look_every > 0;
}

std::optional<Options> parse(std::span<char*> arguments) {
  Options options;
  for (std::size_t i = 1; i < arguments.size(); i += 2) {
    if (i + 1 >= arguments.size() || !take_option(options, arguments[i], arguments[i + 1])) return std::nullopt;
  }
  return options;
}

struct Sum {
  std::uint64_t trials = 0, failed = 0;
  std::map<std::string, std::uint64_t> endings;  ///< "prepared", or the code of the error
};

/// Plays trial after trial on some threads, each with workers of the one pool.
class Workshop {
 public:
  Workshop(const Options& options, const std::vector<StockFile>& stock, Rules rules, const fs::path& folder)
      : options_(options),
        stock_(stock),
        rules_(std::move(rules)),
        folder_(folder),
        log_(folder / "workers.log"),
        pool_(options.parallel, worker_options(options, rules_)),
        next_(options.first) {}

  Sum work() {
    std::vector<std::jthread> threads;
    for (std::uint64_t i = 0; i < options_.parallel; ++i) threads.emplace_back([this] { play_all(); });
    threads.clear();
    return sum_;
  }

  [[nodiscard]] std::vector<Report> reports() const { return find_reports(log_.text_from(0)); }

 private:
  static WorkerOptions worker_options(const Options& options, const Rules& rules) {
    WorkerOptions workers;
    workers.folder = TOKPREP_WORKERS;
    workers.stall_time = std::chrono::seconds(options.stall_s);
    workers.still_limits = still_limits(rules);
    return workers;
  }

  void play_all() {
    for (std::uint64_t seed = next_++; seed < options_.first + options_.count; seed = next_++) play_one(seed);
  }

  void play_one(std::uint64_t seed) {
    auto lease = pool_.take({});
    const Trial trial{seed, draw_mutation(seed, stock_), draw_options(seed),
                      seed % options_.look_every == 0 && can_look_again()};
    const auto printed = log_.size_bytes();
    const auto began = std::chrono::steady_clock::now();
    Outcome outcome = play(trial, rules_, lease->workers(), folder_);
    const auto took = std::chrono::steady_clock::now() - began;
    if (outcome.longest_silence > kMostStallsInARow * std::chrono::seconds(options_.stall_s))
      outcome.violations.push_back("nobody ended it in time");
    tell(trial, outcome, printed, std::chrono::duration<double>(took).count());
  }

  void tell(const Trial& trial, const Outcome& outcome, std::uintmax_t printed, double seconds) {
    const bool crashed = outcome.error && outcome.error->code == ErrorCode::kWorkerFailed;
    const bool failed = !outcome.violations.empty();
    const std::scoped_lock lock(mutex_);
    ++sum_.trials;
    sum_.failed += failed ? 1 : 0;
    ++sum_.endings[outcome.error ? std::string(to_string(outcome.error->code)) : "prepared"];
    if (crashed || failed || options_.verbose) {
      fmt::print("seed {} ({}) in {:.1f} s: {}\n", trial.seed, trial.mutation.recipe, seconds,
                 outcome.error ? describe(*outcome.error) : "prepared");
      for (const std::string& violation : outcome.violations) fmt::print("  WRONG: {}\n", violation);
      // Another trial beside this one may have printed them.
      for (const Report& report : find_reports(log_.text_from(printed)))
        fmt::print("  {}: {}\n", report.what, report.where);
      keep(trial);
    }
    if (options_.verbose) fmt::print("{}", log_.text_from(printed));
    if (sum_.trials % kTellEvery == 0) fmt::print("{} trials\n", sum_.trials);
    std::fflush(stdout);
  }

  void keep(const Trial& trial) const {
    if (options_.keep.empty()) return;
    std::error_code error;
    fs::create_directories(options_.keep, error);
    std::ofstream(options_.keep / trial.mutation.name, std::ios::binary) << trial.mutation.bytes;
  }

  const Options& options_;
  const std::vector<StockFile>& stock_;
  const Rules rules_;
  const fs::path folder_;
  const WorkerLog log_;
  WorkerPool pool_;
  std::atomic<std::uint64_t> next_;
  std::mutex mutex_;  // guards stdout and all below
  Sum sum_;
};

/// What workers that are built with sanitizers are to do; the others do not read it. A worker is ended without an
/// exit, so that leaks cannot be told; and its memory must end before the machine's does.
void set_sanitizers() {
  ::setenv("ASAN_OPTIONS", "detect_leaks=0:handle_abort=1:allocator_may_return_null=1:hard_rss_limit_mb=4096", 0);
  ::setenv("UBSAN_OPTIONS", "print_stacktrace=1", 0);
}

/// Each report once, with how often it came. True where none is ours.
bool tell_reports(const std::vector<Report>& reports) {
  std::map<std::string, std::uint64_t> times;
  std::uint64_t ours = 0;
  for (const Report& report : reports) {
    ours += report.ours ? 1 : 0;
    ++times[fmt::format("{}: {}: {}", report.ours ? "ours" : "library", report.where, report.what)];
  }
  for (const auto& [report, count] : times) fmt::print("{:>6} x {}\n", count, report);
  fmt::print("{:<28} {:>9}\n{:<28} {:>9}\n", "sanitizer reports", reports.size(), "  in our code", ours);
  return ours == 0;
}

int run(const Options& options) {
  const fs::path media = test::media_folder();
  if (!fs::exists(media)) fmt::print("{} is missing: only samples/ is taken\n", media.string());
  if (!can_look_again()) fmt::print("ffmpeg or exiftool is missing: no second look at what is made\n");
  const auto stock = read_stock({media, fs::path(TOKPREP_SOURCE_DIR) / "samples"}, options.largest_bytes);
  const auto rules = short_rules();
  if (!stock || !rules || stock->empty()) {
    fmt::print(stderr, "no files to damage\n");
    return 1;
  }
  const test::TempFolder folder;
  fmt::print("{} files; the trials are in {}, where a crash of this program leaves them\n", stock->size(),
             folder.path().string());
  std::fflush(stdout);
  const auto began = std::chrono::steady_clock::now();
  Workshop workshop(options, *stock, *rules, folder.path());
  const Sum sum = workshop.work();
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - began;
  fmt::print("{:<28} {:>9}\n", "trials", sum.trials);
  for (const auto& [ending, count] : sum.endings) fmt::print("  {:<26} {:>9}\n", ending, count);
  const bool clean = tell_reports(workshop.reports());
  fmt::print("{:<28} {:>9}\n{:<28} {:>9.1f}\n", "trials that did not hold", sum.failed, "seconds", spent.count());
  return clean && sum.failed == 0 && sum.trials == options.count ? 0 : 1;
}

}  // namespace
}  // namespace tokprep::hostile

int main(int argc, char** argv) {
  const auto options = tokprep::hostile::parse({argv, static_cast<std::size_t>(argc)});
  if (!options) {
    fmt::print(stderr, "{}", tokprep::hostile::kUsage);
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  tokprep::hostile::set_sanitizers();
  return tokprep::hostile::run(*options);
}
