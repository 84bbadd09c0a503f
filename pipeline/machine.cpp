#include "pipeline/machine.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

namespace tokprep {
namespace {

namespace fs = std::filesystem;

// A worker that decodes 4K and encodes 1080p on several threads stays below this. It may take more, up to its limit
// (`WorkerLimits`), for rare sources, and hardly in all lanes at once.
constexpr std::uint64_t kWorkerBytes = std::uint64_t{1} << 30;

/// The number after `name` in a file of lines "name number"; with an empty name the file's first number. Nothing for
/// "max", and where there is none.
std::optional<std::uint64_t> number_in(const fs::path& file, const std::string& name = {}) {
  std::ifstream stream(file);
  if (name.empty()) {
    std::uint64_t number = 0;
    return stream >> number ? std::optional(number) : std::nullopt;
  }
  for (std::string line; std::getline(stream, line);) {
    if (!line.starts_with(name)) continue;
    const auto digits = line.find_first_of("0123456789", name.size());
    if (digits == std::string::npos || line.find_first_not_of(" \t", name.size()) != digits) continue;
    return std::strtoull(line.c_str() + digits, nullptr, 10);
  }
  return std::nullopt;
}

/// The control group of this process and those around it, innermost first. None with version 1 alone.
std::vector<fs::path> groups(const MachineFiles& files) {
  std::ifstream stream(files.proc / "self/cgroup");
  std::vector<fs::path> all;
  for (std::string line; std::getline(stream, line);) {
    if (!line.starts_with("0::/")) continue;
    for (fs::path group = fs::path(line.substr(4)); !group.empty(); group = group.parent_path())
      all.push_back(files.cgroups / group);
    all.push_back(files.cgroups);  // in a container that is its own group
  }
  return all;
}

/// "200000 100000": so much of each period, in microseconds of all cores together.
std::optional<double> granted_cores(const fs::path& group) {
  std::ifstream stream(group / "cpu.max");
  double quota_us = 0;
  double period_us = 0;
  if (!(stream >> quota_us >> period_us) || quota_us <= 0 || period_us <= 0) return std::nullopt;
  return quota_us / period_us;
}

std::optional<std::uint64_t> left_in(const fs::path& group) {
  const auto most = number_in(group / "memory.max");
  const auto used = number_in(group / "memory.current");
  if (!most || !used) return std::nullopt;
  const std::uint64_t cached = number_in(group / "memory.stat", "inactive_file").value_or(0);
  const std::uint64_t held = *used - std::min(*used, cached);
  return *most - std::min(*most, held);
}

int cores_of_affinity() {
  cpu_set_t set;
  CPU_ZERO(&set);
  // Fails where there are more cores than the set has places for: 1024.
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return static_cast<int>(sizeof set * 8);
  return std::max(1, CPU_COUNT(&set));
}

}  // namespace

int usable_cores(const MachineFiles& files) {
  int cores = cores_of_affinity();
  for (const fs::path& group : groups(files)) {
    // Half a core more is worth a thread; a hundredth is not.
    if (const auto granted = granted_cores(group)) cores = std::min(cores, static_cast<int>(std::ceil(*granted - 0.1)));
  }
  return std::max(1, cores);
}

std::optional<std::uint64_t> available_memory_bytes(const MachineFiles& files) {
  std::optional<std::uint64_t> least;
  const auto take = [&](std::optional<std::uint64_t> bytes) {
    if (bytes) least = std::min(least.value_or(*bytes), *bytes);
  };
  if (const auto free_kib = number_in(files.proc / "meminfo", "MemAvailable:")) take(*free_kib * 1024);
  for (const fs::path& group : groups(files)) take(left_in(group));
  return least;
}

int lanes_for(int cores, std::optional<std::uint64_t> memory_bytes, int extra) {
  const std::uint64_t fit = memory_bytes.value_or(std::numeric_limits<std::uint64_t>::max()) / kWorkerBytes;
  const std::uint64_t wanted = static_cast<std::uint64_t>(std::max(cores, 1) + std::max(extra, 0));
  return static_cast<int>(std::max<std::uint64_t>(1, std::min(wanted, fit)));
}

}  // namespace tokprep
