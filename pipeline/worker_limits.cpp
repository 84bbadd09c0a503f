#include "pipeline/worker_limits.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include "base/units.h"

namespace tokprep {
namespace {

constexpr std::uint64_t kStacksBytes = std::uint64_t{1} << 30;

// The encoders, decoders and libvips start a few for each core, and no more than 128 each.
constexpr int kMostThreads = 512;

double seconds(std::chrono::milliseconds time) { return static_cast<double>(time.count()) / 1000; }

Breach time_breach(const char* what, std::chrono::milliseconds took, std::chrono::milliseconds limit,
                   const char* option) {
  return {fmt::format("took {} of {}", format_duration(took), what), seconds(took), seconds(limit), "s",
          fmt::format("{} {}min allows more", option, 2 * limit.count() / 60'000 + 1)};
}

Breach size_breach(std::string what, std::uint64_t bytes, std::uint64_t limit, const char* option) {
  return {std::move(what), static_cast<std::int64_t>(bytes), static_cast<std::int64_t>(limit), "bytes",
          fmt::format("{} {}GB allows more", option, 2 * limit / 1'000'000'000 + 1)};
}

Breach count_breach(std::string what, int count, int limit, const char* unit) {
  return {std::move(what), std::int64_t{count}, std::int64_t{limit}, unit,
          "the file is probably damaged, or made to do harm"};
}

std::optional<Breach> breach_of(const ScratchUse& scratch, std::uint64_t limit_bytes) {
  if (scratch.bytes > limit_bytes) {
    return size_breach(fmt::format("wrote {} of temporary files", format_size(scratch.bytes)), scratch.bytes,
                       limit_bytes, "--worker-output");
  }
  if (scratch.files > ScratchUse::kMostFiles) {
    return count_breach(fmt::format("made more than {} temporary files", ScratchUse::kMostFiles), scratch.files,
                        ScratchUse::kMostFiles, "files");
  }
  if (scratch.depth > ScratchUse::kDeepest) {
    return count_breach(fmt::format("made folders within folders {} deep", scratch.depth), scratch.depth,
                        ScratchUse::kDeepest, "folders");
  }
  return std::nullopt;
}

}  // namespace

std::optional<ProcessUsage> usage_of(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  // The name of the program stands in brackets, and may hold anything; the third field follows it.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));
  constexpr int kUserTicks = 14, kSystemTicks = 15, kThreads = 20, kResidentPages = 24;
  std::uint64_t ticks = 0, threads = 0, pages = 0;
  std::string field;
  for (int number = 3; number <= kResidentPages && fields >> field; ++number) {
    if (number == kUserTicks || number == kSystemTicks) ticks += std::stoull(field);
    if (number == kThreads) threads = std::stoull(field);
    if (number == kResidentPages) pages = std::stoull(field);
  }
  if (!fields) return std::nullopt;
  ProcessUsage usage;
  usage.resident_bytes = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  usage.cpu_time = std::chrono::milliseconds(ticks * 1000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK)));
  usage.threads = static_cast<int>(threads);
  return usage;
}

std::uint64_t data_limit_bytes(std::uint64_t memory_bytes) { return memory_bytes + memory_bytes / 2 + kStacksBytes; }

JobWatch::JobWatch(pid_t pid, const WorkerLimits& limits)
    : pid_(pid), limits_(limits), began_(std::chrono::steady_clock::now()) {
  if (const auto usage = usage_of(pid)) cpu_before_ = usage->cpu_time;
}

std::optional<Breach> JobWatch::check(const ScratchUse& scratch) const {
  using std::chrono::duration_cast;
  const auto wall = duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began_);
  if (wall > limits_.wall_time) return time_breach("time", wall, limits_.wall_time, "--worker-time");
  if (auto breach = breach_of(scratch, limits_.output_bytes)) return breach;
  const auto usage = usage_of(pid_);
  if (!usage) return std::nullopt;
  if (usage->resident_bytes > limits_.memory_bytes) {
    Breach breach = size_breach(fmt::format("took {} of memory", format_size(usage->resident_bytes)),
                                usage->resident_bytes, limits_.memory_bytes, "--worker-memory");
    breach.is_worth_a_retry = true;  // a fresh one holds nothing of the jobs before
    return breach;
  }
  if (usage->threads > kMostThreads) {
    return count_breach(fmt::format("started {} threads", usage->threads), usage->threads, kMostThreads, "threads");
  }
  const auto cpu = usage->cpu_time - cpu_before_;
  if (cpu > limits_.cpu_time) return time_breach("the processors' time", cpu, limits_.cpu_time, "--worker-cpu-time");
  return std::nullopt;
}

}  // namespace tokprep
