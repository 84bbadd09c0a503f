#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace tokprep {

/// Where the kernel tells what this process may use; another place in tests.
struct MachineFiles {
  std::filesystem::path proc = "/proc";
  std::filesystem::path cgroups = "/sys/fs/cgroup";  ///< of version 2
};

/// The cores this process may keep busy, at least 1: those its affinity names, and no more than what cpu.max of its
/// control group, or of one around it, grants of their time.
int usable_cores(const MachineFiles& files = {});

/// The memory that can be had without swapping or being ended for it: what the kernel holds to be available, and what
/// is left below memory.max of the control group and of those around it, files it only caches counted as free. Nothing
/// where none of it can be read.
std::optional<std::uint64_t> available_memory_bytes(const MachineFiles& files = {});

/// How many items may be worked on side by side where nobody said: one a core, as far as the memory suffices for the
/// worker of each; at least 1. `extra`: so many more for what is short, were there memory for them.
int lanes_for(int cores, std::optional<std::uint64_t> memory_bytes, int extra = 0);

}  // namespace tokprep
